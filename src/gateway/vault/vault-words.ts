// What the vault says when a secret cannot be had or kept: what happened and what the user can do. Pure.
import { GatewayError } from '../gateway-error.ts';
import { sayKeychainProblem } from './keychain.ts';
import type { KeyProblem } from './key-ring.ts';
import type { SecretState } from './secret-source.ts';
import type { KeyPlace } from './vault-files.ts';

export const storeAgain = (id: string): string =>
  `Store it again in the window or with "tollgate vault set ${id}".`;

/** The key that would open it cannot be had. */
export function sayNoKey(id: string, place: KeyPlace, problem: KeyProblem): SecretState {
  if (problem === 'gone') {
    const where = place === 'file' ? 'the vault’s key file' : 'the system keychain';
    return {
      kind: 'unusable',
      why: `the key that opens "${id}" is no longer in ${where}`,
      mend: storeAgain(id),
    };
  }
  return {
    kind: 'unusable',
    why: sayKeychainProblem(problem),
    mend:
      problem === 'absent'
        ? 'Start Tollgate where the keychain can be reached, or remove the secret and store it again.'
        : 'Unlock it; Tollgate asks again by itself.',
  };
}

/** Null for a secret that can be used. */
export function sayState(state: SecretState): string | null {
  switch (state.kind) {
    case 'ready':
      return null;
    case 'waiting':
      return 'The system keychain is being asked for it.';
    case 'unusable':
      return `It cannot be used: ${state.why}. ${state.mend}`;
  }
}

export function notWritten(error: unknown): GatewayError {
  const code = (error as NodeJS.ErrnoException).code ?? 'error';
  return new GatewayError(
    'CONFLICT',
    `Nothing was changed: the vault in the data folder could not be written (${code}). Make room or allow it, and try again.`,
    error,
  );
}
