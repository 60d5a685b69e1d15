// Collects what a provider wants back with its thinking from the metadata of its parts, and seals it for the client
// (T81, T87, T115). Which metadata means what is known by its field names: packages name their namespaces freely.
import type { SharedV4ProviderMetadata } from '@ai-sdk/provider';
import { sealReasoning } from '../reasoning-envelope.ts';
import type { ReasoningRecord } from '../reasoning-envelope.ts';
import type { Target } from '../types.ts';

type Metadata = SharedV4ProviderMetadata | undefined;

/** A text field of some namespace of the metadata. */
function findField(metadata: Metadata, field: string): { namespace: string; value: string } | null {
  for (const [namespace, fields] of Object.entries(metadata ?? {})) {
    const value: unknown = fields[field];
    if (typeof value === 'string' && value !== '') return { namespace, value };
  }
  return null;
}

/** Gemini's signature on a part, with its namespace. */
export function thoughtSignatureOf(metadata: Metadata): { namespace: string; value: string } | null {
  return findField(metadata, 'thoughtSignature');
}

export class CarriedReasoning {
  #namespace = '';
  #itemId: string | null = null;
  #encryptedContent: string | null = null;
  #thought: string | null = null;
  #text: string | null = null;
  #calls: Record<string, string> | null = null;

  /** Takes over what metadata of a reasoning part says; later values win. */
  learn(metadata: Metadata): void {
    if (metadata === undefined) return;
    const item = findField(metadata, 'itemId');
    const encrypted = findField(metadata, 'reasoningEncryptedContent');
    const thought = thoughtSignatureOf(metadata);
    this.#itemId = item?.value ?? this.#itemId;
    this.#encryptedContent = encrypted?.value ?? this.#encryptedContent;
    this.#thought = thought?.value ?? this.#thought;
    this.#namespace = (encrypted ?? thought ?? item)?.namespace ?? this.#namespace;
  }

  /** Takes over what another part of the same item says. */
  absorb(other: CarriedReasoning): void {
    this.#itemId = other.#itemId ?? this.#itemId;
    this.#encryptedContent = other.#encryptedContent ?? this.#encryptedContent;
    this.#thought = other.#thought ?? this.#thought;
    if (other.#namespace !== '') this.#namespace = other.#namespace;
  }

  addCall(toolUseId: string, signature: { namespace: string; value: string }): void {
    this.#namespace = signature.namespace;
    this.#calls = { ...this.#calls, [toolUseId]: signature.value };
  }

  addText(signature: { namespace: string; value: string }): void {
    this.#namespace = signature.namespace;
    this.#text = signature.value;
  }

  get itemId(): string | null {
    return this.#itemId;
  }

  /** True when the provider gave something that is of use to it later. */
  get hasData(): boolean {
    return this.#encryptedContent !== null || this.#thought !== null || this.#calls !== null;
  }

  /**
   * The sealed record, or null when there is nothing to carry. `hiddenText` is thinking that the block does not show.
   * Where the provider wants its own words back, words that are shown get a mark: clients keep signed thinking.
   */
  seal(target: Target, hiddenText: string, isShown: boolean): string | null {
    const record = this.#record(target, hiddenText, isShown);
    return record === null ? null : sealReasoning(record);
  }

  #record(target: Target, hiddenText: string, isShown: boolean): ReasoningRecord | null {
    const { provider, account } = target;
    const origin = { provider, account, ...(hiddenText === '' ? {} : { text: hiddenText }) };
    const namespace = this.#namespace;
    if (this.#encryptedContent !== null) {
      const data = { namespace, itemId: this.#itemId, encryptedContent: this.#encryptedContent };
      return { ...origin, kind: 'openai-encrypted', data };
    }
    if (this.hasData) {
      return { ...origin, kind: 'gemini-signature', data: this.#signatures(namespace) };
    }
    if (target.traits.replay === 'reasoning-content' && (isShown || hiddenText !== '')) {
      return { ...origin, kind: 'reasoning-content', data: {} };
    }
    return null;
  }

  #signatures(namespace: string): Extract<ReasoningRecord, { kind: 'gemini-signature' }>['data'] {
    return {
      namespace,
      ...(this.#thought === null ? {} : { thought: this.#thought }),
      ...(this.#text === null ? {} : { text: this.#text }),
      ...(this.#calls === null ? {} : { calls: this.#calls }),
    };
  }
}
