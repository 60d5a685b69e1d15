// The system keychain as the vault needs it: a few short texts by name. What can go wrong there is told apart only as
// far as a user can act on it.

/** Texts by account name, under one service name that is Tollgate's own. */
export interface Keychain {
  /** Null when there is no such entry. Rejects with KeychainFailure. */
  read(account: string): Promise<string | null>;
  /** Rejects with KeychainFailure. */
  write(account: string, text: string): Promise<void>;
  /** False when there was no such entry. Rejects with KeychainFailure. */
  remove(account: string): Promise<boolean>;
}

/**
 * `absent`: there is none on this system, or the part that speaks to it does not load. `refused`: it is locked, or its
 * question to the user was declined. `silent`: no answer in time, as when its question waits on another screen.
 */
export type KeychainProblem = 'absent' | 'refused' | 'silent';

export class KeychainFailure extends Error {
  override readonly name = 'KeychainFailure';
  readonly problem: KeychainProblem;

  /** `detail` is for the log; it must hold no secret. */
  constructor(problem: KeychainProblem, detail: string) {
    super(detail);
    this.problem = problem;
  }
}

/** What happened, as the second half of a sentence. */
export function sayKeychainProblem(problem: KeychainProblem): string {
  switch (problem) {
    case 'absent':
      return 'no system keychain can be reached from where Tollgate runs';
    case 'refused':
      return 'the system keychain is locked or refused to open';
    case 'silent':
      return 'the system keychain did not answer; its question may wait on the screen';
  }
}
