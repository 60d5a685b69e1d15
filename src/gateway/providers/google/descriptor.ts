// Google's Gemini API with a key of AI Studio.
import { defineTranslated, known } from '../translated/define-translated.ts';
import { googleAdapter } from './adapter.ts';

export const google = defineTranslated({
  type: 'google',
  label: 'Google (Gemini)',
  help: 'Gemini models with a key of Google AI Studio.',
  keysUrl: 'https://aistudio.google.com/apikey',
  baseUrl: 'https://generativelanguage.googleapis.com/v1beta',
  credential: 'env:GEMINI_API_KEY',
  models: [
    known('gemini-3.1-pro-preview', 'Gemini 3.1 Pro', 1_048_576, 65_536),
    known('gemini-3.6-flash', 'Gemini 3.6 Flash', 1_048_576, 65_536),
    known('gemini-3.5-flash', 'Gemini 3.5 Flash', 1_048_576, 65_536),
    known('gemini-3.5-flash-lite', 'Gemini 3.5 Flash-Lite', 1_048_576, 65_536),
    known('gemini-2.5-pro', 'Gemini 2.5 Pro', 1_048_576, 65_536),
    known('gemini-2.5-flash', 'Gemini 2.5 Flash', 1_048_576, 65_536),
  ],
  tiers: {
    opus: 'gemini-3.1-pro-preview',
    sonnet: 'gemini-3.6-flash',
    haiku: 'gemini-3.5-flash-lite',
    background: 'gemini-3.5-flash-lite',
  },
  adapter: googleAdapter,
});
