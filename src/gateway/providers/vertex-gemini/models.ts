// Gemini models on Vertex AI.
import { known } from '../translated/define-translated.ts';

export const vertexModels = [
  known('gemini-3.1-pro-preview', 'Gemini 3.1 Pro', 1_048_576, 65_536),
  known('gemini-3.6-flash', 'Gemini 3.6 Flash', 1_048_576, 65_536),
  known('gemini-3.5-flash', 'Gemini 3.5 Flash', 1_048_576, 65_536),
  known('gemini-3.5-flash-lite', 'Gemini 3.5 Flash-Lite', 1_048_576, 65_536),
  known('gemini-2.5-pro', 'Gemini 2.5 Pro', 1_048_576, 65_536),
  known('gemini-2.5-flash', 'Gemini 2.5 Flash', 1_048_576, 65_536),
];
