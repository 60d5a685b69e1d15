// The Claude platform on AWS: Anthropic's own API behind AWS's sign-in. Requests go through as they are, with the workspace
// in a header (P3) and an API key or AWS's signature.
import { AwsRights } from '../claude-elsewhere/aws-keys.ts';
import { untouched } from '../claude-elsewhere/body-rules.ts';
import { claudeModels } from '../claude-elsewhere/claude-models.ts';
import { DirectPlace } from '../claude-elsewhere/direct-place.ts';
import { ElsewhereUpstream } from '../claude-elsewhere/elsewhere-upstream.ts';
import type { WireRequest } from '../claude-elsewhere/place.ts';
import { signRequest } from '../claude-elsewhere/sign-request.ts';
import { openAddress, unusable } from '../claude-elsewhere/unusable.ts';
import type { ProviderDescriptor } from '../provider.ts';

const rules = {
  ...untouched,
  placeName: 'The Claude platform on AWS',
  betas: { ...untouched.betas, refused: ['oauth'] },
};

export const claudePlatformAws: ProviderDescriptor = {
  type: 'claude-platform-aws',
  label: 'Claude platform on AWS',
  group: 'claude',
  help: 'Anthropic’s platform billed through AWS: an API key of it, or no key to use your AWS profile, single sign-on or role.',
  keysUrl: 'https://platform.claude.com/settings/keys',
  dialect: 'anthropic-messages',
  practice: false,
  servesClaude: true,
  defaultBaseUrl: null,
  defaultCredential: 'none',
  fields: [
    {
      key: 'workspaceId',
      label: 'Workspace',
      help: 'Id of the workspace; without one, ANTHROPIC_AWS_WORKSPACE_ID.',
      example: 'wrkspc_01ABC',
      required: false,
    },
    {
      key: 'region',
      label: 'Region',
      help: 'The AWS region that is called; without one, AWS_REGION, else us-east-1.',
      example: 'us-west-2',
      required: false,
    },
    {
      key: 'awsProfile',
      label: 'AWS profile',
      help: 'Name of a profile in your AWS configuration, for a provider without an API key.',
      example: 'work',
      required: false,
    },
  ],
  models: claudeModels,
  tiers: {},
  authorize: () => [],
  createUpstream(setup, context) {
    const { env, now } = context;
    const region = setup.options['region'] ?? env['AWS_REGION'] ?? env['AWS_DEFAULT_REGION'] ?? 'us-east-1';
    const address = setup.baseUrl === '' ? `https://aws-external-anthropic.${region}.api.aws` : setup.baseUrl;
    const workspace = setup.options['workspaceId'] ?? env['ANTHROPIC_AWS_WORKSPACE_ID'];
    const rights = new AwsRights({
      provider: setup.id,
      env,
      profile: setup.options['awsProfile'],
      apiKeyVariable: 'ANTHROPIC_AWS_API_KEY',
    });
    const authorize = async (wire: WireRequest, secret: string | null): Promise<readonly string[]> => {
      if (workspace === undefined) {
        throw unusable(
          setup.id,
          'it does not know your workspace; name it in the field "workspaceId" or in ANTHROPIC_AWS_WORKSPACE_ID',
        );
      }
      const right = await rights.of(secret);
      const credential =
        right.kind === 'api-key'
          ? ['x-api-key', right.key]
          : await signRequest(wire, right.keys, {
              origin: new URL(address),
              region,
              service: 'aws-external-anthropic',
              now,
            });
      return ['anthropic-workspace-id', workspace, ...credential];
    };
    const messages = openAddress(setup, context, address, 'its region is no AWS region');
    const place = new DirectPlace({ setup, rules, models: claudeModels, listPath: null, authorize });
    return new ElsewhereUpstream(place, { messages, control: messages });
  },
};
