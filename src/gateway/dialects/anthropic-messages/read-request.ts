// Finds the model in a Messages request as its bytes arrive; the body itself is kept as the client wrote it (rule "same
// dialect, same bytes"; P3, P8). Clients write the model first, so usually only the first bytes are looked at. Whether
// the rest is well formed is for the provider to say, which explains it better than we could.
import type { ByteParts } from '../../lib/byte-parts.ts';
import { TopLevelScanner } from '../../lib/json-scanner.ts';

/** What is known of a request without parsing it. */
export interface RequestFacts {
  readonly model: string;
  /** Byte range of the model's JSON string, quotes included; `end` is exclusive. */
  readonly modelRange: { readonly start: number; readonly end: number };
}

export type RequestProblem = 'not-an-object' | 'model-missing' | 'model-not-a-string';

/** Sentences for the client; its developer can act on each. */
export const requestProblemText: Readonly<Record<RequestProblem, string>> = {
  'not-an-object': 'The request body is not a complete JSON object.',
  'model-missing': 'The request body names no model: add a top-level "model".',
  'model-not-a-string': 'The "model" of the request body must be a string of 1 to 1,000 characters.',
};

const LONGEST_MODEL = 1024;
/** The first bytes in which the model is usually found. */
const FIRST_LOOK = 1024;

const wanted: ReadonlyMap<string, number> = new Map([['model', LONGEST_MODEL]]);

/** How Claude Code and the SDKs begin a body, and a name that needs no decoding. */
const usualStart = Buffer.from('{"model":"');
const usualName = /^[\w.:@/[\]-]+$/;
const LONGEST_USUAL_NAME = 128;

/** The model where it usually stands, in the very first bytes; null when it has to be looked for. */
function usualModel(chunk: Buffer): RequestFacts | null {
  if (chunk.length < usualStart.length || usualStart.compare(chunk, 0, usualStart.length) !== 0) return null;
  const text = chunk.toString('latin1', usualStart.length, usualStart.length + LONGEST_USUAL_NAME);
  const end = text.indexOf('",');
  const model = end === -1 ? '' : text.slice(0, end);
  if (!usualName.test(model)) return null;
  return { model, modelRange: { start: usualStart.length - 1, end: usualStart.length + end + 1 } };
}

/** Collects the facts while chunks of the body pass. */
export class RequestReader {
  readonly #scanner = new TopLevelScanner(wanted);
  #isFirst = true;
  #model: RequestFacts | null = null;

  see(chunk: Buffer): void {
    if (this.#isFirst) this.#model = usualModel(chunk);
    this.#isFirst = false;
    if (this.#model !== null || this.#scanner.found.has('model')) return;
    const taken = this.#scanner.feedUntilFound(chunk.subarray(0, FIRST_LOOK));
    if (taken < chunk.length) this.#scanner.feedUntilFound(chunk.subarray(taken));
  }

  /** Call once, after the last chunk. */
  facts(): RequestFacts | RequestProblem {
    if (this.#model !== null) return this.#model;
    const { found, complete } = this.#scanner;
    const value = found.get('model');
    if (value === undefined) return complete ? 'model-missing' : 'not-an-object';
    const model = value.whole ? readString(value.text) : null;
    if (model === null || model === '') return 'model-not-a-string';
    return { model, modelRange: { start: value.start, end: value.end } };
  }
}

function readString(text: string): string | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/** The same body with another model name spliced in; no other byte changes. */
export function spliceModel(body: ByteParts, facts: RequestFacts, model: string): ByteParts {
  if (model === facts.model) return body;
  const { start, end } = facts.modelRange;
  return body.withReplaced(start, end, Buffer.from(JSON.stringify(model)));
}
