// What distinguishes one server that speaks Chat Completions from another, and the profile of OpenAI's own, from which
// the others differ.
import { openAiErrorBody, openAiRefusal } from './openai-errors.ts';
import { Refusal } from './refusal.ts';
import type { ScriptedError } from './script.ts';

export interface ListedChatModel {
  readonly id: string;
  readonly contextTokens: number;
  readonly outputTokens: number;
  readonly images: boolean;
  /** `always`: cannot be switched off; `default`: on unless the request says otherwise. */
  readonly thinks: 'never' | 'always' | 'default' | 'asked';
  /** Refuses every forced tool choice. */
  readonly autoChoiceOnly?: boolean;
}

export interface Overflow {
  readonly limit: number;
  readonly prompt: number;
  readonly output: number;
}

export interface ChatProfile {
  readonly name: string;
  /** Path before `/chat/completions` and `/models`. */
  readonly root: string;
  readonly auth: 'bearer' | 'none' | 'azure';
  readonly models: readonly ListedChatModel[];
  /** What happens to a field the server does not know. */
  readonly unknownFields: 'openai' | 'groq' | 'mistral' | 'ignored';
  /** Only text may stand in a tool message: `string` refuses lists too. */
  readonly toolContent: 'text-parts' | 'string';
  /** System messages: anywhere, or one and at the start. */
  readonly system: 'anywhere' | 'first-only';
  readonly messageOrder: 'openai' | 'mistral' | 'lenient';
  readonly toolIds: {
    readonly make: (number: number, name: string, index: number) => string;
    readonly accepts?: RegExp;
  };
  readonly toolChoices: readonly string[];
  readonly mostStops: number | null;
  /** Turns with calls must bring their `reasoning_content` back while the model thinks. */
  readonly reasoningBack: string | null;
  readonly takesCacheControl: boolean;
  /** Where the stream carries thinking. */
  readonly thinkingField: 'reasoning_content' | 'reasoning' | 'reasoning_details' | 'parts' | 'hidden';
  /** A call comes in one chunk; otherwise name first, then its arguments in pieces. */
  readonly wholeCalls: boolean;
  /** `zero`: every call says index 0; `absent`: none says any. */
  readonly callIndex: 'counted' | 'zero' | 'absent';
  readonly finishWithCalls: 'tool_calls' | 'stop';
  /** `asked`: only with stream_options.include_usage, in a chunk without choices. */
  readonly usage: 'asked' | 'last-chunk' | 'groq' | 'choice' | 'own-chunk';
  /** Chunks before the first one of the answer. */
  readonly prelude: 'none' | 'azure' | 'openrouter';
  overflow(size: Overflow): Refusal;
  refusal(error: ScriptedError, model: string): Refusal;
  errorBody(refusal: Refusal): unknown;
}

export const chatModel = (
  id: string,
  context: number,
  output: number,
  more: Partial<ListedChatModel> = {},
): ListedChatModel => ({
  id,
  contextTokens: context,
  outputTokens: output,
  images: false,
  thinks: 'never',
  ...more,
});

export const openAiOverflow = ({ limit, prompt, output }: Overflow): Refusal =>
  new Refusal(
    400,
    output > 0
      ? `This model's maximum context length is ${limit} tokens. However, you requested ${prompt + output} tokens (${prompt} in the messages, ${output} in the completion). Please reduce the length of the messages or completion.`
      : `This model's maximum context length is ${limit} tokens. However, your messages resulted in ${prompt} tokens. Please reduce the length of the messages.`,
    { code: 'context_length_exceeded', param: 'messages' },
  );

/** The scripted errors of a provider that copies OpenAI's, with its own overflow sentence. */
export function refusalWith(
  overflow: (size: Overflow) => Refusal,
  sentences: Partial<
    Record<ScriptedError['kind'], { status: number; message: string; code?: string; type?: string }>
  > = {},
): (error: ScriptedError, model: string) => Refusal {
  return (error, model) => {
    const own = sentences[error.kind];
    if (own !== undefined) {
      const { status, message, ...fields } = own;
      return new Refusal(status, error.message ?? message, fields);
    }
    if (error.kind !== 'overflow') return openAiRefusal(error, model);
    const usual = overflow({ limit: 131_072, prompt: 140_000, output: 4_096 });
    return new Refusal(usual.status, error.message ?? usual.message, usual);
  };
}

export const openai: ChatProfile = {
  name: 'openai',
  root: '/v1',
  auth: 'bearer',
  models: [],
  unknownFields: 'openai',
  toolContent: 'text-parts',
  system: 'anywhere',
  messageOrder: 'openai',
  toolIds: { make: (number) => `call_${number.toString(36).padStart(24, '0')}` },
  toolChoices: ['none', 'auto', 'required'],
  mostStops: 4,
  reasoningBack: null,
  takesCacheControl: false,
  thinkingField: 'hidden',
  wholeCalls: false,
  callIndex: 'counted',
  finishWithCalls: 'tool_calls',
  usage: 'asked',
  prelude: 'none',
  overflow: openAiOverflow,
  refusal: refusalWith(openAiOverflow),
  errorBody: openAiErrorBody,
};
