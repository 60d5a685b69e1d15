// Reads a copy of a Messages SSE stream: usage (cumulative, T71), stop reason, how much text passed, and whether the
// bytes stand at an event border. Chunks may be cut anywhere; memory stays bounded whatever the upstream sends.
import { asObject, asText, emptyAnswerFacts, errorMessageOf } from './answer-facts.ts';
import type { AnswerFacts, AnswerObserver } from './answer-facts.ts';
import { mergeUsage } from './usage.ts';

/** Beyond this a content delta is measured by its bytes instead of being parsed: a parse would stall every stream. */
const LARGEST_PARSED_DELTA = 64 * 1024;
/** Beyond this a line is not kept at all. `message_start` and `message_delta` are a few hundred bytes. */
const LARGEST_KEPT_LINE = 256 * 1024;

/** How Anthropic writes the one event that comes by the thousand; others write it otherwise and are parsed. */
const USUAL_DELTA = 'data: {"type":"content_block_delta"';
const usualTexts = ['"text":"', '"partial_json":"', '"thinking":"'] as const;

export class StreamObserver implements AnswerObserver {
  readonly facts: AnswerFacts = emptyAnswerFacts();

  /** A line that is still open. Lines are kept as latin1 text: one character per byte, and quick to search. */
  #open = '';
  /** Bytes of an over-long line that were counted and dropped. */
  #dropped = 0;
  /** The `event:` name of the event being read; empty when the stream names none. */
  #event = '';
  /** True between the first line of an event and the blank line that ends it. */
  #insideEvent = false;
  /** True once the event being read has a data line. */
  #hasData = false;
  /** Data of this event that is not whole yet: it goes on in the next data line. */
  #halfData = '';

  get atEventBorder(): boolean {
    return !this.#insideEvent && this.#open === '' && this.#dropped === 0;
  }

  get insideData(): boolean {
    if (this.#hasData || this.#dropped > 0) return true;
    // An open line that is not a name or a comment may be the beginning of data.
    return this.#open !== '' && !this.#open.startsWith('event:') && !this.#open.startsWith(':');
  }

  see(chunk: Buffer): void {
    const text = chunk.toString('latin1');
    let from = 0;
    for (let feed = text.indexOf('\n'); feed !== -1; feed = text.indexOf('\n', from)) {
      this.#endLine(text, from, feed);
      from = feed + 1;
    }
    if (from < text.length) this.#keep(from === 0 ? text : text.slice(from));
  }

  end(): void {
    if (this.#open !== '') this.#line(this.#open, 0, this.#open.length);
    this.#open = '';
  }

  #keep(part: string): void {
    if (this.#dropped > 0 || this.#open.length + part.length > LARGEST_KEPT_LINE) {
      this.#dropped += this.#open.length + part.length;
      this.#open = '';
    } else {
      this.#open += part;
    }
  }

  #endLine(text: string, from: number, feed: number): void {
    if (this.#dropped > 0) {
      // Only content can be that long; its length is known without its text.
      this.#countUnparsed(this.#dropped + feed - from);
      this.#dropped = 0;
      this.#insideEvent = true;
      this.#hasData = true;
    } else if (this.#open === '') {
      this.#line(text, from, feed);
    } else {
      const line = this.#open + text.slice(from, feed);
      this.#open = '';
      this.#line(line, 0, line.length);
    }
  }

  #line(text: string, from: number, feed: number): void {
    const to = feed > from && text.charCodeAt(feed - 1) === 13 ? feed - 1 : feed;
    if (from === to) {
      this.#insideEvent = false;
      this.#hasData = false;
      this.#halfData = '';
      this.#event = '';
      return;
    }
    this.#insideEvent = true;
    if (text.startsWith('data:', from)) this.#data(text, from, to);
    else if (text.startsWith('event:', from)) this.#event = text.slice(from + 6, to).trim();
  }

  #data(text: string, from: number, to: number): void {
    this.#hasData = true;
    if (this.#event === 'ping' || this.#event === 'content_block_stop') return;
    const isDelta = this.#event === 'content_block_delta' || text.startsWith(USUAL_DELTA, from);
    if (isDelta && to - from > LARGEST_PARSED_DELTA) {
      this.#countUnparsed(to - from);
      return;
    }
    const length = isDelta ? usualDeltaLength(text, from, to) : null;
    if (length === null) this.#parse(this.#halfData + text.slice(from + 5, to));
    else {
      this.facts.hasContent = true;
      this.facts.characters += length;
    }
  }

  #parse(latin1: string): void {
    let data: Readonly<Record<string, unknown>> | null;
    try {
      data = asObject(JSON.parse(Buffer.from(latin1, 'latin1').toString('utf8')));
    } catch {
      // Servers may break the data of an event into lines; read together, they are one document.
      if (latin1.length <= LARGEST_KEPT_LINE) this.#halfData = `${latin1}\n`;
      return;
    }
    this.#halfData = '';
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

/**
 * Length of the text of a delta written in the usual way, without parsing it; null when it has to be parsed: escapes
 * and characters of several bytes are not counted here.
 */
function usualDeltaLength(text: string, from: number, to: number): number | null {
  const line = text.slice(from, to);
  if (!line.startsWith(USUAL_DELTA) || /[\\\x80-\xff]/.test(line)) return null;
  const delta = line.indexOf('"delta":{', USUAL_DELTA.length);
  if (delta === -1) return null;
  for (const name of usualTexts) {
    const start = line.indexOf(name, delta);
    if (start !== -1) return line.indexOf('"', start + name.length) - start - name.length;
  }
  return null;
}

/** Text that a reader of the answer could have seen; signatures are not text. */
function deltaLength(delta: Readonly<Record<string, unknown>> | null): number {
  if (delta === null) return 0;
  const text = delta['text'] ?? delta['partial_json'] ?? delta['thinking'];
  return typeof text === 'string' ? text.length : 0;
}
