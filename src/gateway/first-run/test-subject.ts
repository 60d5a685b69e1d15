// Finds out what a provider test is about: the saved provider or the form, its address, its secret. Says so where there
// is nothing to send.
import type { ControlInput } from '../../contract/control-contract.ts';
import type { ProviderSettings, Settings } from '../../contract/settings.ts';
import type { ProviderTestResult } from '../../contract/vault.ts';
import { isSameAddress } from '../claude-code/loopback-address.ts';
import { GatewayError } from '../gateway-error.ts';
import type { ProviderDescriptor } from '../providers/provider.ts';
import { PRACTICE, setupOf } from '../providers/providers.ts';
import type { Providers } from '../providers/providers.ts';
import { descriptorOf, providerTypes } from '../providers/registry.ts';
import { acceptSecret, isUsableSecret } from '../vault/acceptable-secret.ts';
import type { ProviderTest } from './test-provider.ts';

type TestInput = ControlInput<'provider.test'>;

interface SubjectParts {
  readonly settings: Settings;
  readonly providers: Providers;
  readonly isLocalKey: (value: string) => boolean;
  readonly ownUrl: string;
}

/** The test to run, or the result when there is none to run. Throws UNKNOWN_NAME, REQUEST_INVALID. */
export function readTestSubject(parts: SubjectParts, input: TestInput): ProviderTest | ProviderTestResult {
  const subject = subjectOf(parts.settings, input);
  const descriptor = descriptorOf(subject.type);
  if (descriptor.practice)
    return untested('not-testable', 'The practice provider is part of Tollgate; there is nothing to test.');
  const setup = setupOf(subject, parts.settings.network);
  const baseUrl = setup.baseUrl === '' ? null : setup.baseUrl;
  if (baseUrl === null && !findsItsAddress(descriptor))
    return untested('wrong-address', `Enter the address of ${descriptor.label} first.`);
  const missing = descriptor.fields.find(({ key, required }) => required && setup.options[key] === undefined);
  if (missing !== undefined)
    return untested('not-testable', `Fill in "${missing.label}" first. ${missing.help}`);
  if (baseUrl !== null && isSameAddress(new URL(baseUrl).origin, parts.ownUrl)) {
    return untested(
      'wrong-address',
      'That is the address of Tollgate itself; enter the address of the provider behind it.',
    );
  }
  const credential =
    input.secret === undefined
      ? storedSecret(parts.providers, subject, descriptor.defaultCredential)
      : givenSecret(input.secret, parts.isLocalKey);
  if ('outcome' in credential) return credential;
  return {
    descriptor,
    setup,
    baseUrl,
    keyHeader: subject.keyHeader,
    secret: credential.secret,
    allowMessage: input.allowMessage === true,
    model: input.model,
  };
}

/** A cloud's address follows from its region or project; for other types without one, only the user knows it. */
const findsItsAddress = ({ fields }: ProviderDescriptor): boolean =>
  fields.some(({ key }) => ['region', 'location', 'project'].includes(key));

function subjectOf(settings: Settings, input: TestInput): ProviderSettings {
  if (input.settings !== undefined) {
    if (providerTypes.includes(input.settings.type)) return { id: 'new', ...input.settings };
    throw new GatewayError(
      'REQUEST_INVALID',
      `This version cannot reach "${input.settings.type}"; it can reach: ${providerTypes.join(', ')}.`,
    );
  }
  const saved = settings.providers.find(({ id }) => id === input.provider);
  if (saved !== undefined) return saved;
  if (input.provider === PRACTICE) return { id: PRACTICE, type: PRACTICE };
  const known = [...settings.providers.map(({ id }) => id), PRACTICE].join(', ');
  throw new GatewayError('UNKNOWN_NAME', `There is no provider "${input.provider ?? ''}"; known: ${known}.`);
}

function givenSecret(
  text: string,
  isLocalKey: (value: string) => boolean,
): { secret: string } | ProviderTestResult {
  try {
    const secret = acceptSecret(text, isLocalKey);
    if (isUsableSecret(secret)) return { secret };
    return untested(
      'wrong-key',
      'It has characters that no key has, such as a line break in the middle or a typographic dash. Copy it once more.',
    );
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return untested('wrong-key', error.message);
  }
}

/** The secret of the credential in the settings; null for a provider that takes none. */
function storedSecret(
  providers: Providers,
  subject: ProviderSettings,
  defaultCredential: string,
): { secret: string | null } | ProviderTestResult {
  try {
    const credential = providers.resolveCredential(subject.id, subject.credential ?? defaultCredential);
    if (credential.kind === 'none') return { secret: null };
    if (credential.kind === 'secret') return { secret: credential.secret };
    return untested(
      'not-testable',
      'This provider uses the Claude login of whoever asks, so there is no key to test here: send a message in Claude Code.',
    );
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    return untested('no-key', error.message);
  }
}

function untested(outcome: ProviderTestResult['outcome'], sentence: string): ProviderTestResult {
  return { ok: false, outcome, status: null, milliseconds: 0, sentence, models: null, suggestion: null };
}
