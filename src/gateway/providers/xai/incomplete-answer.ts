// Why an answer of xAI's that came as one document broke off: its package reads the status alone, which says
// "incomplete" and not whether the limit or the filter was the reason (T41, T96).
import type { LanguageModelV4FinishReason } from '@ai-sdk/provider';
import type { ResultChange } from '../translated/change-result.ts';
import { fieldsOf } from '../translated/get-json.ts';

export const incompleteAnswer: ResultChange = ({ finishReason, usage }, body) => {
  const { status, incomplete_details: details } = fieldsOf(body);
  const { reason } = fieldsOf(details);
  if (status !== 'incomplete' || typeof reason !== 'string') return { finishReason, usage };
  const unified: LanguageModelV4FinishReason['unified'] =
    reason === 'content_filter' ? 'content-filter' : reason === 'max_output_tokens' ? 'length' : 'other';
  return { finishReason: { unified, raw: reason }, usage };
};
