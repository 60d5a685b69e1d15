// Thinking of an earlier turn on its way back to the model that thought it (T30, T82, T87, T88, T115). What came from
// another provider or account, or from Claude, is left out: it would be refused, or read as the model's own words.
import { openReasoning, type OpenAiReasoning, type ReasoningRecord } from '../reasoning-envelope.ts';
import { optionalString, type Fields } from './fields.ts';
import type { AssistantPart, Reading } from './reading.ts';

type ReasoningPart = Extract<AssistantPart, { type: 'reasoning' }>;

/** Namespaces of packages that look an item up when its id is named, though nothing was stored (T88). */
const refuseItemIds = new Set(['openai', 'azure']);

/** Stands for thinking that was not kept, where the provider refuses a tool call without any (T30). */
const LOST = '(thinking not kept)';

/** Reads the thinking blocks of one assistant message. */
export class ReplayedThinking {
  readonly #reading: Reading;
  readonly #items = new Map<string, ReasoningPart>();
  /** Gemini's signatures on other parts of the message. */
  readonly callSignatures = new Map<
    string,
    { readonly [namespace: string]: { readonly thoughtSignature: string } }
  >();
  textSignature: { readonly [namespace: string]: { readonly thoughtSignature: string } } | null = null;

  constructor(reading: Reading, blocks: readonly Fields[]) {
    this.#reading = reading;
    for (const block of blocks) this.#learnSignatures(this.#open(block));
  }

  /** The parts for one `thinking` or `redacted_thinking` block, at its place. */
  parts(block: Fields): readonly ReasoningPart[] {
    const record = this.#open(block);
    const shown = optionalString(block['thinking']) ?? '';
    if (record !== null) {
      const text = shown === '' ? (record.text ?? '') : shown;
      return record.kind === 'openai-encrypted' ? this.#openAi(record.data, text) : plain(record, text);
    }
    const unsigned = block['type'] === 'thinking' && optionalString(block['signature']) === null;
    if (unsigned && this.#reading.target.traits.replay === 'reasoning-content' && shown !== '') {
      return [{ type: 'reasoning', text: shown }];
    }
    if (shown !== '' || !unsigned) this.#reading.dropped.add('messages.thinking');
    return [];
  }

  /** The record in a block, when this target may have it. Plain words are not bound to an account. */
  #open(block: Fields): ReasoningRecord | null {
    const sealed =
      block['type'] === 'thinking'
        ? block['signature']
        : block['type'] === 'redacted_thinking'
          ? block['data']
          : null;
    const record = typeof sealed === 'string' ? openReasoning(sealed) : null;
    const { provider, account, traits } = this.#reading.target;
    if (record === null || record.provider !== provider || record.kind !== traits.replay) return null;
    return record.kind === 'reasoning-content' || record.account === account ? record : null;
  }

  #learnSignatures(record: ReasoningRecord | null): void {
    if (record?.kind !== 'gemini-signature') return;
    const { namespace, calls, text } = record.data;
    for (const [id, thoughtSignature] of Object.entries(calls ?? {})) {
      this.callSignatures.set(id, { [namespace]: { thoughtSignature } });
    }
    if (text !== undefined) this.textSignature = { [namespace]: { thoughtSignature: text } };
  }

  /** One part per item: its summaries share one encrypted content, which must not be sent twice. */
  #openAi({ namespace, itemId, encryptedContent }: OpenAiReasoning, text: string): readonly ReasoningPart[] {
    const known = itemId === null ? undefined : this.#items.get(itemId);
    if (known !== undefined) {
      known.text = [known.text, text].filter((part) => part !== '').join('\n\n');
      return [];
    }
    if (encryptedContent === null) return [];
    const options = { reasoningEncryptedContent: encryptedContent };
    const withId = itemId === null || refuseItemIds.has(namespace) ? options : { ...options, itemId };
    const part: ReasoningPart = { type: 'reasoning', text, providerOptions: { [namespace]: withId } };
    if (itemId !== null) this.#items.set(itemId, part);
    return [part];
  }
}

/** Gemini takes its thoughts back by signature only; plain thinking goes back as it is. */
function plain(record: ReasoningRecord, text: string): readonly ReasoningPart[] {
  if (record.kind !== 'gemini-signature') return text === '' ? [] : [{ type: 'reasoning', text }];
  const { namespace, thought } = record.data;
  if (thought === undefined) return [];
  return [{ type: 'reasoning', text, providerOptions: { [namespace]: { thoughtSignature: thought } } }];
}

/** Gives a turn with tool calls the thinking its provider insists on (T30). */
export function withRequiredThinking(
  parts: readonly AssistantPart[],
  reading: Reading,
): readonly AssistantPart[] {
  if (reading.target.traits.replay !== 'reasoning-content') return parts;
  if (!parts.some((part) => part.type === 'tool-call') || parts.some((part) => part.type === 'reasoning'))
    return parts;
  return [{ type: 'reasoning', text: LOST }, ...parts];
}
