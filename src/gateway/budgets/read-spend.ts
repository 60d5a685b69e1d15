// Reads from the bytes of a Messages request what it may cost at most, as they pass: the effective max_tokens, how much of
// it is text and how much images, whether it asks for prompt caching and web searches. The body is never parsed.
import type { ByteParts } from '../lib/byte-parts.ts';
import { TopLevelScanner } from '../lib/json-scanner.ts';

/** What bounds the cost of a request. */
export interface SpendBounds {
  /** Bytes of the body that are not image data. */
  readonly textBytes: number;
  readonly images: number;
  /** The most output tokens the request allows. */
  readonly maxTokens: number;
  /** The dearest class its prompt can be billed in. */
  readonly cacheWrites: 'none' | '5m' | '1h';
  readonly webSearches: number;
  readonly speed: string | null;
  readonly inferenceGeo: string | null;
}

/** Taken when the request names none that can be read: the most that current models write. */
const UNKNOWN_MAX_TOKENS = 128_000;
const LARGEST_MAX_TOKENS = 10_000_000;
const UNKNOWN_WEB_SEARCHES = 10;
/** More than the longest needle, so that none is missed where chunks meet. */
const CARRY = 64;

const wanted: ReadonlyMap<string, number> = new Map([
  ['max_tokens', 64],
  ['speed', 64],
  ['inference_geo', 64],
  ['tools', 64 * 1024],
]);

/** The start of base64 data of PNG, JPEG, GIF and WebP pictures, as the value of "data". */
const imageStart = /"data"\s{0,8}:\s{0,8}"(?:iVBORw0KGgo|\/9j\/|R0lGOD|UklGR)/g;

export class SpendReader {
  readonly #scanner = new TopLevelScanner(wanted);
  #carry = '';
  #bytes = 0;
  #imageBytes = 0;
  #images = 0;
  #insideImage = false;
  #caches = false;
  #cachesLong = false;

  /** Of a body that has been gathered already. */
  static of(body: ByteParts): SpendReader {
    const reader = new SpendReader();
    for (const part of body.parts) reader.see(part);
    return reader;
  }

  see(chunk: Buffer): void {
    this.#bytes += chunk.length;
    this.#scanner.feed(chunk);
    const text = this.#carry + chunk.toString('latin1');
    const searched = this.#findImages(text);
    if (!this.#caches) this.#caches = text.includes('cache_control');
    if (!this.#cachesLong) this.#cachesLong = /"ttl"\s{0,8}:\s{0,8}"1h"/.test(text);
    // What was counted already is not looked at again.
    this.#carry = text.slice(Math.max(searched, text.length - CARRY));
  }

  /** Skips the data of images; returns up to where nothing is left to be found. */
  #findImages(text: string): number {
    let at = 0;
    for (;;) {
      if (this.#insideImage) {
        const end = text.indexOf('"', at);
        this.#imageBytes += (end === -1 ? text.length : end) - at;
        if (end === -1) return text.length;
        this.#insideImage = false;
        at = end + 1;
      }
      imageStart.lastIndex = at;
      const found = imageStart.exec(text);
      if (found === null) return at;
      this.#images++;
      this.#insideImage = true;
      at = found.index + found[0].length;
    }
  }

  bounds(): SpendBounds {
    return {
      textBytes: this.#bytes - this.#imageBytes,
      images: this.#images,
      maxTokens: this.#maxTokens(),
      cacheWrites: !this.#caches ? 'none' : this.#cachesLong ? '1h' : '5m',
      webSearches: this.#webSearches(),
      speed: this.#text('speed'),
      inferenceGeo: this.#text('inference_geo'),
    };
  }

  #maxTokens(): number {
    const value = Number(this.#scanner.found.get('max_tokens')?.text ?? NaN);
    // Readers differ in which of two equal keys they take.
    if (!(value > 0) || this.#scanner.repeated.has('max_tokens')) return UNKNOWN_MAX_TOKENS;
    return Math.min(Math.ceil(value), LARGEST_MAX_TOKENS);
  }

  #text(key: string): string | null {
    return this.#scanner.found.get(key)?.text.replaceAll('"', '') ?? null;
  }

  #webSearches(): number {
    const tools = this.#scanner.found.get('tools');
    if (tools === undefined || !/"web_search_\d/.test(tools.text)) return 0;
    const uses = [...tools.text.matchAll(/"max_uses"\s*:\s*(\d{1,4})/g)].map(([, count]) => Number(count));
    return tools.whole && uses.length > 0
      ? uses.reduce((sum, count) => sum + count, 0)
      : UNKNOWN_WEB_SEARCHES;
  }
}
