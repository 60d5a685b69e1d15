// Starts and stops the processes of the bench: upstream, generator, the reference pipe and Tollgate, each on its core
// where the system lets us choose one, and all with a temporary home folder.
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sessionId } from './wire/messages.mjs';

const folder = dirname(fileURLToPath(import.meta.url));
const gatewayCore = '0';
const loadCore = '1';
/** A model without thinking, as the streams of the bench have none. */
const translatedModel = 'gpt-4.1';
const startTimeoutMs = 30_000;
const stopTimeoutMs = 12_000;
const host = '127.0.0.1';

/** Whether processes are pinned: Linux with `taskset` and two cores or more. */
export const pinned =
  process.platform === 'linux' &&
  cpus().length >= 2 &&
  spawnSync('taskset', ['-c', '0', 'true']).status === 0;

/** Keeps this process off the gateway's core. */
export function pinSelf() {
  if (pinned) spawnSync('taskset', ['-cp', loadCore, String(process.pid)]);
}

const running = new Set();

function startNode(core, args, options) {
  const command = [process.execPath, ...args];
  const [file, ...rest] = pinned ? ['taskset', '-c', core, ...command] : command;
  const child = spawn(file, rest, options);
  running.add(child);
  child.on('exit', () => running.delete(child));
  child.on('error', () => running.delete(child));
  return child;
}

export async function stopProcess(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  const kill = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
  child.kill('SIGTERM');
  await gone;
  clearTimeout(kill);
}

/** Ends everything still running; for the end of the run and for an interrupted one. */
export async function stopAll() {
  await Promise.all([...running].map(stopProcess));
}

/** A helper process driven by messages: one question at a time, each answered by one message. */
async function startHelper(script) {
  const child = startNode(loadCore, [join(folder, 'processes', script)], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const answer = () =>
    new Promise((resolve, reject) => {
      const fail = () => reject(new Error(`${script} ended in the middle of the run`));
      child.once('exit', fail);
      child.once('message', (message) => {
        child.off('exit', fail);
        resolve(message);
      });
    });
  const hello = await answer();
  const ask = (message) => {
    const reply = answer();
    child.send(message);
    return reply;
  };
  return { child, hello, ask };
}

/** `{ port, shape({ deltas, paceMs }), stop() }`. */
export async function startUpstream() {
  const { child, hello, ask } = await startHelper('upstream.mjs');
  return { port: hello.port, shape: ask, stop: () => stopProcess(child) };
}

/** `{ run(job, options) → result, stop() }`. */
export async function startGenerator() {
  const { child, ask } = await startHelper('generator.mjs');
  return {
    run: async (job, options) => (await ask({ job, options })).result,
    stop: () => stopProcess(child),
  };
}

/** Waits for the `ready` line on standard output; `{ name, host, port, key, pid, stop() }`. */
async function startTarget(name, args, environment) {
  const child = startNode(gatewayCore, args, { stdio: ['ignore', 'pipe', 'pipe'], env: environment });
  let output = '';
  let errors = '';
  child.stderr.on('data', (text) => {
    errors = (errors + text).slice(-4000);
  });
  const ready = await new Promise((resolve, reject) => {
    const fail = (why) => reject(new Error(`${name} ${why}${errors === '' ? '' : `: ${errors.trim()}`}`));
    const timer = setTimeout(() => fail('was not ready after 30 s'), startTimeoutMs);
    child.on('exit', () => fail('ended'));
    child.stdout.on('data', (text) => {
      output += text;
      const end = output.indexOf('\n');
      if (end < 0) return;
      clearTimeout(timer);
      resolve(JSON.parse(output.slice(0, end)));
      output = '';
    });
  });
  const port = Number(new URL(ready.url).port);
  return { name, host, port, key: ready.clientKey, pid: child.pid, stop: () => stopProcess(child) };
}

function stallProbe(stallFile) {
  if (stallFile === undefined) return {};
  return {
    NODE_OPTIONS: `--import=${new URL('processes/stall-probe.mjs', import.meta.url).href}`,
    TOLLGATE_BENCH_STALLS: stallFile,
  };
}

function cleanEnvironment(home) {
  const kept = ['PATH', 'LANG', 'SystemRoot', 'TEMP', 'TMP'];
  const environment = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  return { ...environment, HOME: home, USERPROFILE: home, CLAUDE_CONFIG_DIR: join(home, '.claude') };
}

export const directTarget = (upstreamPort) => ({ name: 'direct', host, port: upstreamPort, key: 'bench' });

/** The reference pipe; `home` is a folder of its own. */
export function startPipe({ upstreamPort, home, stallFile }) {
  const environment = { ...cleanEnvironment(home), ...stallProbe(stallFile) };
  return startTarget('pipe', [join(folder, 'processes', 'pipe.mjs'), String(upstreamPort)], environment);
}

/** What stands beside a translated provider: `kind` is "events", "sdk" or "body", see the process. */
export function startTranslationReference({ kind, api, upstreamPort, home }) {
  const script = join(folder, 'processes', 'translation-reference.mjs');
  return startTarget(kind, [script, kind, api, String(upstreamPort)], cleanEnvironment(home));
}

/** The provider by the API it is asked through: Claude's own, or one that is translated. */
const providers = {
  messages: { type: 'anthropic' },
  responses: { type: 'openai' },
  chat: { type: 'openai-compatible' },
};

/** Writes what Claude Code leaves on disk for the session of the bench, so that its project can be found. */
function writeTranscript(home) {
  const project = join(home, '.claude', 'projects', '-home-dev-project');
  mkdirSync(project, { recursive: true });
  const line = {
    type: 'user',
    sessionId,
    cwd: '/home/dev/project',
    version: '2.1.330',
    message: { role: 'user' },
  };
  writeFileSync(join(project, `${sessionId}.jsonl`), `${JSON.stringify(line)}\n`);
}

/**
 * Tollgate as a user has it: metering, ledger and local key on. `api`: what its provider speaks; `nodeArguments` go to its
 * Node (for a profile).
 */
export function startTollgate({ upstreamPort, home, api = 'messages', stallFile, nodeArguments = [] }) {
  mkdirSync(home, { recursive: true });
  writeTranscript(home);
  const configFile = join(home, 'config.json');
  const baseUrl = `http://${host}:${upstreamPort}`;
  const provider = { id: 'bench', ...providers[api], baseUrl, credential: 'env:TOLLGATE_BENCH_KEY' };
  const to = { provider: 'bench', ...(api === 'messages' ? {} : { model: translatedModel }) };
  const settings = { version: 1, providers: [provider], routes: [{ match: {}, to: [to] }] };
  writeFileSync(configFile, JSON.stringify(settings));
  const serve = ['serve', '--port', '0', '--data-dir', join(home, 'data'), '--config', configFile];
  const environment = {
    ...cleanEnvironment(home),
    ...stallProbe(stallFile),
    TOLLGATE_BENCH_KEY: 'sk-ant-bench-upstream',
  };
  return startTarget(
    'Tollgate',
    [...nodeArguments, join(folder, '..', 'bin', 'tollgate.mjs'), ...serve],
    environment,
  );
}
