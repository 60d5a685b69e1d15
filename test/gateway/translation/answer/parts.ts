// Parts of a neutral answer, briefly.
import type {
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import { AnswerWriter } from '../../../../src/gateway/translation/answer/answer-writer.ts';
import type { AnswerSetup } from '../../../../src/gateway/translation/answer/answer-setup.ts';

type Part = LanguageModelV4StreamPart;

export function usageOf(input: Partial<LanguageModelV4Usage['inputTokens']>, total: number | undefined) {
  return {
    inputTokens: {
      total: undefined,
      noCache: undefined,
      cacheRead: undefined,
      cacheWrite: undefined,
      ...input,
    },
    outputTokens: { total, text: undefined, reasoning: undefined },
  };
}

export const someUsage = usageOf({ total: 120, noCache: 100, cacheRead: 20 }, 30);
export const noUsage = usageOf({}, undefined);

export function finish(
  unified: LanguageModelV4FinishReason['unified'],
  raw?: string,
  usage: LanguageModelV4Usage = someUsage,
  providerMetadata?: SharedV4ProviderMetadata,
): Part {
  return {
    type: 'finish',
    finishReason: { unified, raw },
    usage,
    ...(providerMetadata === undefined ? {} : { providerMetadata }),
  };
}

export function text(id: string, ...deltas: string[]): Part[] {
  return [
    { type: 'text-start', id },
    ...deltas.map((delta): Part => ({ type: 'text-delta', id, delta })),
    { type: 'text-end', id },
  ];
}

export function thinking(id: string, deltas: string[], end?: SharedV4ProviderMetadata): Part[] {
  return [
    { type: 'reasoning-start', id },
    ...deltas.map((delta): Part => ({ type: 'reasoning-delta', id, delta })),
    { type: 'reasoning-end', id, ...(end === undefined ? {} : { providerMetadata: end }) },
  ];
}

export const toolStart = (id: string, toolName: string): Part => ({ type: 'tool-input-start', id, toolName });
export const toolDelta = (id: string, delta: string): Part => ({ type: 'tool-input-delta', id, delta });
export const toolCall = (toolCallId: string, toolName: string, input: string): Part => ({
  type: 'tool-call',
  toolCallId,
  toolName,
  input,
});

/** A streamed call as the packages send it. */
export function tool(id: string, name: string, ...deltas: string[]): Part[] {
  return [
    toolStart(id, name),
    ...deltas.map((delta) => toolDelta(id, delta)),
    { type: 'tool-input-end', id },
    toolCall(id, name, deltas.join('')),
  ];
}

/** All that the writer gives for these parts; the writer too, for what it says besides. */
export function write(setup: AnswerSetup, parts: readonly Part[]): { text: string; writer: AnswerWriter } {
  const writer = new AnswerWriter(setup);
  let given = '';
  for (const part of parts) given += writer.write(part);
  return { text: given + writer.end(), writer };
}
