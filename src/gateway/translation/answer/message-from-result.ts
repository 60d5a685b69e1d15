// A whole neutral answer as a Messages message, for requests that do not stream. It says what the stream of the same
// parts would collect to.
import type { LanguageModelV4GenerateResult } from '@ai-sdk/provider';
import type { AnswerSetup } from './answer-setup.ts';
import { endAnswer, feedContent } from './compose-answer.ts';
import { ContentComposer } from './content-composer.ts';
import { MessageSink } from './message-sink.ts';
import type { MessageBlock } from './message-sink.ts';
import type { StopReason } from './stop-reason.ts';
import type { MessageUsage } from './usage.ts';

export interface WholeMessage {
  readonly id: string;
  readonly type: 'message';
  readonly role: 'assistant';
  readonly model: string;
  readonly content: readonly MessageBlock[];
  readonly stop_reason: StopReason;
  readonly stop_sequence: string | null;
  readonly usage: MessageUsage;
}

export interface WholeAnswer {
  readonly message: WholeMessage;
  /** As of AnswerWriter. */
  readonly repairs: readonly string[];
  readonly upstreamId: string | null;
}

/** Throws BrokenAnswer when the answer did not end soundly; `answerForError` has the words for it. */
export function messageFromResult(result: LanguageModelV4GenerateResult, setup: AnswerSetup): WholeAnswer {
  const sink = new MessageSink();
  const composer = new ContentComposer(setup, sink);
  feedContent(composer, result.content);
  const end = endAnswer(composer, setup, result, false);
  return {
    message: {
      id: setup.id,
      type: 'message',
      role: 'assistant',
      model: setup.target.asked,
      content: sink.content,
      stop_reason: end.stopReason,
      stop_sequence: end.stopSequence,
      usage: end.usage,
    },
    repairs: composer.repairs,
    upstreamId: result.response?.id ?? null,
  };
}
