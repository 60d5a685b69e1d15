// Gathers blocks into the content of a whole message.
import { parseInput } from './tool-input.ts';
import type { BlockSink, DeltaKind, StartedBlock } from './block-sink.ts';

export type MessageBlock = Readonly<Record<string, unknown>>;

export class MessageSink implements BlockSink {
  readonly content: MessageBlock[] = [];
  #block: StartedBlock | null = null;
  #text = '';
  #signature = '';

  start(block: StartedBlock): void {
    this.#block = block;
    this.#text = '';
    this.#signature = '';
  }

  delta(kind: DeltaKind, text: string): void {
    if (kind === 'signature') this.#signature += text;
    else this.#text += text;
  }

  stop(): void {
    const block = this.#block;
    if (block !== null) {
      const whole = this.#whole(block);
      if (whole !== null) this.content.push(whole);
    }
    this.#block = null;
  }

  #whole(block: StartedBlock): MessageBlock | null {
    switch (block.type) {
      case 'text':
        return { ...block, text: this.#text };
      case 'thinking':
        return { ...block, thinking: this.#text, signature: this.#signature };
      case 'tool_use':
      case 'server_tool_use': {
        // Arguments that were cut off have no form as an object; a client must never see them as complete (T48).
        const input = parseInput(this.#text);
        return input === null ? null : { ...block, input };
      }
      case 'redacted_thinking':
      case 'web_search_tool_result':
        return block;
    }
  }
}
