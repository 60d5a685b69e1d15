// Models that Ollama runs on one's own machine.
import { defineTranslated } from '../translated/define-translated.ts';
import { ollamaAdapter } from './adapter.ts';

export const ollama = defineTranslated({
  type: 'ollama',
  label: 'Ollama',
  help: 'Models on your own machine; give them a window of 64k or more (OLLAMA_CONTEXT_LENGTH), the default is too small for Claude Code.',
  keysUrl: null,
  group: 'local',
  baseUrl: 'http://127.0.0.1:11434/v1',
  credential: 'none',
  fields: [
    {
      key: 'images',
      label: 'Models see images',
      help: 'Guessed from the model’s name when empty.',
      example: 'yes',
      required: false,
      choices: ['yes', 'no'],
    },
  ],
  models: [],
  tiers: {},
  adapter: ollamaAdapter,
});
