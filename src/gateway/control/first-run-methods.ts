// The first keys, as Control offers them: testing a provider before it is used, finding keys that are on this machine
// already, and importing them.
import type { Control } from '../../contract/control-contract.ts';
import type { FoundKey } from '../../contract/vault.ts';
import { maskSecret, maskWithin } from '../claude-code/mask-secrets.ts';
import { findKeys } from '../first-run/find-keys.ts';
import type { KeyOnMachine, OtherProvider } from '../first-run/find-keys.ts';
import { holderOf, importKeys } from '../first-run/import-keys.ts';
import { testProvider } from '../first-run/test-provider.ts';
import { readTestSubject } from '../first-run/test-subject.ts';
import { GatewayError } from '../gateway-error.ts';
import type { GatewayHost } from '../gateway-host.ts';
import { PRACTICE } from '../providers/providers.ts';
import type { Providers } from '../providers/providers.ts';
import { descriptorOf, descriptors } from '../providers/registry.ts';
import { defaultProvider } from '../router/choose-route.ts';
import type { VaultMethodParts } from './vault-methods.ts';

export type FirstRunMethods = Pick<Control, 'provider.test' | 'keys.find' | 'keys.import'>;

export interface FirstRunParts extends VaultMethodParts {
  readonly host: GatewayHost;
  readonly providers: Providers;
  readonly claudeSettingsPath: string;
  readonly ownUrl: () => string;
  readonly applySettings: () => void;
}

/** Types that need no more than a key, one for each variable: of two the one that needs no translation. */
const otherProviders: readonly OtherProvider[] = [
  ...new Map(
    descriptors
      .filter(
        ({ type, defaultBaseUrl }) => type !== 'anthropic' && defaultBaseUrl?.startsWith('https:') === true,
      )
      .toSorted((a, b) => Number(a.group === 'no-translation') - Number(b.group === 'no-translation'))
      .flatMap(({ type, label, defaultCredential }) => {
        const variable = /^env:(.+)$/.exec(defaultCredential)?.[1];
        return variable === undefined ? [] : [[variable, { variable, type, label }] as const];
      }),
  ).values(),
];

/** Of one provider test, all its requests together. */
const TEST_LIMIT_MS = 10_000;
const neverAborted = new AbortController().signal;

export function firstRunMethods(parts: FirstRunParts): FirstRunMethods {
  const { host, settings, providers, vault, isLocalKey } = parts;
  const importParts = { ...parts, anthropicUrl: descriptorOf('anthropic').defaultBaseUrl ?? '' };
  const salt = host.randomBytes(32);
  const find = (): Promise<KeyOnMachine[]> =>
    findKeys({
      env: host.env,
      claudeSettingsPath: parts.claudeSettingsPath,
      ownUrl: parts.ownUrl(),
      isLocalKey,
      salt,
      others: otherProviders,
    });
  // Two clicks must not import one key twice.
  let last: Promise<unknown> = Promise.resolve();
  return {
    async 'provider.test'(input, signal) {
      const subject = readTestSubject(
        { settings: settings.current, providers, isLocalKey, ownUrl: parts.ownUrl() },
        input,
      );
      if ('outcome' in subject) return subject;
      const context = { now: host.now, randomBytes: host.randomBytes, env: host.env };
      return testProvider(subject, context, signal ?? neverAborted, TEST_LIMIT_MS);
    },
    async 'keys.find'() {
      return { keys: (await find()).map((key) => viewKey(key, holderOf(importParts, key))) };
    },
    'keys.import'({ ids }) {
      const done = last.then(async () => {
        const imported = await importKeys(importParts, chosenKeys(await find(), ids));
        parts.applySettings();
        parts.stateChanged();
        const current = defaultProvider(settings.current, PRACTICE);
        return { imported, providers: providers.views(current), warnings: vault.warnings() };
      });
      last = done.catch(() => undefined);
      return done;
    },
  };
}

function viewKey(key: KeyOnMachine, holder: string | null): FoundKey {
  return {
    id: key.id,
    label: key.label,
    place: key.places.join(' and '),
    baseUrl: key.baseUrl === null ? null : maskWithin(key.baseUrl),
    masked: maskSecret(key.secret),
    known: holder,
    problem: key.problem,
  };
}

/** Throws CONFLICT for a key that is not there any more or cannot be imported. */
function chosenKeys(found: readonly KeyOnMachine[], ids: readonly string[]): KeyOnMachine[] {
  return [...new Set(ids)].map((id) => {
    const key = found.find((one) => one.id === id);
    if (key === undefined) {
      throw new GatewayError('CONFLICT', 'A key is no longer where it was found. Look for keys again.');
    }
    if (key.problem !== null) throw new GatewayError('CONFLICT', `${key.label}: ${key.problem}`);
    return key;
  });
}
