// How Claude Code is signed in, told from which credentials are there: never from what they are. By its own order of
// precedence. Pure.
import type { SignIn } from '../../../contract/doctor.ts';
import { sayPlace } from './found-source.ts';
import { effectiveSource } from './rank-sources.ts';
import type { RankedSource } from './rank-sources.ts';
import { API_KEY, AUTH_TOKEN, cloudSwitches, isOn, KEY_HELPER, OAUTH_TOKEN } from './route-names.ts';

type Kind = NonNullable<SignIn['used']>;

const sentences: Readonly<Record<Kind, string>> = {
  'cloud-provider': 'Claude Code signs in at a cloud provider itself',
  'auth-token': 'Claude Code sends a token (ANTHROPIC_AUTH_TOKEN)',
  'api-key': 'Claude Code sends an API key (ANTHROPIC_API_KEY)',
  'api-key-helper': 'Claude Code asks a program for its key (apiKeyHelper)',
  'oauth-token': 'Claude Code sends a long-lived login token (CLAUDE_CODE_OAUTH_TOKEN)',
  login: 'Claude Code uses its stored login',
};

export interface StoredLogin {
  /** The state file names an account. */
  readonly inState: boolean;
  /** Path of the credentials file when it exists; it is never opened. */
  readonly credentialsFile: string | null;
}

export function describeSignIn(sources: readonly RankedSource[], login: StoredLogin): SignIn {
  const found: SignIn['found'] = [];
  const add = (kind: Kind, source: RankedSource | null): void => {
    if (source !== null && source.value !== '') found.push({ kind, place: sayPlace(source) });
  };
  for (const name of cloudSwitches.keys()) {
    const source = effectiveSource(sources, name);
    if (isOn(source?.value)) add('cloud-provider', source);
  }
  add('auth-token', effectiveSource(sources, AUTH_TOKEN));
  add('api-key', effectiveSource(sources, API_KEY));
  add('api-key-helper', effectiveSource(sources, KEY_HELPER));
  add('oauth-token', effectiveSource(sources, OAUTH_TOKEN));
  const hasLogin = login.inState || login.credentialsFile !== null;
  if (hasLogin) found.push({ kind: 'login', place: login.credentialsFile ?? "Claude Code's own store" });
  const used = found[0]?.kind ?? null;
  const ours =
    used === 'auth-token' && effectiveSource(sources, AUTH_TOKEN)?.value?.startsWith('tg-') === true;
  const note =
    used === null
      ? 'No credential of Claude Code was found.'
      : ours
        ? `Claude Code sends Tollgate's local key${hasLogin ? '; its stored login is not used' : ''}.`
        : `${sentences[used]}${used !== 'login' && hasLogin ? '; its stored login is not used' : ''}.`;
  return { used, found, hasLogin, note };
}
