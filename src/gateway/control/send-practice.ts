// Sends one small request through the gateway's own door, as Claude Code would, so that a new user sees it arrive.
import { Agent, request } from 'node:http';
import { GatewayError } from '../gateway-error.ts';

const body = JSON.stringify({
  model: 'claude-opus-5-5',
  max_tokens: 256,
  stream: true,
  messages: [{ role: 'user', content: 'Say hello, so that I can see a request flow through.' }],
});

/** Our own agent: a proxy set for the whole system must not catch loopback (trap 46). */
const direct = new Agent();

/** Resolves when the answer began; the rest of it streams on and is seen in the window. */
export function sendPracticeRequest(url: string, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const call = request(
      `${url}/v1/messages`,
      {
        method: 'POST',
        agent: direct,
        headers: {
          authorization: `Bearer ${key}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          'anthropic-version': '2023-06-01',
          'x-tollgate-project': 'practice',
        },
      },
      (answer) => {
        answer.resume();
        if (answer.statusCode === 200) resolve();
        else
          reject(
            new GatewayError(
              'CONFLICT',
              `The practice request was answered with status ${answer.statusCode ?? 0}.`,
            ),
          );
      },
    );
    call.on('error', (error) => reject(new GatewayError('INTERNAL', 'The practice request failed.', error)));
    call.end(body);
  });
}
