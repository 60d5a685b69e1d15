// Recognises that a request was too large for a model, in the words of every provider, and says so in Anthropic's: Claude
// Code compacts its history or asks for less output when it reads them, and gives up on any other wording (P14, T162).
import type { Target } from '../types.ts';
import type { ProviderError } from './read-error.ts';

/** Sizes of the request, for sentences that lack a number. */
export interface AskedSizes {
  /** Estimated. */
  readonly promptTokens: number | null;
  readonly maxTokens: number | null;
}

const tooLong = [
  /maximum context length/i,
  /maximum prompt length/i,
  /context[_ ]length[_ ]exceeded/i,
  /exceed(?:s|ed|ing)?\b.{0,60}\bcontext (?:window|length|size|limit)/i,
  /context (?:window|length|size)\b.{0,40}\b(?:exceed|reached|overflow)/i,
  /context the overflows|context overflows/i,
  /(?:greater|longer) than the (?:model'?s )?context length/i,
  /exceed_context_size/i,
  /(?:input|prompt)(?: is)? too long/i,
  /input tokens? (?:count )?exceed/i,
  /input token count.{0,40}exceeds/i,
  /token count.{0,40}exceeds the (?:limit|maximum)/i,
  /number of tokens in the prompt.{0,20}exceeds/i,
  /exceeded model token limit/i,
  /prompt (?:contains|has) [\d,]+ tokens/i,
  /prompt exceeds max(?:imum)? (?:length|context)/i,
  /range of input length should be/i,
  /maximum (?:allowed )?(?:input|model) length/i,
  /(?:total )?message size [\d,]+ exceeds limit/i,
  /reduce the length of (?:the |your )?(?:messages|prompt|input)/i,
  /max_tokens must be at least 1, got -/i,
  /capability_rejected: prompt_too_long/i,
];

/** A single request over a rate's whole allowance: waiting never helps, a shorter prompt does. */
const tooLargeForRate = /request too large for.{0,200}limit ([\d,]+),? requested ([\d,]+)/is;
const overflowCodes = /context_length_exceeded|exceed_context_size|model_context_window_exceeded|\b1261\b/;
const throttled = /please wait|throttl|too many requests|rate.?limit|per minute|tokens per/i;

/** The sentence for the client when the request was too large; null when it was refused for another reason. */
export function sizeRefusal(error: ProviderError, target: Target, asked: AskedSizes): string | null {
  const text = error.message;
  const rate = tooLargeForRate.exec(text);
  if (rate !== null) return promptTooLong(number(rate[2]), number(rate[1]), text, target, asked);
  const output = outputRefusal(text, target, asked);
  if (output !== null) return output;
  const isOverflow = overflowCodes.test(error.codes) || tooLong.some((pattern) => pattern.test(text));
  if (!isOverflow || (throttled.test(text) && !/context/i.test(text))) return null;

  const limit = first(text, limits) ?? field(error, 'n_ctx');
  const input = sum(text, inputs) ?? first(text, wholeInputs) ?? field(error, 'n_prompt_tokens');
  const wanted = first(text, outputs);
  if (limit !== null && input !== null && wanted !== null && wanted > 0 && input <= limit) {
    return (
      `input length and \`max_tokens\` exceed context limit: ${input} + ${wanted} > ${limit}, ` +
      'decrease input length or `max_tokens` and try again'
    );
  }
  const excess = first(text, [/exceeded (?:max )?context length by (?<n>\d[\d,]*)/i]);
  const window = limit ?? target.contextWindow;
  const counted =
    input ?? first(text, totals) ?? (excess !== null && window !== null ? window + excess : null);
  return promptTooLong(counted, window, text, target, asked);
}

function promptTooLong(
  counted: number | null,
  limit: number | null,
  text: string,
  target: Target,
  asked: AskedSizes,
): string {
  const window = limit ?? target.contextWindow;
  const prompt = counted ?? asked.promptTokens;
  if (window === null || prompt === null) {
    return `prompt is too long: ${text} (capability_rejected: prompt_too_long)`;
  }
  // Our estimate may fall short of the limit that was certainly passed.
  return `prompt is too long: ${Math.max(prompt, window + 1)} tokens > ${window} maximum`;
}

/** In all patterns below `n` is the number looked for; here `a` is what was asked. */
const outputLimits = [
  /max_(?:completion_|output_)?tokens is too large: (?<a>\d[\d,]*)\. This model supports at most (?<n>\d[\d,]*)/i,
  /max_(?:completion_|output_)?tokens'?: integer above maximum value\. Expected a value <= (?<n>\d[\d,]*), but got (?<a>\d[\d,]*)/i,
  /max_tokens value, the valid range of max_tokens is \[1, (?<n>\d[\d,]*)\]/i,
  /max_(?:completion_)?tokens`? must be less than or equal to `?(?<n>\d[\d,]*)/i,
  /range of max_tokens should be \[1, (?<n>\d[\d,]*)\]/i,
  /maximum tokens you requested exceeds the model limit of (?<n>\d[\d,]*)/i,
  /max_tokens: (?<a>\d[\d,]*) > (?<n>\d[\d,]*), which is the maximum/i,
  /max_(?:completion_|output_)?tokens\b.{0,40}exceeds the (?:limit|maximum)(?: allowed)? (?:of )?(?<n>\d[\d,]*)/i,
];
const geminiOutput =
  /maxOutputTokens value of (?<a>\d[\d,]*) but the supported range is from 1 \(inclusive\) to (?<n>\d[\d,]*) \(exclusive\)/i;

function outputRefusal(text: string, target: Target, asked: AskedSizes): string | null {
  const gemini = match(text, geminiOutput);
  const found = gemini ?? outputLimits.map((pattern) => match(text, pattern)).find((hit) => hit !== null);
  if (found === null || found === undefined || found.n === null) return null;
  const limit = gemini === null ? found.n : found.n - 1;
  const wanted = Math.max(found.a ?? asked.maxTokens ?? 0, limit + 1);
  return `max_tokens: ${wanted} > ${limit}, which is the maximum allowed number of output tokens for ${target.model}`;
}

const limits = [
  /maximum context length (?:is |of )?\(?(?<n>\d[\d,]*)/i,
  /with (?<n>\d[\d,]*) maximum context length/i,
  /maximum number of tokens allowed(?: is)? ?\(?(?<n>\d[\d,]*)/i,
  /maximum prompt length is (?<n>\d[\d,]*)/i,
  /maximum (?:allowed )?(?:input|model) length (?:of|is) (?<n>\d[\d,]*)/i,
  /context (?:length|size|window|limit)(?: of| is)?(?: only)? \(?(?<n>\d[\d,]*)/i,
  /n_ctx:? ?(?<n>\d[\d,]*)/i,
  /token limit: (?<n>\d[\d,]*)/i,
  /(?:exceeds (?:the )?limit (?:of )?|exceeds max_\w+ )(?<n>\d[\d,]*)/i,
  /tokens > (?<n>\d[\d,]*) maximum/i,
  /input length should be \[\d+, (?<n>\d[\d,]*)\]/i,
];
/** Parts that make up the prompt. */
const inputs = [
  /(?<n>\d[\d,]*) (?:tokens )?in (?:the|your) (?:messages|prompt|functions|tools)/i,
  /(?<n>\d[\d,]*) of (?:text|tool|image|audio|file) input/i,
  /(?<n>\d[\d,]*) tokens from the input/i,
];
const wholeInputs = [
  /messages resulted in (?<n>\d[\d,]*)/i,
  /request has (?<n>\d[\d,]*) (?:input|prompt) tokens/i,
  /at least (?<n>\d[\d,]*) input tokens/i,
  /input token count:? (?:of )?\(?(?<n>\d[\d,]*)/i,
  /prompt token count of (?<n>\d[\d,]*)/i,
  /prompt (?:contains|has) (?<n>\d[\d,]*)/i,
  /request contains (?<n>\d[\d,]*)/i,
  /requested: (?<n>\d[\d,]*)/i,
  /(?:request|input|prompt) \((?<n>\d[\d,]*) tokens/i,
  /input length:? \(?(?<n>\d[\d,]*)/i,
  /keep the first (?<n>\d[\d,]*) tokens/i,
  /n_keep: (?<n>\d[\d,]*)/i,
  /too long: (?<n>\d[\d,]*) tokens/i,
  /tokens in the prompt \(?(?<n>\d[\d,]*)/i,
  /message size (?<n>\d[\d,]*)/i,
];
const outputs = [
  /(?<n>\d[\d,]*) (?:tokens )?(?:in|for) the (?:completion|output)/i,
  /requested (?<n>\d[\d,]*) output tokens/i,
  /is too large: (?<n>\d[\d,]*)\. This model's maximum context length/i,
];
const totals = [/requested (?:a total of )?(?:about )?(?<n>\d[\d,]*) tokens/i];

interface Hit {
  readonly n: number | null;
  /** What was asked for, where the sentence says it. */
  readonly a: number | null;
}

function match(text: string, pattern: RegExp): Hit | null {
  const groups = pattern.exec(text)?.groups;
  return groups === undefined ? null : { n: number(groups['n']), a: number(groups['a']) };
}

function first(text: string, patterns: readonly RegExp[]): number | null {
  for (const source of patterns) {
    const hit = match(text, source);
    if (hit?.n != null) return hit.n;
  }
  return null;
}

function sum(text: string, patterns: readonly RegExp[]): number | null {
  const parts = patterns.flatMap((source) =>
    [...text.matchAll(new RegExp(source, 'gi'))].map((hit) => number(hit.groups?.['n']) ?? 0),
  );
  return parts.length === 0 ? null : parts.reduce((a, b) => a + b, 0);
}

function number(digits: string | undefined): number | null {
  return digits === undefined ? null : Number(digits.replaceAll(',', ''));
}

function field(error: ProviderError, name: string): number | null {
  const value = error.fields[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}
