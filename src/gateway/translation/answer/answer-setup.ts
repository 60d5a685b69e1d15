// What the answer side has to know of the request it answers.
import type { AskedSizes } from '../errors/answer-for-error.ts';
import type { Target, TranslatedRequest } from '../types.ts';

export interface AnswerSetup {
  /** `msg_…`, made by the caller (T59). */
  readonly id: string;
  readonly target: Target;
  readonly request: Pick<
    TranslatedRequest,
    'names' | 'promptTokens' | 'stopSequences' | 'toolProperties' | 'wish' | 'options'
  >;
  /** Mend known slips of models in tool arguments (T49). */
  readonly repairs: boolean;
}

/** What error sentences may need of the request. */
export function askedSizes({ request }: AnswerSetup): AskedSizes {
  return { promptTokens: request.promptTokens, maxTokens: request.options.maxOutputTokens ?? null };
}
