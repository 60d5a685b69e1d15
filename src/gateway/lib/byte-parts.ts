// Bytes that came in parts and stay in parts: a request body is sent on as it arrived, and is made one buffer only for
// a reader that needs it whole.

/** Below this, parts are gathered into one: a body sent a byte at a time must not become millions of objects. */
const SMALL_PART = 16 * 1024;
const MOST_SMALL_BYTES = 64 * 1024;

export class ByteParts {
  length = 0;
  readonly #parts: Buffer[] = [];
  /** How many parts at the end are small, and their bytes together. */
  #smallParts = 0;
  #smallBytes = 0;

  static of(...parts: readonly Buffer[]): ByteParts {
    const bytes = new ByteParts();
    for (const part of parts) bytes.add(part);
    return bytes;
  }

  get parts(): readonly Buffer[] {
    return this.#parts;
  }

  add(part: Buffer): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.length += part.length;
    if (part.length >= SMALL_PART) {
      this.#smallParts = 0;
      this.#smallBytes = 0;
      return;
    }
    this.#smallParts++;
    this.#smallBytes += part.length;
    if (this.#smallBytes < MOST_SMALL_BYTES) return;
    this.#parts.push(Buffer.concat(this.#parts.splice(-this.#smallParts)));
    this.#smallParts = 0;
    this.#smallBytes = 0;
  }

  /** All bytes in one buffer; they are copied at the first call when there is more than one part. */
  whole(): Buffer {
    if (this.#parts.length !== 1) this.#parts.splice(0, this.#parts.length, Buffer.concat(this.#parts));
    this.#smallParts = 0;
    this.#smallBytes = 0;
    return this.#parts[0] as Buffer;
  }

  /** The same bytes with those from `start` up to `end` replaced. */
  withReplaced(start: number, end: number, replacement: Buffer): ByteParts {
    const result = new ByteParts();
    this.#copyRange(result, 0, start);
    result.add(replacement);
    this.#copyRange(result, end, this.length);
    return result;
  }

  #copyRange(target: ByteParts, start: number, end: number): void {
    let offset = 0;
    for (const part of this.#parts) {
      const from = Math.max(0, start - offset);
      const to = Math.min(part.length, end - offset);
      if (from < to) target.add(part.subarray(from, to));
      offset += part.length;
    }
  }
}
