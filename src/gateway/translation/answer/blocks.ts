// The blocks of an answer while they are being made. Each knows how it is opened, fed and closed on a sink; none knows
// of the others, which is the queue's business.
import type { Target } from '../types.ts';
import type { BlockSink, SearchFailure, SearchHit } from './block-sink.ts';
import type { CarriedReasoning } from './carried-reasoning.ts';
import type { ToolInput } from './tool-input.ts';

export interface Block {
  readonly kind: 'text' | 'thinking' | 'tool' | 'search';
  /** Gives way to a block of another kind behind it, although its end was not reported. */
  readonly yields: boolean;
  /** Nothing more comes. */
  ended: boolean;
  /** Though ended, it stays open until something follows: what follows may still belong to it. */
  lingers: boolean;
  /** True when it cannot be closed in a sound answer. */
  readonly isBroken: boolean;
  /** True when it must not be closed before it is known how the answer ended; absent means false. */
  readonly isUnsure?: boolean;
  open(sink: BlockSink): void;
  /** `cut`: the answer ended inside this block. */
  close(sink: BlockSink, cut: boolean): void;
}

export class TextBlock implements Block {
  readonly kind = 'text';
  readonly yields = true;
  ended = false;
  lingers = false;
  readonly isBroken = false;
  #sink: BlockSink | null = null;
  #waiting = '';

  add(text: string): void {
    if (this.#sink === null) this.#waiting += text;
    else this.#sink.delta('text', text);
  }

  open(sink: BlockSink): void {
    this.#sink = sink;
    sink.start({ type: 'text', text: '' });
    if (this.#waiting !== '') sink.delta('text', this.#waiting);
    this.#waiting = '';
  }

  close(sink: BlockSink): void {
    sink.stop();
  }
}

/** Thinking, shown or hidden. Hidden thinking is written at its end, as one sealed block or not at all. */
export class ThinkingBlock implements Block {
  readonly kind = 'thinking';
  readonly yields = true;
  ended = false;
  lingers = true;
  readonly isBroken = false;
  readonly carried: CarriedReasoning;
  /** True once it was written with an envelope. */
  isSealed = false;
  readonly #target: Target;
  #sink: BlockSink | null = null;
  #isShown = false;
  #waiting = '';
  #hidden = '';

  constructor(carried: CarriedReasoning, target: Target) {
    this.carried = carried;
    this.#target = target;
  }

  show(text: string): void {
    this.#waiting += text;
    if (this.#sink !== null) this.#write(this.#sink);
  }

  hide(text: string): void {
    this.#hidden += text;
  }

  /** A gap between two summaries of one item. */
  separate(): void {
    if (this.#isShown || this.#waiting !== '') this.show('\n\n');
    if (this.#hidden !== '') this.hide('\n\n');
  }

  open(sink: BlockSink): void {
    this.#sink = sink;
    this.#write(sink);
  }

  #write(sink: BlockSink): void {
    if (this.#waiting === '') return;
    if (!this.#isShown) sink.start({ type: 'thinking', thinking: '', signature: '' });
    this.#isShown = true;
    sink.delta('thinking', this.#waiting);
    this.#waiting = '';
  }

  close(sink: BlockSink): void {
    const sealed = this.carried.seal(this.#target, this.#hidden, this.#isShown);
    this.isSealed = sealed !== null;
    if (this.#isShown) {
      if (sealed !== null) sink.delta('signature', sealed);
      sink.stop();
    } else if (sealed !== null) {
      sink.start({ type: 'redacted_thinking', data: sealed });
      sink.stop();
    }
  }
}

export class ToolBlock implements Block {
  readonly kind = 'tool';
  readonly yields = false;
  ended = false;
  lingers = false;
  /** True once the provider's signature on this call was put where it travels. */
  isSigned = false;
  readonly input: ToolInput;
  readonly id: string;
  readonly name: string;
  #sink: BlockSink | null = null;

  constructor(id: string, name: string, input: ToolInput) {
    this.id = id;
    this.name = name;
    this.input = input;
  }

  add(delta: string): void {
    this.input.add(delta);
    if (this.#sink !== null) this.#write(this.#sink, this.input.take());
  }

  get isBroken(): boolean {
    return !this.input.isValid;
  }

  /** Packages end the calls of a stream that was cut, with no arguments if none had come: no client may run those. */
  get isUnsure(): boolean {
    return this.input.isUnsaid;
  }

  open(sink: BlockSink): void {
    this.#sink = sink;
    sink.start({ type: 'tool_use', id: this.id, name: this.name, input: {} });
    this.#write(sink, this.input.take());
  }

  #write(sink: BlockSink, text: string): void {
    if (text !== '') sink.delta('input', text);
  }

  close(sink: BlockSink, cut: boolean): void {
    this.#write(sink, this.input.end(cut));
    sink.stop();
  }
}

export class SearchCallBlock implements Block {
  readonly kind = 'search';
  readonly yields = false;
  ended = true;
  lingers = false;
  readonly isBroken = false;
  readonly #id: string;
  readonly #query: string | null;

  constructor(id: string, query: string | null) {
    this.#id = id;
    this.#query = query;
  }

  open(sink: BlockSink): void {
    sink.start({ type: 'server_tool_use', id: this.#id, name: 'web_search', input: {} });
    sink.delta('input', JSON.stringify(this.#query === null ? {} : { query: this.#query }));
  }

  close(sink: BlockSink): void {
    sink.stop();
  }
}

export class SearchResultBlock implements Block {
  readonly kind = 'search';
  readonly yields = false;
  ended = true;
  /** Sources may follow. */
  lingers = true;
  readonly isBroken = false;
  readonly #id: string;
  readonly #content: readonly SearchHit[] | SearchFailure;

  constructor(id: string, content: readonly SearchHit[] | SearchFailure) {
    this.#id = id;
    this.#content = content;
  }

  open(): void {}

  close(sink: BlockSink): void {
    sink.start({ type: 'web_search_tool_result', tool_use_id: this.#id, content: this.#content });
    sink.stop();
  }
}
