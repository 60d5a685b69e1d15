// Reads a model list as providers write it, Anthropic's way or OpenAI's. Pure; what it cannot read it leaves out.

export interface FetchedModel {
  readonly id: string;
  readonly name: string | null;
  /** Tokens; null when the provider does not say. */
  readonly contextWindow: number | null;
  readonly maxOutputTokens: number | null;
  /** RFC 3339; null when the provider does not say. */
  readonly createdAt: string | null;
}

type Json = Readonly<Record<string, unknown>>;

export const MOST_MODELS = 1000;
const LONGEST_ID = 200;

/** Null when the text is no list of models. */
export function readModelList(text: string): FetchedModel[] | null {
  const list = asObject(parse(text))?.['data'];
  if (!Array.isArray(list)) return null;
  const seen = new Set<string>();
  return list.flatMap((one: unknown) => {
    const model = asObject(one);
    const id = model?.['id'];
    if (model === null || typeof id !== 'string' || id === '' || id.length > LONGEST_ID) return [];
    if (seen.size >= MOST_MODELS || seen.has(id)) return [];
    seen.add(id);
    const top = asObject(model['top_provider']);
    return [
      {
        id,
        name: firstText(model, ['display_name', 'name']),
        contextWindow: firstCount(model, [
          'context_window',
          'max_input_tokens',
          'context_length',
          'max_context_length',
          'max_model_len',
        ]),
        maxOutputTokens:
          firstCount(model, ['max_output_tokens', 'max_tokens', 'max_completion_tokens']) ??
          firstCount(top ?? {}, ['max_completion_tokens']),
        createdAt: readDate(model),
      },
    ];
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const asObject = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;

function firstText(model: Json, names: readonly string[]): string | null {
  const found = names.map((name) => model[name]).find((value) => typeof value === 'string' && value !== '');
  return typeof found === 'string' ? found.slice(0, LONGEST_ID) : null;
}

function firstCount(model: Json, names: readonly string[]): number | null {
  const found = names
    .map((name) => model[name])
    .find((value) => Number.isSafeInteger(value) && Number(value) > 0);
  return typeof found === 'number' ? found : null;
}

/** OpenAI writes seconds in `created`. The epoch stands for "unknown". */
function readDate({ created_at: text, created: seconds }: Json): string | null {
  const at = typeof text === 'string' ? Date.parse(text) : typeof seconds === 'number' ? seconds * 1000 : NaN;
  return at > 0 && at < 8.64e15 ? new Date(at).toISOString().replace(/\.\d+Z$/, 'Z') : null;
}
