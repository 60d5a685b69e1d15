// Lists of models in Anthropic's shape, whatever shape a provider gives its own. A provider without one is answered for
// with the models it is known to serve.
import type { ModelSettings } from '../../../contract/settings.ts';
import { parseJson } from './error-answers.ts';
import type { PlainAnswer } from './error-answers.ts';

export interface NamedModel {
  readonly id: string;
  readonly name: string | null;
  /** ISO 8601; null when unknown. */
  readonly createdAt?: string | null;
  /** Tokens; null when unknown. */
  readonly contextWindow?: number | null;
  readonly maxOutputTokens?: number | null;
}

/** The models the user named come first, since only the user knows what stands behind a deployment. */
export function knownModels(
  models: readonly NamedModel[],
  settings: Readonly<Record<string, ModelSettings>>,
): NamedModel[] {
  const own = Object.entries(settings).map(([id, { label }]) => ({ id, name: label ?? null }));
  const ids = new Set(own.map(({ id }) => id));
  return [...own, ...models.filter(({ id }) => !ids.has(id))];
}

/** For a place that gave no list. It is marked as OpenAI's are: whoever tests a key learns that this list proves nothing. */
export const assumedList = (models: readonly NamedModel[]): PlainAnswer =>
  listAnswer(models, { object: 'list' });

export function listAnswer(
  models: readonly NamedModel[],
  mark: { readonly object?: string } = {},
): PlainAnswer {
  const data = models.map(({ id, name, createdAt, contextWindow, maxOutputTokens }) => ({
    type: 'model',
    id,
    display_name: name ?? id,
    ...(createdAt == null ? {} : { created_at: createdAt }),
    // Tollgate's own additions; clients ignore them.
    ...(contextWindow == null ? {} : { context_window: contextWindow }),
    ...(maxOutputTokens == null ? {} : { max_output_tokens: maxOutputTokens }),
  }));
  const list = {
    ...mark,
    data,
    has_more: false,
    first_id: data.at(0)?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
  const body = Buffer.from(JSON.stringify(list));
  return {
    status: 200,
    headers: ['content-type', 'application/json', 'content-length', String(body.length)],
    body,
  };
}

/** True for a list that is Anthropic's already and can be relayed as it is. */
export function isAnthropicList(body: Buffer): boolean {
  const parsed = parseJson(body) as { data?: unknown; has_more?: unknown } | null;
  return Array.isArray(parsed?.data) && typeof parsed.has_more === 'boolean';
}

/** Models of a list as OpenAI, Anthropic or Ollama write it; null when it is none of these. */
export function readModelList(body: Buffer): NamedModel[] | null {
  const parsed = parseJson(body) as { data?: unknown; models?: unknown } | null;
  const list = Array.isArray(parsed) ? parsed : (parsed?.data ?? parsed?.models);
  if (!Array.isArray(list)) return null;
  return list.flatMap((one: unknown) => {
    const model = (typeof one === 'object' && one !== null ? one : {}) as Record<string, unknown>;
    const id = model['id'] ?? model['model'] ?? model['name'];
    if (typeof id !== 'string' || id === '') return [];
    const name = model['display_name'] ?? model['name'];
    return [
      {
        id,
        name: typeof name === 'string' ? name : null,
        createdAt: readInstant(model['created_at'] ?? model['created']),
        contextWindow: firstCount(model, windowNames),
        maxOutputTokens: firstCount(model, outputNames),
      },
    ];
  });
}

const windowNames = [
  'context_window',
  'max_input_tokens',
  'context_length',
  'max_context_length',
  'max_model_len',
];
const outputNames = ['max_output_tokens', 'max_tokens', 'max_completion_tokens'];

function firstCount(model: Readonly<Record<string, unknown>>, names: readonly string[]): number | null {
  const found = names
    .map((name) => model[name])
    .find((value) => Number.isSafeInteger(value) && Number(value) > 0);
  return typeof found === 'number' ? found : null;
}

function readInstant(value: unknown): string | null {
  if (typeof value === 'string') return value;
  // Seconds since the epoch, as OpenAI writes them; zero means that nobody knows.
  return typeof value === 'number' && value > 0 ? new Date(value * 1000).toISOString() : null;
}
