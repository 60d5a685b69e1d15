// Why an answer ended, in Anthropic's words (T40, T41, T53, T96, T116), or that it did not end soundly.
import type { LanguageModelV4FinishReason } from '@ai-sdk/provider';

export type StopReason =
  'end_turn' | 'tool_use' | 'max_tokens' | 'stop_sequence' | 'refusal' | 'model_context_window_exceeded';

/** `cut`: the stream ended without saying why. `failed`: the provider ended it with an error of its own. */
export type Ending =
  | { readonly kind: 'sound'; readonly reason: StopReason }
  | { readonly kind: 'cut' }
  | { readonly kind: 'failed' };

/** Reasons of providers that the SDK files under "other". */
const failures =
  /malformed|error|unexpected_tool_call|too_many_tool_calls|missing_thought_signature|abort|cancel|failed|unspecified/i;
const refusals =
  /refus|safety|blocklist|prohibited|content_filter|guardrail|sensitive|recitation|spii|language/i;
const windowReached = /context_window|model_length|context_length/i;

export function endingOf(
  { unified, raw }: LanguageModelV4FinishReason,
  facts: { readonly hasToolUse: boolean; readonly isStream: boolean },
): Ending {
  switch (unified) {
    case 'interrupted':
      return { kind: 'cut' };
    case 'error':
      return { kind: 'failed' };
    case 'length':
      return sound(windowReached.test(raw ?? '') ? 'model_context_window_exceeded' : 'max_tokens');
    case 'content-filter':
      return sound('refusal');
    case 'stop':
    case 'tool-calls':
      return sound(facts.hasToolUse ? 'tool_use' : plainReason(raw));
    case 'other':
      return otherEnding(raw, facts);
  }
}

function sound(reason: StopReason): Ending {
  return { kind: 'sound', reason };
}

function plainReason(raw: string | undefined): StopReason {
  return raw === 'stop_sequence' ? 'stop_sequence' : 'end_turn';
}

function otherEnding(
  raw: string | undefined,
  { hasToolUse, isStream }: { readonly hasToolUse: boolean; readonly isStream: boolean },
): Ending {
  if (raw === undefined) {
    // Packages begin with "other" and overwrite it: a stream that still says so was cut. A whole body was not.
    if (isStream) return { kind: 'cut' };
    return sound(hasToolUse ? 'tool_use' : 'end_turn');
  }
  if (windowReached.test(raw)) return sound('model_context_window_exceeded');
  if (failures.test(raw)) return { kind: 'failed' };
  if (refusals.test(raw)) return sound('refusal');
  return sound(hasToolUse ? 'tool_use' : plainReason(raw));
}
