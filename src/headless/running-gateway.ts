// Finds the gateway that works in a data folder and speaks Control to it.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Agent, request } from 'node:http';
import { controlMethods, ControlError, HealthAnswer, LockFile } from '../contract/control-contract.ts';
import type { ControlInput, ControlMethod, ControlOutput } from '../contract/control-contract.ts';
import { dataFolderAt, healthProof, readLockText } from '../gateway/index.ts';
import { CommandFailure } from './command-failure.ts';

const CALL_TIMEOUT_MS = 15_000;
const HEALTH_TIMEOUT_MS = 3_000;
const LARGEST_ANSWER = 64 * 1024 * 1024;
/** Our own agent: a proxy set for the whole system must not catch loopback (trap 46). */
const direct = new Agent();

export interface RunningGateway {
  readonly url: string;
  readonly pid: number;
  /** `timeoutMs`: for what may take longer than a moment. */
  call<M extends ControlMethod>(
    method: M,
    input: ControlInput<M>,
    timeoutMs?: number,
  ): Promise<ControlOutput<M>>;
}

/** Null when none runs for this data folder. */
export async function findRunningGateway(dataDir: string): Promise<RunningGateway | null> {
  const lock = readLock(dataDir);
  if (lock === null || !isAlive(lock.pid)) return null;
  if (!(await provesItself(lock))) return null;
  return {
    url: lock.url,
    pid: lock.pid,
    call: (method, input, timeoutMs) => callControl(lock, method, input, timeoutMs),
  };
}

/** Like `findRunningGateway`, but says what to do when there is none. */
export async function needRunningGateway(dataDir: string): Promise<RunningGateway> {
  const gateway = await findRunningGateway(dataDir);
  if (gateway !== null) return gateway;
  throw new CommandFailure(
    `no Tollgate runs for ${dataDir}; start it with "tollgate serve" or by opening the app.`,
  );
}

function readLock(dataDir: string): LockFile | null {
  const text = readLockText(dataFolderAt(dataDir));
  if (text === null) return null;
  try {
    return LockFile.parse(JSON.parse(text));
  } catch {
    return null;
  }
}

/**
 * True when the program at the lock's address knows the control key. After a crash another one may listen there, and it
 * must not be handed the key by being asked something.
 */
async function provesItself(lock: LockFile): Promise<boolean> {
  const nonce = randomBytes(24).toString('base64url');
  const answer = await ask('GET', `${lock.url}/healthz?nonce=${nonce}`, {}, '', HEALTH_TIMEOUT_MS).catch(
    () => null,
  );
  const health = HealthAnswer.safeParse(answer?.status === 200 ? parseJson(answer.body) : null);
  const expected = Buffer.from(healthProof(lock.controlKey, nonce));
  const given = Buffer.from(health.data?.proof ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function callControl<M extends ControlMethod>(
  lock: LockFile,
  method: M,
  input: ControlInput<M>,
  timeoutMs = CALL_TIMEOUT_MS,
): Promise<ControlOutput<M>> {
  const answer = await ask(
    'POST',
    `${lock.url}/control/${method}`,
    { authorization: `Bearer ${lock.controlKey}`, 'content-type': 'application/json' },
    JSON.stringify(input),
    timeoutMs,
  ).catch((error: unknown) => {
    throw new CommandFailure(
      `Tollgate at ${lock.url} did not answer (${error instanceof Error ? error.message : String(error)}).`,
    );
  });
  const value = parseJson(answer.body);
  if (answer.status === 200) return controlMethods[method].output.parse(value) as ControlOutput<M>;
  const failure = ControlError.safeParse(value);
  throw new CommandFailure(
    failure.success ? failure.data.error.message : `Tollgate answered with status ${answer.status}.`,
  );
}

interface Answer {
  readonly status: number;
  readonly body: string;
}

function ask(
  method: 'GET' | 'POST',
  url: string,
  headers: Readonly<Record<string, string>>,
  body: string,
  timeoutMs: number,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(timeoutMs);
    const outgoing = request(url, { method, headers, agent: direct, signal }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        if (text.length > LARGEST_ANSWER) answer.destroy(new Error('the answer is too large'));
      });
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: text }));
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
