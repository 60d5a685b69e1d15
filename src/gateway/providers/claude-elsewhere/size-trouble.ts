// Says that a request was too large in the words that make Claude Code compact its history, when a model of others said so
// in words of its own (P14, T162).
import type { ProviderSetup } from '../provider.ts';
import { traitsWith } from '../translated/model-traits.ts';
import { readProviderError } from '../../translation/errors/read-error.ts';
import { sizeRefusal } from '../../translation/errors/size-limits.ts';
import { parseJson } from './error-answers.ts';
import type { PlainAnswer, Trouble } from './error-answers.ts';

/** Null for a refusal that is about something else. */
export function sizeTrouble(
  { status, body }: PlainAnswer,
  setup: ProviderSetup,
  model: string,
): Trouble | null {
  if (![400, 413, 422, 500].includes(status)) return null;
  const error = readProviderError({ statusCode: status, data: parseJson(body) });
  if (error === null) return null;
  const { contextWindow = null, maxOutputTokens = null } = setup.models[model] ?? {};
  const target = {
    provider: setup.id,
    account: '',
    asked: model,
    model,
    contextWindow,
    maxOutputTokens,
    traits: traitsWith(),
  };
  const message = sizeRefusal(error, target, { promptTokens: null, maxTokens: null });
  return message === null ? null : { status: 400, type: 'invalid_request_error', message };
}
