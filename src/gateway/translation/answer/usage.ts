// A provider's token counts as the `usage` of a Messages answer (T56, T57, T97). Input is counted without what the cache
// read and wrote; a side that the provider did not count is estimated and marked as such.
import type { LanguageModelV4Usage } from '@ai-sdk/provider';

export interface MessageUsage {
  readonly input_tokens: number;
  readonly cache_creation_input_tokens: number;
  readonly cache_read_input_tokens: number;
  readonly output_tokens: number;
  readonly server_tool_use?: { readonly web_search_requests: number };
  /** Not the provider's own figures. */
  readonly tollgate_estimated?: true;
}

export interface Estimate {
  readonly promptTokens: number;
  /** UTF-16 units of text, thinking and tool arguments of the answer. */
  readonly characters: number;
  readonly searches: number;
}

const CHARACTERS_PER_TOKEN = 3.5;

/** What the head of a stream says before anything was counted: never zero, clients show it as the context in use. */
export function startUsage(promptTokens: number): MessageUsage {
  return {
    input_tokens: Math.max(1, Math.round(promptTokens)),
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 1,
  };
}

export function finalUsage(usage: LanguageModelV4Usage | undefined, estimate: Estimate): MessageUsage {
  const input = promptSide(usage);
  const output = outputSide(usage, estimate.characters);
  const { promptTokens, characters, searches } = estimate;
  return {
    ...(input ?? { ...startUsageInput(promptTokens) }),
    output_tokens: output ?? Math.ceil(characters / CHARACTERS_PER_TOKEN),
    ...(searches > 0 ? { server_tool_use: { web_search_requests: searches } } : {}),
    ...(input === null || output === null ? { tollgate_estimated: true } : {}),
  };
}

type PromptSide = Omit<MessageUsage, 'output_tokens' | 'server_tool_use' | 'tollgate_estimated'>;

function startUsageInput(promptTokens: number): PromptSide {
  const { output_tokens: _none, ...side } = startUsage(promptTokens);
  return side;
}

/** Null when the provider counted nothing: no figures at all, or zeros, which no prompt has. */
function promptSide(usage: LanguageModelV4Usage | undefined): PromptSide | null {
  const counts = usage?.inputTokens;
  const read = count(counts?.cacheRead) ?? 0;
  const written = count(counts?.cacheWrite) ?? 0;
  const total = count(counts?.total);
  // A negative figure is a package's own subtraction of more than there was.
  const fresh = counts?.noCache === undefined ? null : Math.max(0, counts.noCache);
  const input = count(fresh) ?? (total === null ? null : Math.max(0, total - read - written));
  if (input === null || input + read + written === 0) return null;
  return { input_tokens: input, cache_creation_input_tokens: written, cache_read_input_tokens: read };
}

function outputSide(usage: LanguageModelV4Usage | undefined, characters: number): number | null {
  const counts = usage?.outputTokens;
  const parts = [count(counts?.text), count(counts?.reasoning)].filter((part) => part !== null);
  const sum = parts.length === 0 ? null : parts.reduce((a, b) => a + b, 0);
  const output = count(counts?.total) ?? sum;
  return output === 0 && characters > 0 ? null : output;
}

function count(value: number | null | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.round(value) : null;
}
