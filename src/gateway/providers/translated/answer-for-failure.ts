// The answer when a request could not even be put to a model: our own refusals in their own words, everything else as
// the provider's errors are told.
import { errorAnswer } from '../../dialects/anthropic-messages/error-body.ts';
import type { ErrorAnswer } from '../../dialects/anthropic-messages/error-body.ts';
import { GatewayError } from '../../gateway-error.ts';
import type { Target } from '../../translation/types.ts';
import { answerForError } from '../../translation/errors/answer-for-error.ts';

/** `target`: the model that was asked for. */
export function answerForFailure(error: unknown, target: Target): ErrorAnswer {
  if (!(error instanceof GatewayError)) return answerForError(error, target);
  const answer = errorAnswer(error, null);
  // Claude Code mends a request by the wording of a 400 and sends it again; nothing may keep it from that.
  return { ...answer, headers: withoutHeaders(answer.headers, ['x-should-retry']) };
}

function withoutHeaders(headers: readonly string[], names: readonly string[]): string[] {
  return headers.filter((_, index) => !names.includes(headers[index - (index % 2)] ?? ''));
}
