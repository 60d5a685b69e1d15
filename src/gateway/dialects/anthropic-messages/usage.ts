// Turns the `usage` objects of an Anthropic-shaped answer into the normal form that prices are computed from (T70).
// Reading is lenient: a count that cannot be one is treated as absent, because a bad figure must never cost an answer.
import { noTokens, type TokenCounts } from '../../../contract/usage.ts';
import { asObject, asText } from './answer-facts.ts';

/** A provider's `usage` object as parsed JSON; nothing in it is trusted. */
export type RawUsage = Readonly<Record<string, unknown>>;

/** Tokens that are priced together: at one model, with one prompt length. */
export interface UsagePart extends TokenCounts {
  /** Null stands for the model that served the answer. */
  readonly model: string | null;
}

export interface NormalUsage {
  /** The first part is always the served model's own, even when it is empty. */
  readonly parts: readonly UsagePart[];
  readonly webSearchRequests: number;
  readonly speed: string | null;
  readonly inferenceGeo: string | null;
  readonly serviceTier: string | null;
}

/** Above this a count is a mistake of the sender: no context window comes near it. */
const LARGEST_COUNT = 1_000_000_000;

function asCount(value: unknown): number | null {
  return Number.isInteger(value) && (value as number) >= 0 && (value as number) <= LARGEST_COUNT
    ? Math.abs(value as number) // turns -0 into 0
    : null;
}

const countOf = (value: unknown): number => asCount(value) ?? 0;
const textOf = (value: unknown): string | null => asText(value) || null;

/**
 * Joins two cumulative reports (T71): per field the last non-null value wins, nothing is added up. Nested objects join
 * the same way, one level deep; arrays (`iterations`) are replaced whole. A count gives way to a count only, an object
 * to an object only, so that a mangled later report does not wipe out a good earlier one.
 */
export function mergeUsage(previous: RawUsage | null, next: RawUsage): RawUsage {
  if (previous === null) return next;
  const merged = overlay(previous, withoutEmptyPrompt(previous, next), joinNested);
  const total = asCount(next['cache_creation_input_tokens']);
  const breakdown = asObject(previous['cache_creation']);
  if (total === null || breakdown === null || asObject(next['cache_creation']) !== null) return merged;
  return { ...merged, cache_creation: fitBreakdown(breakdown, total) };
}

const promptFields = ['input_tokens', 'cache_read_input_tokens', 'cache_creation_input_tokens'] as const;

/**
 * Some servers close a stream with a report whose prompt side is all zero, after a start that had counted it. A prompt
 * cannot have vanished: such zeros are taken for "not repeated".
 */
function withoutEmptyPrompt(previous: RawUsage, next: RawUsage): RawUsage {
  const had = promptFields.some((field) => countOf(previous[field]) > 0);
  const has = promptFields.some((field) => countOf(next[field]) > 0);
  if (!had || has || asCount(next['input_tokens']) !== 0) return next;
  return Object.fromEntries(
    Object.entries(next).filter(
      ([key]) => key !== 'cache_creation' && !promptFields.some((field) => field === key),
    ),
  );
}

function overlay(
  previous: RawUsage,
  next: RawUsage,
  join: (before: unknown, after: unknown) => unknown,
): RawUsage {
  const merged = new Map(Object.entries(previous));
  for (const [key, after] of Object.entries(next)) {
    if (after === null || after === undefined) continue;
    const before = merged.get(key);
    if (asCount(before) !== null && asCount(after) === null) continue;
    merged.set(key, join(before, after));
  }
  // Built from entries, so that a key like "__proto__" stays data.
  return Object.fromEntries(merged);
}

function joinNested(before: unknown, after: unknown): unknown {
  const onto = asObject(before);
  if (onto === null) return after;
  const from = asObject(after);
  return from === null ? before : overlay(onto, from, (_, value) => value);
}

/**
 * A later total without a breakdown makes the earlier breakdown stale. The total is the newer word, so the breakdown is
 * fitted to it: 1 h writes stay as far as the total allows, the rest is written for 5 m, the rate at which Claude Code
 * bills what it cannot place.
 */
function fitBreakdown(breakdown: RawUsage, total: number): RawUsage {
  const oneHour = Math.min(countOf(breakdown['ephemeral_1h_input_tokens']), total);
  return { ...breakdown, ephemeral_5m_input_tokens: total - oneHour, ephemeral_1h_input_tokens: oneHour };
}

/** Reads one report. Never throws; the counts are whole numbers from 0 to a billion each. */
export function normalizeUsage(raw: RawUsage): NormalUsage {
  return {
    parts: readParts(raw),
    webSearchRequests: countOf(asObject(raw['server_tool_use'])?.['web_search_requests']),
    speed: textOf(raw['speed']),
    inferenceGeo: textOf(raw['inference_geo']),
    serviceTier: textOf(raw['service_tier']),
  };
}

