// A command that could not do what was asked, with the sentence and the exit code.

export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
  /** 1: the answer is no. 2: it could not be done. */
  readonly exitCode: 1 | 2;

  constructor(message: string, exitCode: 1 | 2 = 2) {
    super(message);
    this.exitCode = exitCode;
  }
}
