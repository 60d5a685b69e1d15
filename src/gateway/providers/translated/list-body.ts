// A provider's models in the shape of Anthropic's model list.
import type { ListedModel } from '../../translation/types.ts';

/** `context_window` and `max_output_tokens` are Tollgate's own additions; clients ignore them. */
export function listBody(models: readonly ListedModel[]): object {
  return {
    data: models.map(({ id, name, contextWindow, maxOutputTokens }) => ({
      type: 'model',
      id,
      display_name: name ?? id,
      created_at: '1970-01-01T00:00:00Z',
      ...(contextWindow === null ? {} : { context_window: contextWindow }),
      ...(maxOutputTokens === null ? {} : { max_output_tokens: maxOutputTokens }),
    })),
    has_more: false,
    first_id: models[0]?.id ?? null,
    last_id: models.at(-1)?.id ?? null,
  };
}
