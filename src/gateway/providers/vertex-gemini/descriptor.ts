// Gemini on Google Cloud's Vertex AI.
import { defineTranslated } from '../translated/define-translated.ts';
import { vertexGeminiAdapter } from './adapter.ts';
import { vertexModels } from './models.ts';

export const vertexGemini = defineTranslated({
  type: 'vertex-gemini',
  label: 'Vertex AI (Gemini)',
  help: 'Gemini models on Google Cloud: with an API key (express mode), a service account’s JSON file, or the machine’s own sign-in (credential "none").',
  keysUrl: 'https://console.cloud.google.com/vertex-ai/studio/settings/api-keys',
  baseUrl: null,
  credential: 'none',
  fields: [
    {
      key: 'project',
      label: 'Project',
      help: 'Id of the Google Cloud project; not needed with an API key, and a service account brings its own.',
      example: 'my-project-123',
      required: false,
    },
    {
      key: 'location',
      label: 'Location',
      help: 'Region of Google Cloud that answers; global when empty.',
      example: 'europe-west4',
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
  models: vertexModels,
  tiers: {
    opus: 'gemini-3.1-pro-preview',
    sonnet: 'gemini-3.6-flash',
    haiku: 'gemini-3.5-flash-lite',
    background: 'gemini-3.5-flash-lite',
  },
  adapter: vertexGeminiAdapter,
});
