// Finds out who answers at an address of this computer: the gateway of this data folder (proved), another Tollgate, a
// stranger, or nobody. Loopback only, with a short time limit; nothing secret is sent.
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { findListener } from './find-listener.ts';
import type { AddressFacts } from './doctor-facts.ts';
import type { Machine } from '../claude-code/inspect/machine.ts';
import { healthProof } from '../faces/health-route.ts';

const CONNECT_MS = 1_500;
const ANSWER_MS = 2_000;
const LARGEST_ANSWER = 4 * 1024;
/** Our own agent: a proxy set for the whole system must not catch loopback (trap 46). */
const direct = new Agent();

/** `host`: as in an address, `[::1]` with brackets. `controlKey`: of this data folder; null when it has none. */
export async function probeAddress(
  machine: Machine,
  host: string,
  port: number,
  controlKey: string | null,
): Promise<AddressFacts> {
  const nobody = { host, port, answers: 'nobody' as const, program: null, pid: null };
  const reached = await reach(host.replace(/^\[|\]$/g, ''), port);
  if (reached === 'refused') return nobody;
  const answers = reached === 'late' ? 'silent' : await ask(host, port, controlKey);
  // Our own name is no news.
  const listener = answers === 'here' ? null : await findListener(machine, port);
  return { host, port, answers, program: listener?.program ?? null, pid: listener?.pid ?? null };
}

function reach(host: string, port: number): Promise<'open' | 'refused' | 'late'> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: CONNECT_MS });
    const end = (outcome: 'open' | 'refused' | 'late'): void => {
      socket.destroy();
      resolve(outcome);
    };
    socket.once('connect', () => end('open'));
    socket.once('timeout', () => end('late'));
    socket.once('error', () => end('refused'));
  });
}

async function ask(host: string, port: number, controlKey: string | null): Promise<AddressFacts['answers']> {
  const nonce = randomBytes(24).toString('base64url');
  const text = await fetchText(`http://${host}:${port}/healthz?nonce=${nonce}`);
  if (text === null) return 'silent';
  const answer = parseObject(text);
  if (answer?.['ok'] !== true) return 'stranger';
  const proof = typeof answer['proof'] === 'string' ? answer['proof'] : '';
  if (controlKey !== null && sameText(proof, healthProof(controlKey, nonce))) return 'here';
  return /^[0-9a-f]{64}$/.test(proof) ? 'tollgate' : 'stranger';
}

function fetchText(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    const outgoing = request(url, { agent: direct, signal: AbortSignal.timeout(ANSWER_MS) }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => {
        text += part;
        // A stranger may never stop; what we look for is short.
        if (text.length > LARGEST_ANSWER) answer.destroy();
      });
      answer.on('close', () => resolve(text));
      answer.on('error', () => resolve(text));
    });
    outgoing.on('error', (error: NodeJS.ErrnoException) =>
      // It speaks, though not our language: somebody is there.
      resolve(error.name === 'AbortError' || error.name === 'TimeoutError' ? null : ''),
    );
    outgoing.end();
  });
}

function parseObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function sameText(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
