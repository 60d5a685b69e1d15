// Reads a copy of a non-streamed Messages answer, or of an error body. A usual answer is small and is parsed at its end;
// a large one is followed by the top-level scanner, so that it is never held in memory.
import { TopLevelScanner } from '../../lib/json-scanner.ts';
import { asObject, asText, emptyAnswerFacts, errorMessageOf } from './answer-facts.ts';
import type { AnswerFacts, AnswerObserver } from './answer-facts.ts';
import { mergeUsage } from './usage.ts';

const LARGEST_PARSED_ANSWER = 32 * 1024;

/** What is looked for at the top level of a large answer, and how many bytes of it are kept. */
const wanted: ReadonlyMap<string, number> = new Map([
  ['id', 512],
  ['model', 1024],
  ['stop_reason', 128],
  ['usage', 64 * 1024],
  // Four bytes tell an empty array from one with content.
  ['content', 4],
  ['error', 8192],
  ['message', 8192],
]);

export class MessageObserver implements AnswerObserver {
  readonly facts: AnswerFacts = emptyAnswerFacts();
  /** A JSON document has no place for a foreign event. */
  readonly atEventBorder = false;
  readonly insideData = true;
  #parts: Buffer[] = [];
  #length = 0;
  #scanner: TopLevelScanner | null = null;

  see(chunk: Buffer): void {
    if (this.#scanner !== null) {
      this.#scanner.feed(chunk);
      return;
    }
    this.#parts.push(chunk);
    this.#length += chunk.length;
    if (this.#length <= LARGEST_PARSED_ANSWER) return;
    this.#scanner = new TopLevelScanner(wanted);
    for (const part of this.#parts) this.#scanner.feed(part);
    this.#parts = [];
  }

  end(): void {
    if (this.#scanner === null) {
      const answer = asObject(parseJson(this.#text()));
      const content = answer?.['content'];
      this.#learn(answer !== null, Array.isArray(content) && content.length > 0, (key) => answer?.[key]);
    } else {
      const { found, complete } = this.#scanner;
      const content = found.get('content')?.text;
      this.#learn(complete, content !== undefined && !/^\[\s*\]?$/.test(content), (key) => {
        const value = found.get(key);
        return value?.whole === true ? parseJson(value.text) : undefined;
      });
    }
  }

  #text(): string {
    const [only, ...more] = this.#parts;
    return (only !== undefined && more.length === 0 ? only : Buffer.concat(this.#parts)).toString('utf8');
  }

  #learn(finished: boolean, hasContent: boolean, valueOf: (key: string) => unknown): void {
    const facts = this.facts;
    facts.finished = finished;
    facts.hasContent = hasContent;
    facts.messageId = asText(valueOf('id'));
    facts.model = asText(valueOf('model'));
    facts.stopReason = asText(valueOf('stop_reason'));
    const usage = asObject(valueOf('usage'));
    if (usage !== null) {
      facts.usage = mergeUsage(null, usage);
      facts.usageIsFinal = true;
    }
    const error = valueOf('error');
    facts.error =
      error === undefined && usage !== null ? null : errorMessageOf({ error, message: valueOf('message') });
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
