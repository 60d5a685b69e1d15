// Reads from a Messages request only what routing and the record need, as its bytes arrive; the body itself is
// kept as the client wrote it (rule "same dialect, same bytes"; P3, P8).
import { TopLevelScanner } from '../../lib/json-scanner.ts';

/** What is known of a request without parsing it whole. */
export interface RequestFacts {
  readonly model: string;
  /** Byte range of the model's JSON string, quotes included; `end` is exclusive. */
  readonly modelRange: { readonly start: number; readonly end: number };
  /** Only an explicit `true` asks for SSE. */
  readonly stream: boolean;
}

export type RequestProblem =
  'not-an-object' | 'model-missing' | 'model-not-a-string' | 'model-repeated' | 'stream-repeated';

/** Sentences for the client; its developer can act on each. */
export const requestProblemText: Readonly<Record<RequestProblem, string>> = {
  'not-an-object': 'The request body is not a complete JSON object.',
  'model-missing': 'The request body names no model: add a top-level "model".',
  'model-not-a-string': 'The "model" of the request body must be a non-empty string.',
  'model-repeated': 'The request body names "model" twice; send it once.',
  'stream-repeated': 'The request body names "stream" twice; send it once.',
};

const wanted: ReadonlyMap<string, number> = new Map([
  ['model', 1024],
  ['stream', 16],
]);

/** Collects the facts while chunks of the body pass. */
export class RequestReader {
  readonly #scanner = new TopLevelScanner(wanted);

  see(chunk: Buffer): void {
    this.#scanner.feed(chunk);
  }

  /** Call once, after the last chunk. */
  facts(): RequestFacts | RequestProblem {
    const { found, repeated, complete } = this.#scanner;
    if (!complete) return 'not-an-object';
    if (repeated.has('model')) return 'model-repeated';
    if (repeated.has('stream')) return 'stream-repeated';
    const value = found.get('model');
    if (value === undefined) return 'model-missing';
    const model = value.whole ? readString(value.text) : null;
    if (model === null || model === '') return 'model-not-a-string';
    return {
      model,
      modelRange: { start: value.start, end: value.end },
      stream: found.get('stream')?.text === 'true',
    };
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
export function spliceModel(body: Buffer, facts: RequestFacts, model: string): Buffer {
  if (model === facts.model) return body;
  return Buffer.concat([
    body.subarray(0, facts.modelRange.start),
    Buffer.from(JSON.stringify(model)),
    body.subarray(facts.modelRange.end),
  ]);
}
