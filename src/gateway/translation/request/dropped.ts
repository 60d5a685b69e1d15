// What of a request could not be expressed for its target (T33): each name once, in the order it was met.

/** Names are sent in a response header, so a client's own field name must not break out of it. */
const headerSafe = /^[\w.-]{1,64}$/;

export class Dropped {
  readonly #names = new Set<string>();

  add(name: string): void {
    this.#names.add(headerSafe.test(name) ? name : 'unnamed_field');
  }

  /** Prompt caching marks are Anthropic's; providers behind a translation cache without being told (T24). */
  addCacheControl(holder: Readonly<Record<string, unknown>>): void {
    if (holder['cache_control'] !== undefined && holder['cache_control'] !== null) this.add('cache_control');
  }

  list(): readonly string[] {
    return [...this.#names];
  }
}
