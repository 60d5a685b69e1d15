// Sends one small request through the gateway's own door, as Claude Code would, so that a new user sees it arrive.
import { Agent, request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../gateway-error.ts';

interface SmallRequest {
  readonly model: string;
  readonly maxTokens: number;
  readonly text: string;
  readonly project: string;
  /** How a failure names it. */
  readonly name: string;
}

const practice: SmallRequest = {
  model: 'claude-opus-5-5',
  maxTokens: 256,
  text: 'Say hello, so that I can see a request flow through.',
  project: 'practice',
  name: 'practice request',
};

/** Cheap on purpose: it is paid for. */
const real: SmallRequest = {
  model: 'claude-haiku-4-5',
  maxTokens: 32,
  text: 'Say hello in one short sentence.',
  project: 'first-request',
  name: 'test request',
};

/** As much of an error's body as its sentence can need. */
const LARGEST_ERROR = 16 * 1024;

/** Our own agent: a proxy set for the whole system must not catch loopback (trap 46). */
const direct = new Agent();

/** Resolves when the answer began; the rest of it streams on and is seen in the window. */
export function sendPracticeRequest(url: string, key: string): Promise<void> {
  return send(url, key, practice);
}

/** The same to whichever provider is in use; it costs what such an answer costs there. */
export function sendOneRequest(url: string, key: string): Promise<void> {
  return send(url, key, real);
}

function send(url: string, key: string, small: SmallRequest): Promise<void> {
  const body = JSON.stringify({
    model: small.model,
    max_tokens: small.maxTokens,
    stream: true,
    messages: [{ role: 'user', content: small.text }],
  });
  const headers = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    'anthropic-version': '2023-06-01',
    'x-tollgate-project': small.project,
  };
  return new Promise((resolve, reject) => {
    const call = request(`${url}/v1/messages`, { method: 'POST', agent: direct, headers }, (answer) => {
      if (answer.statusCode === 200) {
        answer.resume();
        resolve();
        return;
      }
      readReason(answer).then((reason) => reject(refused(small, answer.statusCode ?? 0, reason)), reject);
    });
    call.on('error', (error) => reject(new GatewayError('INTERNAL', `The ${small.name} failed.`, error)));
    call.end(body);
  });
}

function refused(small: SmallRequest, status: number, reason: string | null): GatewayError {
  const why = reason === null ? '.' : `: ${reason}`;
  return new GatewayError('CONFLICT', `The ${small.name} was answered with status ${status}${why}`);
}

/** The sentence of an error in the Anthropic dialect; null when there is none. */
async function readReason(answer: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > LARGEST_ERROR) break;
    }
    const parsed = JSON.parse(Buffer.concat(chunks).toString('utf8')) as { error?: { message?: unknown } };
    return typeof parsed.error?.message === 'string' ? parsed.error.message : null;
  } catch {
    return null;
  }
}
