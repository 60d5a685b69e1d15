// What a translated model needs back of its own thinking, sealed into one opaque string that a Claude client carries in
// `thinking.signature` or `redacted_thinking.data` and returns unchanged (T81, T87, T115). It is tagged and versioned, so
// that it is never taken for a signature of Claude's, and opened only for the provider and account it came from.
import { Buffer } from 'node:buffer';

/** How every envelope begins. */
export const envelopePrefix = 'tollgate-reasoning-v1:';

/** An OpenAI Responses reasoning item. Parts of one item (one per summary) carry the same `itemId`. */
export interface OpenAiReasoning {
  /** Key of the AI SDK's provider metadata it was found under, like `openai`, `azure` or `xai`; it goes back under the same. */
  readonly namespace: string;
  readonly itemId: string | null;
  readonly encryptedContent: string | null;
}

/** Signatures of Gemini's, by the part they came on. */
export interface GeminiSignatures {
  /** As for OpenAI: `google`, `googleVertex` or `vertex`. */
  readonly namespace: string;
  /** On the thought whose block carries this envelope. */
  readonly thought?: string;
  /** On the turn's last text. */
  readonly text?: string;
  /** On tool calls, by the `tool_use.id` that was sent to the client. */
  readonly calls?: Readonly<Record<string, string>>;
}

interface Origin {
  /** The configured provider's id: `Target.provider`. */
  readonly provider: string;
  /** `Target.account`. */
  readonly account: string;
  /** The thinking itself, when the block that carries the envelope does not show it. */
  readonly text?: string;
}

/** One sealed record. `reasoning-content` is for plain thinking that the client did not want to see. */
export type ReasoningRecord =
  | (Origin & { readonly kind: 'openai-encrypted'; readonly data: OpenAiReasoning })
  | (Origin & { readonly kind: 'gemini-signature'; readonly data: GeminiSignatures })
  | (Origin & { readonly kind: 'reasoning-content'; readonly data: Readonly<Record<string, never>> });

/** The string to put in `thinking.signature`, or in `redacted_thinking.data` where there is no thinking to show. */
export function sealReasoning(record: ReasoningRecord): string {
  return envelopePrefix + Buffer.from(JSON.stringify(record), 'utf8').toString('base64url');
}

/** True for any string that `sealReasoning` of this or a later version may have made. */
export function isEnvelope(signature: string): boolean {
  return signature.startsWith('tollgate-reasoning-');
}

/** The record again; null for any other string, and for an envelope that was damaged on its way. */
export function openReasoning(signature: string): ReasoningRecord | null {
  if (!signature.startsWith(envelopePrefix)) return null;
  const text = Buffer.from(signature.slice(envelopePrefix.length), 'base64url').toString('utf8');
  try {
    return readRecord(JSON.parse(text));
  } catch {
    return null;
  }
}

function readRecord(value: unknown): ReasoningRecord | null {
  if (!isObject(value) || !isObject(value['data'])) return null;
  const { provider, account, kind, text, data } = value;
  if (typeof provider !== 'string' || typeof account !== 'string') return null;
  const origin: Origin = { provider, account, ...(typeof text === 'string' ? { text } : {}) };
  switch (kind) {
    case 'openai-encrypted': {
      const item = readOpenAi(data);
      return item === null ? null : { ...origin, kind, data: item };
    }
    case 'gemini-signature': {
      const signatures = readGemini(data);
      return signatures === null ? null : { ...origin, kind, data: signatures };
    }
    case 'reasoning-content':
      return { ...origin, kind, data: {} };
    default:
      return null;
  }
}

function readOpenAi({
  namespace,
  itemId,
  encryptedContent,
}: Record<string, unknown>): OpenAiReasoning | null {
  if (typeof namespace !== 'string') return null;
  return {
    namespace,
    itemId: typeof itemId === 'string' ? itemId : null,
    encryptedContent: typeof encryptedContent === 'string' ? encryptedContent : null,
  };
}

function readGemini({ namespace, thought, text, calls }: Record<string, unknown>): GeminiSignatures | null {
  if (typeof namespace !== 'string') return null;
  return {
    namespace,
    ...(typeof thought === 'string' ? { thought } : {}),
    ...(typeof text === 'string' ? { text } : {}),
    ...(isObject(calls) ? { calls: readStrings(calls) } : {}),
  };
}

function readStrings(value: Record<string, unknown>): Record<string, string> {
  const entries = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return Object.fromEntries(entries);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
