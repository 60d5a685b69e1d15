// An interactive session of the real client in a terminal of its own (the `script` of util-linux, which every Linux has): what it
// shows is read as text, and keys are typed as a person would.
import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { stripVTControlCharacters } from 'node:util';

const PATIENCE_MS = 15_000;
export class TerminalSession {
  readonly #child: ChildProcessWithoutNullStreams;
  #shown = '';
  #waiting: (() => void)[] = [];

  constructor(command: string, environment: Record<string, string>, cwd: string) {
    const line = `stty cols 120 rows 40; exec '${command}'`;
    this.#child = spawn('script', ['-qefc', line, '/dev/null'], {
      cwd,
      env: { ...environment, SHELL: '/bin/sh' },
    });
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.#shown += text;
      for (const wake of this.#waiting.splice(0)) wake();
    });
    this.#child.on('error', () => {});
  }

  get #text(): string {
    return stripVTControlCharacters(this.#shown).replace(/\s+/g, '');
  }

  /** Resolves when the words were shown since the last call; blanks do not count. */
  async shows(words: string): Promise<void> {
    const wanted = words.replace(/\s+/g, '');
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (!this.#text.includes(wanted)) {
      if (deadline.aborted)
        throw new Error(`"${words}" was not shown; the screen ended with:\n${this.#text.slice(-2000)}`);
      await Promise.race([
        new Promise<void>((resolve) => this.#waiting.push(resolve)),
        once(deadline, 'abort'),
      ]);
    }
    this.#shown = '';
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  async close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await gone;
  }
}
