// Any server that speaks Chat Completions.
import { defineTranslated } from '../translated/define-translated.ts';
import { openAiCompatibleAdapter } from './adapter.ts';

export const openAiCompatible = defineTranslated({
  type: 'openai-compatible',
  label: 'OpenAI-compatible server',
  help: 'Any server with an OpenAI-compatible API, like vLLM, llama.cpp or a gateway; its address as a rule ends in /v1.',
  keysUrl: null,
  group: 'gateway',
  baseUrl: null,
  credential: 'none',
  fields: [
    {
      key: 'images',
      label: 'Models see images',
      help: 'Guessed from the model’s name when empty; images become a note for a model that cannot see them.',
      example: 'yes',
      required: false,
      choices: ['yes', 'no'],
    },
    {
      key: 'effort',
      label: 'Models take an effort',
      help: 'Say yes when the server understands reasoning_effort.',
      example: 'yes',
      required: false,
      choices: ['yes', 'no'],
    },
  ],
  models: [],
  tiers: {},
  adapter: openAiCompatibleAdapter,
});
