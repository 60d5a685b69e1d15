// Lists of models as providers give them: who writes the size of the context window under which name, and which entries
// cannot hold a conversation.
import type { ListedModel } from '../../translation/types.ts';
import { fieldsOf, firstNumber } from './get-json.ts';

/** Names under which servers give the context window; most particular first. */
const windowKeys = [
  'loaded_context_length',
  'max_model_len', // vLLM
  'max_context_length', // Mistral, LM Studio
  'context_window', // Groq
  'context_length', // OpenRouter, Moonshot, Together
  'inputTokenLimit', // Gemini
  'max_input_tokens',
  'n_ctx', // llama.cpp
];
const outputKeys = ['max_completion_tokens', 'max_output_tokens', 'outputTokenLimit', 'max_output_length'];

const notForConversation =
  /embed|(^|[^a-z])(tts|asr|whisper|transcri\w*|moderation|dall-e|sora|veo|imagen|lyria|flux|rerank\w*|realtime|audio|speech|ocr)([^a-z]|$)|image|guard|live|babbage|davinci|native-audio|aqa$|search-api|orpheus|sdxl|stable-diffusion|voxtral|nomic|(^|[/-])bge-/i;

/** False for models that embed, speak, draw or judge instead of answering. */
export const canConverse = (id: string): boolean => !notForConversation.test(id);

/** Reads `{data: […]}`, `{models: […]}` or a bare array. */
export function readModels(list: unknown): ListedModel[] {
  const { data, models } = fieldsOf(list);
  const entries = [data, models, list].find((candidate) => Array.isArray(candidate)) as unknown[] | undefined;
  return (entries ?? []).flatMap((entry) => {
    const model = readModel(entry);
    return model === null || !canConverse(model.id) ? [] : [model];
  });
}

function readModel(entry: unknown): ListedModel | null {
  const fields = fieldsOf(entry);
  const id = fields['id'] ?? fields['model'] ?? fields['name'];
  if (typeof id !== 'string' || id === '') return null;
  if (fieldsOf(fields['capabilities'])['completion_chat'] === false) return null;
  const top = fieldsOf(fields['top_provider']);
  const meta = fieldsOf(fields['meta']);
  return {
    id,
    name: nameOf(fields, id),
    contextWindow:
      firstNumber(fields, windowKeys) ??
      firstNumber(top, windowKeys) ??
      firstNumber(meta, ['n_ctx', 'n_ctx_train']),
    maxOutputTokens: firstNumber(fields, outputKeys) ?? firstNumber(top, outputKeys),
  };
}

function nameOf(fields: Readonly<Record<string, unknown>>, id: string): string | null {
  const name = fields['display_name'] ?? fields['displayName'] ?? fields['name'];
  return typeof name === 'string' && name !== '' && name !== id ? name : null;
}
