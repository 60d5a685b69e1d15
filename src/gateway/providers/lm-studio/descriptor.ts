// Models that LM Studio runs on one's own machine.
import { defineTranslated } from '../translated/define-translated.ts';
import { lmStudioAdapter } from './adapter.ts';

export const lmStudio = defineTranslated({
  type: 'lm-studio',
  label: 'LM Studio',
  help: 'Models on your own machine; start the server in LM Studio and load a model with a large context.',
  keysUrl: null,
  group: 'local',
  baseUrl: 'http://127.0.0.1:1234/v1',
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
    {
      key: 'effort',
      label: 'Models take an effort',
      help: 'Say yes when the loaded model understands reasoning_effort.',
      example: 'yes',
      required: false,
      choices: ['yes', 'no'],
    },
  ],
  models: [],
  tiers: {},
  adapter: lmStudioAdapter,
});
