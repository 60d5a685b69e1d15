// Writes blocks as Messages SSE text. A delta costs one JSON.stringify of its own text and one concatenation.
import type { BlockSink, DeltaKind, StartedBlock } from './block-sink.ts';

const deltaHeads: Readonly<Record<DeltaKind, string>> = {
  text: '"delta":{"type":"text_delta","text":',
  thinking: '"delta":{"type":"thinking_delta","thinking":',
  signature: '"delta":{"type":"signature_delta","signature":',
  input: '"delta":{"type":"input_json_delta","partial_json":',
};

/** One event of a Messages stream. */
export function sseEvent(type: string, fields: string): string {
  return `event: ${type}\ndata: {"type":"${type}",${fields}}\n\n`;
}

export class SseSink implements BlockSink {
  #index = -1;
  #text = '';
  #deltaStart = '';

  start(block: StartedBlock): void {
    this.#index += 1;
    const index = `"index":${this.#index}`;
    this.#deltaStart = `event: content_block_delta\ndata: {"type":"content_block_delta",${index},`;
    this.#text += sseEvent('content_block_start', `${index},"content_block":${JSON.stringify(block)}`);
  }

  delta(kind: DeltaKind, text: string): void {
    this.#text += `${this.#deltaStart}${deltaHeads[kind]}${JSON.stringify(text)}}}\n\n`;
  }

  stop(): void {
    this.#text += sseEvent('content_block_stop', `"index":${this.#index}`);
  }

  /** What was written since the last call. */
  take(): string {
    const text = this.#text;
    this.#text = '';
    return text;
  }
}
