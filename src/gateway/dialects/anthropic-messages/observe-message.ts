// Reads a copy of a non-streamed Messages answer, or of an error body, with the top-level scanner: the answer itself
// is never held in memory.
import { TopLevelScanner } from '../../lib/json-scanner.ts';
import { asObject, asText, emptyAnswerFacts, errorMessageOf } from './answer-facts.ts';
import type { AnswerFacts, AnswerObserver } from './answer-facts.ts';
import { mergeUsage } from './usage.ts';

const LARGEST_USAGE = 64 * 1024;

const wanted: ReadonlyMap<string, number> = new Map([
  ['id', 512],
  ['model', 1024],
  ['stop_reason', 128],
  ['usage', LARGEST_USAGE],
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
  readonly #scanner = new TopLevelScanner(wanted);

  see(chunk: Buffer): void {
    this.#scanner.feed(chunk);
  }

  end(): void {
    const facts = this.facts;
    facts.messageId = asText(this.#value('id'));
    facts.model = asText(this.#value('model'));
    facts.stopReason = asText(this.#value('stop_reason'));
    const content = this.#scanner.found.get('content');
    facts.hasContent = content !== undefined && !/^\[\s*\]?$/.test(content.text);
    const usage = asObject(this.#value('usage'));
    if (usage !== null) {
      facts.usage = mergeUsage(null, usage);
      facts.usageIsFinal = true;
    }
    facts.finished = this.#scanner.complete;
    facts.error = errorMessageOf({ error: this.#value('error'), message: this.#value('message') });
  }

  #value(key: string): unknown {
    const found = this.#scanner.found.get(key);
    if (found === undefined || !found.whole) return undefined;
    try {
      return JSON.parse(found.text);
    } catch {
      return undefined;
    }
  }
}
