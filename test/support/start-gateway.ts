// A real `tollgate serve` for a test: its own data folder and home, the ready line parsed, Control at hand, and ways to
// stop it politely, kill it and start it again on the same data.
import type { ChildProcess } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ReadyLine } from '../../src/contract/control-contract.ts';
import { openControl, type ControlClient } from './control-client.ts';
import {
  runTollgate,
  scrubEnvironment,
  spawnTollgate,
  type CommandResult,
  type Environment,
} from './run-tollgate.ts';
import { createTemporaryFolder } from './temporary-folder.ts';

/** config.json as a test writes it: loose, so that wrong ones can be written as well. */
export type ConfigInput = {
  version?: unknown;
  providers?: unknown[];
  routes?: unknown[];
  prices?: Record<string, unknown>;
  [more: string]: unknown;
};

export type GatewayOptions = {
  /** Written to `<data-dir>/config.json` before the first start. */
  config?: ConfigInput;
  /** Added to the scrubbed environment: secrets for `env:NAME`. */
  environment?: Environment;
  /** Arguments after `serve --port 0 --data-dir D`. */
  args?: readonly string[];
};

export type Exit = { code: number | null; signal: NodeJS.Signals | null };

export type TestGateway = {
  readonly ready: ReadyLine;
  readonly url: string;
  readonly dataDir: string;
  readonly home: string;
  readonly environment: Environment;
  readonly control: ControlClient;
  readonly exited: Promise<Exit>;
  stdout(): string;
  stderr(): string;
  /** Header that identifies the built-in client. */
  key(): [string, string];
  /** Runs `tollgate ARGS --data-dir <this one>`. */
  run(...args: string[]): Promise<CommandResult>;
  /** SIGTERM and wait. */
  stop(): Promise<Exit>;
  signal(signal: NodeJS.Signals): void;
  kill9(): Promise<Exit>;
  /** Starts again on the same data folder after an exit; this object then speaks of the new process. */
  restart(): Promise<void>;
  /** Resident memory in bytes; null where the system offers no /proc. */
  residentBytes(): Promise<number | null>;
  /** Kills what is left and removes the folders. */
  dispose(): Promise<void>;
};

/** Writes `<dataDir>/config.json`, or another file when `name` says so, and returns its path. */
export async function writeConfig(
  dataDir: string,
  config: ConfigInput,
  name = 'config.json',
): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, name);
  await writeFile(path, JSON.stringify({ version: 1, ...config }, null, 2));
  return path;
}

type Running = { child: ChildProcess; ready: ReadyLine; exited: Promise<Exit>; control: ControlClient };

async function launch(
  args: readonly string[],
  environment: Environment,
  output: string[],
  errors: string[],
): Promise<Running> {
  const child = spawnTollgate(args, environment);
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => void errors.push(text));
  const { promise, resolve, reject } = Promise.withResolvers<ReadyLine>();
  if (child.stdout === null) throw new Error('the child has no standard output');
  const lines = createInterface({ input: child.stdout });
  lines.on('line', (line) => {
    output.push(line);
    if (!line.startsWith('{')) return;
    const parsed = ReadyLine.safeParse(JSON.parse(line));
    if (parsed.success) resolve(parsed.data);
    else reject(new Error(`this is no ready line: ${line}\n${parsed.error.message}`));
  });
  void exited.then((exit) =>
    reject(new Error(`serve ended before it was ready: ${JSON.stringify(exit)}\n${errors.join('')}`)),
  );
  const ready = await promise;
  return { child, ready, exited, control: openControl(ready.url, ready.controlKey) };
}

async function readResidentBytes(pid: number): Promise<number | null> {
  try {
    const status = await readFile(`/proc/${pid}/status`, 'utf8');
    const match = /^VmRSS:\s+(\d+) kB$/m.exec(status);
    return match === null ? null : Number(match[1]) * 1024;
  } catch {
    return null;
  }
}

/** Starts the gateway and waits for its ready line. */
export async function startGateway(options: GatewayOptions = {}): Promise<TestGateway> {
  const folder = await createTemporaryFolder('tollgate-home');
  const home = folder.path;
  const dataDir = join(home, 'data');
  const environment = scrubEnvironment(home, options.environment);
  if (options.config !== undefined) await writeConfig(dataDir, options.config);
  const args = ['serve', '--port', '0', '--data-dir', dataDir, ...(options.args ?? [])];
  const output: string[] = [];
  const errors: string[] = [];
  const start = () => launch(args, environment, output, errors);
  let running = await start().catch(async (error: unknown) => {
    await folder.remove();
    throw error;
  });
  const endWith = async (signal: NodeJS.Signals): Promise<Exit> => {
    running.control.close();
    running.child.kill(signal);
    return running.exited;
  };
  return {
    get ready() {
      return running.ready;
    },
    get url() {
      return running.ready.url;
    },
    get control() {
      return running.control;
    },
    get exited() {
      return running.exited;
    },
    dataDir,
    home,
    environment,
    stdout: () => output.join('\n'),
    stderr: () => errors.join(''),
    key: () => ['Authorization', `Bearer ${running.ready.clientKey}`],
    run: (...command) => runTollgate([...command, '--data-dir', dataDir], environment),
    stop: () => endWith('SIGTERM'),
    signal: (signal) => void running.child.kill(signal),
    kill9: () => endWith('SIGKILL'),
    async restart() {
      await running.exited;
      running = await start();
    },
    residentBytes: () => readResidentBytes(running.ready.pid),
    async dispose() {
      await endWith('SIGKILL');
      await folder.remove();
    },
  };
}
