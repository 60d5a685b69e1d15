// Finds the model in a Messages request as its bytes arrive; the body itself is kept as the client wrote it (rule "same
// dialect, same bytes"; P3, P8). Clients write the model first, so the rest is only skimmed for a second one.
import { TopLevelScanner } from '../../lib/json-scanner.ts';

/** What is known of a request without parsing it. */
export interface RequestFacts {
  readonly model: string;
  /** Byte range of the model's JSON string, quotes included; `end` is exclusive. */
  readonly modelRange: { readonly start: number; readonly end: number };
}

export type RequestProblem = 'not-an-object' | 'model-missing' | 'model-not-a-string' | 'model-repeated';

/** Sentences for the client; its developer can act on each. */
export const requestProblemText: Readonly<Record<RequestProblem, string>> = {
  'not-an-object': 'The request body is not a complete JSON object.',
  'model-missing': 'The request body names no model: add a top-level "model".',
  'model-not-a-string': 'The "model" of the request body must be a non-empty string.',
  'model-repeated': 'The request body names "model" twice; send it once.',
};

const LONGEST_MODEL = 1024;
/** The first bytes in which the model is usually found. */
const FIRST_LOOK = 1024;

/** A key named model, plain or with one of its letters escaped (`m` is \u006d, and so on). */
const plainKey = Buffer.from('"model"');
const escapedLetter = Buffer.from('\\u006');
/** Longer than either needle and the white space that usually follows, so that none is missed at a chunk's border. */
const SEAM = 32;

/** Collects the facts while chunks of the body pass. */
export class RequestReader {
  readonly #scanner = new TopLevelScanner(new Map([['model', LONGEST_MODEL]]));
  /** What the scanner has not taken since it found the model; kept for the case that it has to. */
  #skimmed: Buffer[] = [];
  /** The last bytes skimmed, however small the chunks were. */
  #tail: Buffer = Buffer.alloc(0);
  #mode: 'scanning' | 'skimming' | 'scanning-all' = 'scanning';

  see(chunk: Buffer): void {
    if (this.#mode === 'scanning-all') this.#scanner.feed(chunk);
    else if (this.#mode === 'skimming') this.#skim(chunk);
    else this.#findModel(chunk);
  }

  #findModel(chunk: Buffer): void {
    let taken = this.#scanner.feedUntilFound(chunk.subarray(0, FIRST_LOOK));
    if (!this.#scanner.found.has('model')) taken += this.#scanner.feedUntilFound(chunk.subarray(taken));
    if (!this.#scanner.found.has('model')) return;
    this.#mode = 'skimming';
    if (taken < chunk.length) this.#skim(chunk.subarray(taken));
  }

  /** A second model may only hide behind these bytes; whatever has them is scanned in full. */
  #skim(chunk: Buffer): void {
    this.#skimmed.push(chunk);
    const seam = Buffer.concat([this.#tail, chunk.subarray(0, SEAM)]);
    this.#tail = chunk.length >= SEAM ? chunk.subarray(-SEAM) : seam.subarray(-SEAM);
    if (!mayNameModel(chunk) && !mayNameModel(seam)) return;
    this.#mode = 'scanning-all';
    for (const part of this.#skimmed) this.#scanner.feed(part);
    this.#skimmed = [];
  }

  /** Call once, after the last chunk. */
  facts(): RequestFacts | RequestProblem {
    const { found, repeated, complete } = this.#scanner;
    if (repeated.has('model')) return 'model-repeated';
    const value = found.get('model');
    // A document that is broken behind its model is passed on: the provider explains it better than we could.
    if (value === undefined) return complete ? 'model-missing' : 'not-an-object';
    const model = value.whole ? readString(value.text) : null;
    if (model === null || model === '') return 'model-not-a-string';
    return { model, modelRange: { start: value.start, end: value.end } };
  }
}

/**
 * True when a top-level `"model": "…"` may stand in these bytes. A `"model"` followed by anything but a string is a
 * tool's parameter: as a second model it would be refused by every provider.
 */
function mayNameModel(bytes: Buffer): boolean {
  if (bytes.includes(escapedLetter)) return true;
  for (let at = bytes.indexOf(plainKey); at !== -1; at = bytes.indexOf(plainKey, at + plainKey.length)) {
    const after = bytes.toString('latin1', at + plainKey.length, at + plainKey.length + SEAM).trimStart();
    if (after === '' || (after.startsWith(':') && /^:\s*("|$)/.test(after))) return true;
  }
  return false;
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
export function spliceModel(body: Buffer, facts: RequestFacts, model: string): Buffer {
  if (model === facts.model) return body;
  return Buffer.concat([
    body.subarray(0, facts.modelRange.start),
    Buffer.from(JSON.stringify(model)),
    body.subarray(facts.modelRange.end),
  ]);
}
