// What a mock is told to answer, in words that no provider owns: each mock turns one script into its provider's own
// stream or document. Faults are what goes wrong on the way, whatever the provider.
import type { Gate, HeaderList } from '../fake-upstream.ts';

export interface ScriptedCall {
  readonly name: string;
  readonly input: unknown;
  /** Sent instead of the serialised input: for arguments that are empty, broken or cut. */
  readonly rawArguments?: string;
  /** Sent instead of the id the provider would make. */
  readonly id?: string;
}

/** Tokens as one provider-neutral set: `input` is the whole prompt, cached parts included; `output` includes reasoning. */
export interface ScriptedUsage {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly output: number;
  readonly reasoning: number;
}

export type ScriptedFinish =
  /** The answer is whole; with calls the provider's own word for calls. */
  | 'stop'
  /** The output limit was reached. */
  | 'length'
  /** The provider's filter ended the answer. */
  | 'filter'
  /** The model declined, in its own words. */
  | 'refusal'
  /** The provider gave up inside the answer and says so in its finish reason. */
  | 'error';

/** A refusal by the provider, in its own wording. */
export type ScriptedErrorKind =
  | 'overflow'
  | 'rate-limit'
  | 'quota'
  | 'overloaded'
  | 'server'
  | 'wrong-key'
  | 'forbidden'
  | 'model-not-found'
  | 'filter';

export interface ScriptedError {
  readonly kind: ScriptedErrorKind;
  /** Instead of the provider's usual sentence. */
  readonly message?: string;
  /** Seconds, sent as `retry-after`. */
  readonly retryAfter?: number;
}

export type Fault =
  /** Any status and body, as a proxy in front of the provider would send them. */
  | { readonly kind: 'status'; readonly status: number; readonly body: string; readonly headers?: HeaderList }
  /** The provider's error object inside a 200 stream, before or after the content. */
  | { readonly kind: 'error-in-stream'; readonly when: 'before' | 'after'; readonly error: ScriptedError }
  /** The connection ends after this many bytes of the body. */
  | { readonly kind: 'cut'; readonly atByte: number }
  /** The connection ends after this many frames of the stream. */
  | { readonly kind: 'cut-frames'; readonly after: number }
  /** The answer ends cleanly, but before its finish reason. */
  | { readonly kind: 'no-finish' }
  /** A line that is not the provider's vocabulary, in the middle of the content. */
  | { readonly kind: 'garbage' }
  /** Nothing comes, not even the head, until the gate opens. */
  | { readonly kind: 'hang'; readonly gate: Gate }
  /** The content up to this many frames, then nothing until the gate opens. */
  | { readonly kind: 'stall'; readonly afterFrames: number; readonly gate: Gate }
  /** The test lets every frame go: the promise is awaited before each. */
  | { readonly kind: 'slow'; readonly before: (frame: number) => Promise<void> }
  /** Every byte is a chunk of its own. */
  | { readonly kind: 'bytewise' }
  /** Status 200 and not one byte. */
  | { readonly kind: 'empty' }
  /** Status 200 and a login page. */
  | { readonly kind: 'html' }
  /** A whole document although a stream was asked for. */
  | { readonly kind: 'document' };

export interface Script {
  readonly thinking?: string;
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  readonly finish?: ScriptedFinish;
  /** Missing parts are counted from the request and the answer; `null` says nothing about tokens at all. */
  readonly usage?: Partial<ScriptedUsage> | null;
  readonly error?: ScriptedError;
  readonly fault?: Fault;
  /** Lines end with CRLF, where the answer has lines. */
  readonly crlf?: boolean;
  /** Characters per delta; 8 unless told. */
  readonly pieces?: number;
  /** Parallel calls take turns delta by delta, where the provider does that; true unless told. */
  readonly interleave?: boolean;
}

/** Text in pieces of `length` characters, cut between characters and not inside them. */
export function inPieces(text: string, length: number): string[] {
  const characters = [...text];
  const pieces: string[] = [];
  for (let at = 0; at < characters.length; at += length)
    pieces.push(characters.slice(at, at + length).join(''));
  return pieces;
}

export function argumentsOf(call: ScriptedCall): string {
  return call.rawArguments ?? JSON.stringify(call.input);
}

/** The rough measure all mocks share: four characters a token, at least one. */
export function roughTokens(value: unknown): number {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return Math.max(1, Math.ceil(text.length / 4));
}

/** The usage of one answer: what the script says, the rest counted. */
export function usageOf(script: Script, requestBody: unknown): ScriptedUsage {
  const said = script.usage ?? {};
  const reasoning = said.reasoning ?? (script.thinking === undefined ? 0 : roughTokens(script.thinking));
  const visible = roughTokens((script.text ?? '') + (script.calls ?? []).map(argumentsOf).join(''));
  return {
    input: said.input ?? roughTokens(requestBody),
    cacheRead: said.cacheRead ?? 0,
    cacheWrite: said.cacheWrite ?? 0,
    output: said.output ?? visible + reasoning,
    reasoning,
  };
}