function readCounts(report: RawUsage): TokenCounts {
  const breakdown = asObject(report['cache_creation']);
  const oneHour = countOf(breakdown?.['ephemeral_1h_input_tokens']);
  const fiveMinutes = countOf(breakdown?.['ephemeral_5m_input_tokens']);
  const total = countOf(report['cache_creation_input_tokens']);
  return {
    inputTokens: countOf(report['input_tokens']),
    cacheReadTokens: countOf(report['cache_read_input_tokens']),
    // What the total has beyond the breakdown, all of it without one, counts as written for 5 m.
    cacheWrite5mTokens: Math.max(fiveMinutes, total - oneHour),
    cacheWrite1hTokens: oneHour,
    outputTokens: countOf(report['output_tokens']),
  };
}

function readParts(raw: RawUsage): UsagePart[] {
  const top = readCounts(raw);
  const iterations = Array.isArray(raw['iterations']) ? (raw['iterations'] as unknown[]) : [];
  if (iterations.length === 0) return [{ model: null, ...top }];

  let unnamed = noTokens;
  const named = new Map<string, TokenCounts>();
  const beyondTop: UsagePart[] = [];
  for (const entry of iterations) {
    const iteration = asObject(entry);
    if (iteration === null) continue;
    const counts = readCounts(iteration);
    const model = textOf(iteration['model']);
    if (iteration['type'] !== 'message' && iteration['type'] !== 'fallback_message') {
      // Compaction, advisor and whatever comes after them: not in the top-level totals, each a prompt of its own.
      if (hasTokens(counts)) beyondTop.push({ model, ...counts });
    } else if (model === null) {
      unnamed = addTokens(unnamed, counts);
    } else {
      named.set(model, addTokens(named.get(model) ?? noTokens, counts));
    }
  }
  const namedTotal = [...named.values()].reduce(addTokens, noTokens);
  return [
    { model: null, ...servedTokens(top, unnamed, namedTotal) },
    ...[...named].filter(([, counts]) => hasTokens(counts)).map(([model, counts]) => ({ model, ...counts })),
    ...beyondTop,
  ];
}

/**
 * What the served model is billed for: its own iterations, or more when the top level reports more than all
 * message-like iterations together (T72). Both cache writes are compared as one sum, since either side may lack the
 * breakdown and the same tokens would count twice; the breakdown with more 1 h writes wins.
 */
function servedTokens(top: TokenCounts, unnamed: TokenCounts, named: TokenCounts): TokenCounts {
  const writes = Math.max(cacheWrites(unnamed), cacheWrites(top) - cacheWrites(named));
  const oneHour = Math.max(unnamed.cacheWrite1hTokens, top.cacheWrite1hTokens - named.cacheWrite1hTokens);
  const billedOneHour = Math.min(writes, oneHour);
  return {
    inputTokens: Math.max(unnamed.inputTokens, top.inputTokens - named.inputTokens),
    cacheReadTokens: Math.max(unnamed.cacheReadTokens, top.cacheReadTokens - named.cacheReadTokens),
    cacheWrite5mTokens: writes - billedOneHour,
    cacheWrite1hTokens: billedOneHour,
    outputTokens: Math.max(unnamed.outputTokens, top.outputTokens - named.outputTokens),
  };
}

const cacheWrites = (counts: TokenCounts): number => counts.cacheWrite5mTokens + counts.cacheWrite1hTokens;

function addTokens(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    inputTokens: a.inputTokens + b.inputTokens,
    cacheReadTokens: a.cacheReadTokens + b.cacheReadTokens,
    cacheWrite5mTokens: a.cacheWrite5mTokens + b.cacheWrite5mTokens,
    cacheWrite1hTokens: a.cacheWrite1hTokens + b.cacheWrite1hTokens,
    outputTokens: a.outputTokens + b.outputTokens,
  };
}

/** True when anything at all was counted. */
export function hasTokens(counts: TokenCounts): boolean {
  return promptTokens(counts) + counts.outputTokens > 0;
}

/** Tokens of all parts, by class. */
export function totalTokens(usage: NormalUsage): TokenCounts {
  return usage.parts.reduce(addTokens, noTokens);
}

/** Length of the prompt: fresh input, cache reads and both cache writes. Prompt-length price tiers go by it (T75). */
export function promptTokens(counts: TokenCounts): number {
  return counts.inputTokens + counts.cacheReadTokens + cacheWrites(counts);
}

/** Floor estimate of the output tokens of a cut answer, from the characters relayed so far. */
export function estimateOutputTokens(characters: number): number {
  return Math.ceil(characters / 4);
}

/**
 * For an answer whose final usage never came: the served model's output becomes what was reported or the estimate,
 * whichever is more. Once the final usage was seen the report is right and must not be raised.
 */
export function raiseOutput(usage: NormalUsage, outputTokens: number): NormalUsage {
  const [served, ...others] = usage.parts;
  if (served !== undefined && served.outputTokens >= outputTokens) return usage;
  return { ...usage, parts: [{ ...(served ?? { model: null, ...noTokens }), outputTokens }, ...others] };
}
