// Claude on Google Cloud (Vertex AI), by a service account's key, an access token, or gcloud's own sign-in.
import { claudeModels } from '../claude-elsewhere/claude-models.ts';
import { ElsewhereUpstream } from '../claude-elsewhere/elsewhere-upstream.ts';
import { GoogleTokens } from '../claude-elsewhere/google-tokens.ts';
import { openAddress } from '../claude-elsewhere/unusable.ts';
import { createFetch } from '../http/fetch-over-pool.ts';
import type { ProviderDescriptor } from '../provider.ts';
import { vertexAddress } from './model-names.ts';
import { VertexPlace } from './vertex-place.ts';

export const vertex: ProviderDescriptor = {
  type: 'vertex',
  label: 'Google Cloud (Vertex AI)',
  group: 'claude',
  help: 'Claude in your Google Cloud project: use a service account’s key file, or leave the key out to use "gcloud auth application-default login".',
  keysUrl: 'https://console.cloud.google.com/iam-admin/serviceaccounts',
  dialect: 'anthropic-messages',
  practice: false,
  servesClaude: true,
  defaultBaseUrl: null,
  defaultCredential: 'none',
  fields: [
    {
      key: 'project',
      label: 'Project',
      help: 'Id of the Google Cloud project that pays; without one, ANTHROPIC_VERTEX_PROJECT_ID, else the one the key belongs to.',
      example: 'my-project-123',
      required: false,
    },
    {
      key: 'location',
      label: 'Location',
      help: 'A region, or "global", "us" or "eu"; without one, CLOUD_ML_REGION, else global.',
      example: 'europe-west1',
      required: false,
    },
    {
      key: 'keyFile',
      label: 'Key file',
      help: 'Path of a service account’s key file, for a provider without a stored key.',
      example: '/home/me/vertex-key.json',
      required: false,
    },
  ],
  models: claudeModels,
  tiers: {},
  authorize: () => [],
  createUpstream(setup, context) {
    const { env } = context;
    const location = setup.options['location'] ?? env['CLOUD_ML_REGION'] ?? 'global';
    const project =
      setup.options['project'] ?? env['ANTHROPIC_VERTEX_PROJECT_ID'] ?? env['GOOGLE_CLOUD_PROJECT'] ?? null;
    const address = setup.baseUrl === '' ? vertexAddress(location) : setup.baseUrl.replace(/\/v1$/, '');
    // Google's token service has an address of its own, behind the same proxy.
    const google = createFetch({ ...setup, baseUrl: address }, context);
    const tokens = new GoogleTokens({
      provider: setup.id,
      env,
      keyFile: setup.options['keyFile'],
      fetch: google.fetch,
    });
    const messages = openAddress(setup, context, address, 'its location is none of Google Cloud’s');
    const upstream = new ElsewhereUpstream(new VertexPlace({ setup, location, project, tokens }), {
      messages,
      control: messages,
    });
    return {
      send: (request, listener) => upstream.send(request, listener),
      retire() {
        google.retire();
        upstream.retire();
      },
      async destroy() {
        google.destroy();
        await upstream.destroy();
      },
    };
  },
};
