// How the rest of the gateway asks for a stored secret: at once, without waiting.

export type SecretState =
  | { readonly kind: 'ready'; readonly secret: string }
  /** The system keychain is being asked; a moment later there is an answer. */
  | { readonly kind: 'waiting' }
  /** `why` is the second half of a sentence; `mend` is a sentence that says what the user can do. */
  | { readonly kind: 'unusable'; readonly why: string; readonly mend: string };

export interface SecretSource {
  /** Never throws, never blocks; starts fetching what it does not have yet. */
  look(id: string): SecretState;
}
