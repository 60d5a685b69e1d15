// A whole answer put together from what arrives; of one that is too long only the beginning.
import type { PlainAnswer } from './error-answers.ts';

export class Gathered {
  readonly #mostBytes: number;
  #status = 0;
  #headers: string[] = [];
  readonly #parts: Buffer[] = [];
  #length = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  start(status: number, headers: readonly string[]): void {
    this.#status = status;
    for (let index = 0; index + 1 < headers.length; index += 2) {
      // Framing is set anew for what was gathered.
      if (/^(?:content-length|transfer-encoding)$/i.test(headers[index] as string)) continue;
      this.#headers.push(headers[index] as string, headers[index + 1] as string);
    }
  }

  add(chunk: Buffer): void {
    if (this.#length >= this.#mostBytes) return;
    this.#parts.push(chunk);
    this.#length += chunk.length;
  }

  answer(): PlainAnswer {
    const body = Buffer.concat(this.#parts);
    return { status: this.#status, headers: [...this.#headers, 'content-length', String(body.length)], body };
  }
}
