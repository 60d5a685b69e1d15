// Reads a copy of a Messages SSE stream: usage (cumulative, T71), stop reason, how much text passed, and whether the
// bytes stand at an event border. Chunks may be cut anywhere; memory stays bounded whatever the upstream sends.
import { asObject, asText, emptyAnswerFacts, errorMessageOf } from './answer-facts.ts';
import type { AnswerFacts, AnswerObserver } from './answer-facts.ts';
import { mergeUsage } from './usage.ts';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COLON = 0x3a;
/** Beyond this a content delta is measured by its bytes instead of being parsed: a parse would stall every stream. */
const LARGEST_PARSED_DELTA = 64 * 1024;
/** Beyond this a line is not kept at all. `message_start` and `message_delta` are a few hundred bytes. */
const LARGEST_KEPT_LINE = 256 * 1024;

const EVENT = Buffer.from('event:');
const DATA = Buffer.from('data:');

export class StreamObserver implements AnswerObserver {
  readonly facts: AnswerFacts = emptyAnswerFacts();

  /** Earlier parts of a line that is still open. */
  #parts: Buffer[] = [];
  #partsLength = 0;
  /** Bytes of an over-long line that were counted and dropped. */
  #dropped = 0;
  /** The `event:` name of the event being read; empty when the stream names none. */
  #event = '';
  /** True between the first line of an event and the blank line that ends it. */
  #insideEvent = false;
  /** True once the event being read has a data line. */
  #hasData = false;

  get atEventBorder(): boolean {
    return !this.#insideEvent && this.#partsLength === 0 && this.#dropped === 0;
  }

  get insideData(): boolean {
    if (this.#hasData || this.#dropped > 0) return true;
    const open = this.#parts[0];
    // An open line that is not a name or a comment may be the beginning of data.
    return open !== undefined && !startsWith(open, EVENT) && open[0] !== COLON;
  }

  see(chunk: Buffer): void {
    let from = 0;
    for (;;) {
      const feed = chunk.indexOf(LINE_FEED, from);
      if (feed === -1) break;
      this.#endLine(chunk, from, feed);
      from = feed + 1;
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from));
  }

  end(): void {
    if (this.#partsLength > 0) this.#line(Buffer.concat(this.#parts));
    this.#parts = [];
    this.#partsLength = 0;
  }

  #keep(part: Buffer): void {
    if (this.#dropped > 0 || this.#partsLength + part.length > LARGEST_KEPT_LINE) {
      this.#dropped += this.#partsLength + part.length;
      this.#parts = [];
      this.#partsLength = 0;
      return;
    }
    this.#parts.push(part);
    this.#partsLength += part.length;
  }

  #endLine(chunk: Buffer, from: number, feed: number): void {
    if (this.#dropped > 0) {
      // Only content can be that long; its length is known without its text.
      this.#countUnparsed(this.#dropped + feed - from);
      this.#dropped = 0;
      this.#insideEvent = true;
      this.#hasData = true;
      return;
    }
    if (this.#partsLength === 0) {
      this.#line(chunk.subarray(from, feed));
      return;
    }
    this.#parts.push(chunk.subarray(from, feed));
    const line = Buffer.concat(this.#parts);
    this.#parts = [];
    this.#partsLength = 0;
    this.#line(line);
  }

  #line(raw: Buffer): void {
    const line = raw.length > 0 && raw[raw.length - 1] === CARRIAGE_RETURN ? raw.subarray(0, -1) : raw;
    if (line.length === 0) {
      this.#insideEvent = false;
      this.#hasData = false;
      this.#event = '';
      return;
    }
    this.#insideEvent = true;
    if (startsWith(line, EVENT)) this.#event = line.toString('latin1', EVENT.length).trim();
    else if (startsWith(line, DATA)) this.#data(line);
  }

  #data(line: Buffer): void {
    this.#hasData = true;
    if (this.#event === 'ping' || this.#event === 'content_block_stop') return;
    if (line.length > LARGEST_PARSED_DELTA && this.#event === 'content_block_delta') {
      this.#countUnparsed(line.length);
      return;
    }
    let data: Readonly<Record<string, unknown>> | null;
    try {
      data = asObject(JSON.parse(line.toString('utf8', DATA.length)));
    } catch {
      return;
    }
    if (data !== null) this.#apply(data);
  }

  #countUnparsed(bytes: number): void {
    this.facts.hasContent = true;
    this.facts.characters += bytes;
  }

  #apply(data: Readonly<Record<string, unknown>>): void {
    const facts = this.facts;
    switch (data['type']) {
      case 'content_block_delta':
        facts.hasContent = true;
        facts.characters += deltaLength(asObject(data['delta']));
        break;
      case 'content_block_start':
        facts.hasContent = true;
        break;
      case 'message_start': {
        const message = asObject(data['message']);
        facts.messageId = asText(message?.['id']);
        facts.model = asText(message?.['model']);
        facts.stopReason = asText(message?.['stop_reason']);
        this.#usage(message?.['usage']);
        break;
      }
      case 'message_delta':
        facts.stopReason = asText(asObject(data['delta'])?.['stop_reason']) ?? facts.stopReason;
        if (this.#usage(data['usage'])) facts.usageIsFinal = true;
        break;
      case 'message_stop':
        facts.finished = true;
        break;
      case 'error':
        facts.error = errorMessageOf(data) ?? 'The provider reported an error in the stream.';
        break;
      default:
        break;
    }
  }

  #usage(value: unknown): boolean {
    const usage = asObject(value);
    if (usage === null) return false;
    this.facts.usage = mergeUsage(this.facts.usage, usage);
    return true;
  }
}

function startsWith(line: Buffer, prefix: Buffer): boolean {
  if (line.length < prefix.length) return false;
  for (let at = 0; at < prefix.length; at++) if (line[at] !== prefix[at]) return false;
  return true;
}

/** Text that a reader of the answer could have seen; signatures are not text. */
function deltaLength(delta: Readonly<Record<string, unknown>> | null): number {
  if (delta === null) return 0;
  const text = delta['text'] ?? delta['partial_json'] ?? delta['thinking'];
  return typeof text === 'string' ? text.length : 0;
}
