// How much a request may cost at most before it is sent: its prompt by size, calibrated by what the provider last counted
// for the same conversation, its output by max_tokens, all at the price of the model that will serve it.
import { noTokens } from '../../contract/usage.ts';
import type { TokenCounts } from '../../contract/usage.ts';
import { promptTokens } from '../dialects/anthropic-messages/usage.ts';
import { priceUsage } from '../ledger/price.ts';
import type { PriceTable } from '../ledger/price-table.ts';
import type { SpendBounds } from './read-spend.ts';

export interface Estimate {
  readonly nanoUsd: number;
  readonly tokens: number;
}

/** Fewer bytes per token than any text in practice: code has about three, prose four. */
const TOKENS_PER_BYTE = 0.5;
const MOST_TOKENS_PER_BYTE = 1;
/** The most that a picture at full resolution is billed as. */
const TOKENS_PER_IMAGE = 5000;
/** No model takes a longer prompt; a longer one is refused by its provider, free of charge. */
const LONGEST_PROMPT = 2_000_000;
const MOST_CONVERSATIONS = 2000;

interface Seen {
  readonly textBytes: number;
  readonly images: number;
  readonly promptTokens: number;
}

/** What providers counted for the last request of each conversation. */
export class Calibration {
  readonly #seen = new Map<string, Seen>();

  learn(conversation: string, bounds: SpendBounds, tokens: TokenCounts): void {
    const counted = promptTokens(tokens);
    if (counted === 0) return;
    const { textBytes, images } = bounds;
    this.#seen.delete(conversation);
    this.#seen.set(conversation, { textBytes, images, promptTokens: counted });
    const oldest = this.#seen.keys().next();
    if (this.#seen.size > MOST_CONVERSATIONS && oldest.done !== true) this.#seen.delete(oldest.value);
  }

  /** The most tokens that the prompt is likely to be counted as. */
  promptTokens(conversation: string, bounds: SpendBounds): number {
    const before = this.#seen.get(conversation);
    const images = bounds.images * TOKENS_PER_IMAGE;
    if (before === undefined) return bound(bounds.textBytes * TOKENS_PER_BYTE + images);
    const text = Math.max(before.promptTokens - before.images * TOKENS_PER_IMAGE, 0);
    const learned = Math.min(Math.max(text / before.textBytes, TOKENS_PER_BYTE), MOST_TOKENS_PER_BYTE);
    const grown = bounds.textBytes - before.textBytes;
    // A conversation grows at its end; a shorter one has been compacted, or is another one.
    if (grown < 0 || bounds.images < before.images) return bound(bounds.textBytes * learned + images);
    return bound(before.promptTokens + grown * learned + (bounds.images - before.images) * TOKENS_PER_IMAGE);
  }
}

const bound = (tokens: number): number => Math.min(Math.ceil(tokens), LONGEST_PROMPT);

export interface Priced {
  readonly bounds: SpendBounds;
  readonly prompt: number;
  /** Upper end of what is reserved for the output; undefined reserves all of max_tokens. */
  readonly outputCap: number | undefined;
  readonly model: string;
  readonly at: number;
  readonly prices: PriceTable;
}

/** A whole prompt in the dearest class it can be billed in: whether a cache hits is known only afterwards. */
export function estimateSpend({ bounds, prompt, outputCap, model, at, prices }: Priced): Estimate {
  const output = Math.min(bounds.maxTokens, outputCap ?? bounds.maxTokens);
  const usage = {
    parts: [{ model: null, ...promptAs(bounds.cacheWrites, prompt), outputTokens: output }],
    webSearchRequests: bounds.webSearches,
    speed: bounds.speed,
    inferenceGeo: bounds.inferenceGeo,
    serviceTier: null,
  };
  return { nanoUsd: priceUsage(usage, model, at, prices).costNanoUsd, tokens: prompt + output };
}

function promptAs(cacheWrites: SpendBounds['cacheWrites'], prompt: number): TokenCounts {
  switch (cacheWrites) {
    case 'none':
      return { ...noTokens, inputTokens: prompt };
    case '5m':
      return { ...noTokens, cacheWrite5mTokens: prompt };
    case '1h':
      return { ...noTokens, cacheWrite1hTokens: prompt };
  }
}

/** Requests of one conversation have a common start: same session, same agent, same model. */
export function conversationOf(of: {
  readonly sessionId: string | null;
  readonly client: string;
  readonly agentId: string | null;
  readonly provider: string;
  readonly model: string;
}): string {
  return JSON.stringify([of.sessionId ?? `client:${of.client}`, of.agentId, of.provider, of.model]);
}
