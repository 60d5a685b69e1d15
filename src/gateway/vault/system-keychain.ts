// The keychain of the operating system: macOS Keychain, Windows Credential Manager, Secret Service on Linux. Its native
// part is loaded when it is first needed, so that a machine where it does not load still starts.
import type { AsyncEntry as NativeEntry } from '@napi-rs/keyring';
import { KeychainFailure } from './keychain.ts';
import type { Keychain, KeychainProblem } from './keychain.ts';

const SERVICE = 'Tollgate';
/** Without this, Linux falls back to the kernel's keyring, which forgets everything at the next boot. */
const OPTIONS = { linux: { store: 'secret-service' } } as const;

let underWay = 0;

/** Opens nothing yet. Every call works on a thread of its own and may stay silent for as long as the user does. */
export function openSystemKeychain(): Keychain {
  return {
    read: (account) => use(account, (entry) => entry.getPassword()),
    write: (account, text) => use(account, (entry) => entry.setPassword(text)),
    remove: (account) => use(account, (entry) => entry.deleteCredential()),
  };
}

async function use<T>(account: string, call: (entry: NativeEntry) => Promise<T>): Promise<T> {
  let entry: NativeEntry;
  try {
    const { AsyncEntry } = await import('@napi-rs/keyring');
    entry = new AsyncEntry(SERVICE, account, OPTIONS);
  } catch (error) {
    throw new KeychainFailure('absent', detailOf(error));
  }
  try {
    begin();
    return await call(entry);
  } catch (error) {
    throw new KeychainFailure(problemOf(detailOf(error)), detailOf(error));
  } finally {
    underWay--;
  }
}

const detailOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).slice(0, 200);

/** The native part gives sentences, not codes; those about a service that is missing or mute are few. */
export function problemOf(detail: string): KeychainProblem {
  if (/did not receive a reply|timed? ?out/i.test(detail)) return 'silent';
  return /d-?bus|no such file|connection|not (?:provided|available|supported)|no default store|no result found/i.test(
    detail,
  )
    ? 'absent'
    : 'refused';
}

/** A call that hangs would hold up the end of the process: the system waits for its thread. */
function begin(): void {
  if (underWay++ === 0 && process.listenerCount('exit', leave) === 0) process.once('exit', leave);
}

function leave(code: number): void {
  if (underWay === 0 || process.platform === 'win32') return;
  try {
    process.execve?.('/bin/sh', ['sh', '-c', `exit ${code}`], {});
  } catch {
    // Not available in this program: it ends all the same, only not with its own exit code.
  }
  process.kill(process.pid, 'SIGKILL');
}
