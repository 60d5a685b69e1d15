// Keeps one block open at a time (T44): the first block streams, those behind it gather their text and follow whole, in
// the order in which they were first seen.
import type { Block } from './blocks.ts';
import type { BlockSink } from './block-sink.ts';

export class BlockQueue {
  readonly #sink: BlockSink;
  readonly #blocks: Block[] = [];
  #head: Block | null = null;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  get last(): Block | null {
    return this.#blocks.at(-1) ?? null;
  }

  push(block: Block): void {
    this.#blocks.push(block);
    this.advance();
  }

  /** Call after a block's `ended` or `lingers` changed. */
  advance(): void {
    for (;;) {
      const head = this.#open();
      if (head === null) return;
      const isAlone = this.#blocks.length === 1;
      if (!head.ended && head.yields && this.#blocks.some((block) => block.kind !== head.kind)) {
        head.ended = true;
      }
      if (!head.ended || (head.lingers && isAlone) || head.isBroken || head.isUnsure === true) return;
      this.#close(head, false);
    }
  }

  /** The first block that cannot be closed in a sound answer. */
  get broken(): Block | null {
    return this.#blocks.find((block) => block.isBroken) ?? null;
  }

  /** Writes all that is left; `cut` when the answer stopped at its length limit. */
  flush(cut: boolean): void {
    for (let head = this.#open(); head !== null; head = this.#open()) {
      this.#close(head, cut && !head.ended);
    }
  }

  #open(): Block | null {
    const head = this.#blocks[0] ?? null;
    if (head !== null && head !== this.#head) {
      this.#head = head;
      head.open(this.#sink);
    }
    return head;
  }

  #close(head: Block, cut: boolean): void {
    head.ended = true;
    head.close(this.#sink, cut);
    this.#blocks.shift();
  }
}
