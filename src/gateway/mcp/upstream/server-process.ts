// One process of an MCP server: started in a group of its own, ended with everything it started, its standard error kept
// in a small window for the user (R51-R58).
import { execFile, spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import crossSpawn from 'cross-spawn';
import { endProcess, findMarked, MARK_VARIABLE } from './orphan-guard.ts';
import type { OrphanGuard } from './orphan-guard.ts';

export interface ProcessPlan {
  /** Absolute path of the program. */
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Value of the mark in its environment; starts with the owner's name and is unique. */
  readonly mark: string;
  /** Texts that must not be seen in standard error. */
  readonly secrets: readonly string[];
}

export interface ProcessEvents {
  /** One line of standard output, without its end. */
  onLine(line: string): void;
  /** Ended by itself or by us; called once. `why` is a sentence for the user. */
  onExit(why: string): void;
}

/** How long a server may take over each step of its end: input closed, asked, killed. */
const STEP_MS = 1_500;
const LAST_WORDS_MS = 500;
const KEPT_STDERR = 32 * 1024;
/** A longer line than this is no message but a fault. */
const LONGEST_LINE = 64 * 1024 * 1024;

export class ServerProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #plan: ProcessPlan;
  readonly #guard: OrphanGuard;
  readonly #events: ProcessEvents;
  readonly #ended = Promise.withResolvers<void>();
  #stderr = '';
  #parts: Buffer[] = [];
  #partLength = 0;
  #over = false;
  #stopping = false;
  #fault: string | null = null;

  constructor(plan: ProcessPlan, guard: OrphanGuard, events: ProcessEvents) {
    this.#plan = plan;
    this.#guard = guard;
    this.#events = events;
    const options = {
      cwd: plan.cwd,
      env: { ...plan.env, [MARK_VARIABLE]: plan.mark },
      stdio: ['pipe', 'pipe', 'pipe'] as ['pipe', 'pipe', 'pipe'],
      detached: process.platform !== 'win32',
      windowsHide: true,
    };
    // On Windows `npx` and `uvx` are scripts that only cross-spawn starts without a shell around them (R56).
    this.#child =
      process.platform === 'win32'
        ? (crossSpawn(plan.file, [...plan.args], options) as ChildProcessWithoutNullStreams)
        : spawn(plan.file, [...plan.args], options);
    const { pid } = this.#child;
    if (pid !== undefined) guard.watch(pid);
    this.#child.stdout.on('data', (chunk: Buffer) => this.#readOutput(chunk));
    this.#child.stderr.on('data', (chunk: Buffer) => this.#keepStderr(chunk));
    this.#child.stdin.on('error', () => {});
    this.#child.once('error', (error) => this.#finish(`it could not be started (${error.message})`));
    this.#child.once('exit', (code, signal) => this.#onExit(code, signal));
  }

  /** The last of what it wrote to standard error, without secrets. */
  get stderr(): string {
    return this.#stderr;
  }

  get pid(): number | null {
    return this.#child.pid ?? null;
  }

  /** Hands it one line. Returns false when it has ended. */
  writeLine(line: string): boolean {
    if (this.#over || this.#stopping || !this.#child.stdin.writable) return false;
    this.#child.stdin.write(`${line}\n`);
    return true;
  }

  /** Closes its input, then asks, then kills, with everything it started; resolves when nothing is left. */
  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true;
      this.#child.stdin.end();
      await this.#endedWithin(STEP_MS);
      if (!this.#over) {
        this.#signal('SIGTERM');
        await this.#endedWithin(STEP_MS);
      }
      if (!this.#over) this.#signal('SIGKILL');
    }
    await this.#ended.promise;
  }

  #endedWithin(milliseconds: number): Promise<void> {
    const waiting = Promise.withResolvers<void>();
    const timer = setTimeout(waiting.resolve, milliseconds);
    return Promise.race([this.#ended.promise, waiting.promise]).finally(() => clearTimeout(timer));
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    if (process.platform !== 'win32') endProcess(-pid, signal);
    else if (signal === 'SIGKILL') execFile('taskkill', ['/pid', String(pid), '/T', '/F'], () => {});
    else this.#child.kill();
  }

  #onExit(code: number | null, signal: NodeJS.Signals | null): void {
    const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with code ${code}`;
    this.#endGroup();
    const finish = (): void => this.#finish(this.#fault ?? (this.#stopping ? 'it was stopped' : `it ${how}`));
    // What it wrote last is still to be read; a process that moved away must not hold that up.
    this.#child.once('close', finish);
    setTimeout(finish, LAST_WORDS_MS).unref();
  }

  /** The process is gone; what it left behind goes now, in its group or out of it. */
  #endGroup(): void {
    const { pid } = this.#child;
    if (pid === undefined || process.platform === 'win32') return;
    endProcess(-pid, 'SIGKILL');
    for (const left of findMarked((mark) => mark === this.#plan.mark)) endProcess(left, 'SIGKILL');
    this.#guard.forget(pid);
  }

  #finish(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    this.#ended.resolve();
    this.#events.onExit(why);
  }

  #readOutput(chunk: Buffer): void {
    let start = 0;
    for (let end = chunk.indexOf(0x0a); end !== -1; end = chunk.indexOf(0x0a, start)) {
      this.#parts.push(chunk.subarray(start, end));
      start = end + 1;
      const line = Buffer.concat(this.#parts).toString('utf8');
      this.#parts = [];
      this.#partLength = 0;
      if (line.trim() !== '') this.#events.onLine(line);
      if (this.#over) return;
    }
    const rest = chunk.subarray(start);
    if (rest.length === 0) return;
    this.#parts.push(rest);
    this.#partLength += rest.length;
    if (this.#partLength <= LONGEST_LINE) return;
    this.#parts = [];
    this.#partLength = 0;
    this.#fault = 'it was ended because it wrote a line of more than 64 MiB';
    this.#signal('SIGKILL');
  }

  #keepStderr(chunk: Buffer): void {
    let text = this.#stderr + chunk.toString('utf8');
    for (const secret of this.#plan.secrets) text = text.replaceAll(secret, '[secret]');
    this.#stderr = text.slice(-KEPT_STDERR);
  }
}
