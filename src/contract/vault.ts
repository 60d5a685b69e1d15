// The vault and the first keys: what the window and the command line may ask about stored secrets, about a provider
// before it is used, and about keys that are on this machine already. A secret travels towards the gateway only; of one
// that is stored, nobody is shown more than its last four characters.
import { z } from 'zod';
import { ProviderView } from './rows.ts';
import { CredentialReference, KeyHeader, ProviderSettings } from './settings.ts';

export const SecretId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'use 1 to 64 of a–z, 0–9, ".", "_", "-", starting with a letter or digit',
  );

/** At most 16,384 characters, as many as Claude Code takes from a key helper. */
export const SecretText = z
  .string()
  .min(1, 'there is no secret in it')
  .max(16_384, 'a secret is at most 16,384 characters long');

/**
 * What protects a stored secret. `keychain`: it is sealed with a key that the system keychain holds. `file`: no keychain
 * worked when it was stored; it is sealed with a key in a file beside it, which only keeps it out of sight.
 */
export const SecretBackend = z.enum(['keychain', 'file']);
export type SecretBackend = z.infer<typeof SecretBackend>;

export const SecretView = z.object({
  id: z.string(),
  /** The last four characters; empty for a secret so short that they would give it away. */
  end: z.string(),
  backend: SecretBackend,
  /** Milliseconds since the epoch. */
  changedAt: z.number().int(),
  /** Who names it in the config: ids of providers, and `MCP server NAME`. */
  usedBy: z.array(z.string()),
  /** Null when it can be used; else one sentence that says why not and what to do. */
  problem: z.string().nullable(),
});
export type SecretView = z.infer<typeof SecretView>;

export const VaultView = z.object({
  secrets: z.array(SecretView),
  /** Secrets that the config names and the vault does not have. */
  missing: z.array(z.object({ id: z.string(), usedBy: z.array(z.string()) })),
  /** Sentences the user should read: secrets without a keychain, a damaged vault. */
  warnings: z.array(z.string()),
});
export type VaultView = z.infer<typeof VaultView>;

/** What a provider test found. Only `works` is a proof that requests will be answered. */
export const ProviderTestOutcome = z.enum([
  'works',
  /** There is no model list to ask; only a real message can tell. Ask again with `allowMessage`. */
  'needs-message',
  /** No secret to send; the sentence says which one is missing. */
  'no-key',
  'wrong-key',
  /** The key is right, but the address takes it in another header; the suggestion names it. */
  'other-header',
  'no-credit',
  /** The key is known and may not do this. */
  'forbidden',
  'rate-limited',
  /** The provider is overloaded or failing; this says nothing about key or address. */
  'provider-failing',
  'unreachable',
  'tls',
  'timeout',
  /** The address already ends in `/v1`, which every request adds. */
  'doubled-v1',
  'wrong-address',
  /** Something answers there, but not with the API that was expected. */
  'not-anthropic',
  /** A program of the user's own runs there, and has no model to answer with. */
  'no-models',
  /** Nothing to test: the practice provider, or one that uses the caller's own login. */
  'not-testable',
]);
export type ProviderTestOutcome = z.infer<typeof ProviderTestOutcome>;

export const ProviderTestResult = z.object({
  ok: z.boolean(),
  outcome: ProviderTestOutcome,
  /** HTTP status of the answer that decided; null when there was none. */
  status: z.number().int().nullable(),
  milliseconds: z.number().int(),
  /** For the user: what is right, or what is wrong and what to do. */
  sentence: z.string(),
  /** How many models the provider lists; null when it was not asked or lists none. */
  models: z.number().int().nullable(),
  /** Settings with which the same test works: found by trying. */
  suggestion: z.object({ baseUrl: z.string().optional(), keyHeader: KeyHeader.optional() }).nullable(),
});
export type ProviderTestResult = z.infer<typeof ProviderTestResult>;

/** A provider as it stands in a form: not yet saved, perhaps without an id. */
export const UnsavedProvider = z.strictObject({
  type: ProviderSettings.shape.type,
  baseUrl: ProviderSettings.shape.baseUrl,
  credential: CredentialReference.optional(),
  keyHeader: KeyHeader.optional(),
  options: ProviderSettings.shape.options,
  models: ProviderSettings.shape.models,
  http: ProviderSettings.shape.http,
});
export type UnsavedProvider = z.infer<typeof UnsavedProvider>;

export const FoundKey = z.object({
  /** Good until the key changes or Tollgate is started again. */
  id: z.string(),
  /** Whose key it seems to be: `Anthropic`, `DeepSeek`, or the host of the address. */
  label: z.string(),
  /** Where it was found, in words: a file and the name in it. Several places are joined. */
  place: z.string(),
  /** Null for Anthropic's own address. */
  baseUrl: z.string().nullable(),
  /** The key, all but its last four characters hidden. */
  masked: z.string(),
  /** Id of the provider that has this key already; null when importing it would add something. */
  known: z.string().nullable(),
  /** Null when it can be imported; else why not, in one sentence. */
  problem: z.string().nullable(),
});
export type FoundKey = z.infer<typeof FoundKey>;

export const vaultMethods = {
  'vault.list': { input: z.strictObject({}), output: VaultView },
  'vault.set': {
    input: z.strictObject({ id: SecretId, secret: SecretText }),
    output: z.object({ secret: SecretView, warnings: z.array(z.string()) }),
  },
  'vault.remove': {
    /** A secret that a provider uses is removed only with `force`. */
    input: z.strictObject({ id: SecretId, force: z.boolean().optional() }),
    output: VaultView,
  },
  /** Tries key and address with one real request, two when the first shows a mend. Closing the connection cancels it. */
  'provider.test': {
    input: z
      .strictObject({
        /** Id of a provider in the config … */
        provider: z.string().optional(),
        /** … or a provider that is not saved yet. */
        settings: UnsavedProvider.optional(),
        /** Tried instead of the credential in the settings, and kept nowhere. */
        secret: SecretText.optional(),
        /** Allows a message of one token when there is no model list: the only test that may cost money. */
        allowMessage: z.boolean().optional(),
        /** Model of that message. */
        model: z.string().min(1).max(200).optional(),
      })
      .refine((input) => (input.provider === undefined) !== (input.settings === undefined), {
        message: 'name a provider or send its settings, one of the two',
      }),
    output: ProviderTestResult,
  },
  /** Looks for keys that are on this machine already; reads, writes nothing, sends nothing. */
  'keys.find': { input: z.strictObject({}), output: z.object({ keys: z.array(FoundKey) }) },
  /** Copies found keys into the vault and adds a provider for each; the places they come from stay as they are. */
  'keys.import': {
    input: z.strictObject({ ids: z.array(z.string()).min(1).max(50) }),
    output: z.object({
      imported: z.array(
        z.object({
          id: z.string(),
          provider: z.string(),
          secret: z.string(),
          /** True when a provider that read this key from the environment now reads it from the vault. */
          updated: z.boolean(),
        }),
      ),
      providers: z.array(ProviderView),
      warnings: z.array(z.string()),
    }),
  },
} as const;
