// An event stream of declared length: bytes pass as they are, and nothing of ours is put between or behind them, since the
// client would read it as part of the next answer.
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { startTestGateway } from '../support/test-gateway.ts';
import type { TestGateway } from '../support/test-gateway.ts';

const part =
  'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":5}}}\n\n';
const rest = 'event: message_stop\ndata: {"type":"message_stop"}\n\n';

let upstream: Server;
let running: TestGateway;
let answers: ServerResponse[];
beforeEach(async () => {
  answers = [];
  upstream = createServer((request, response) => {
    request.resume();
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'content-length': part.length + rest.length,
    });
    response.write(part);
    answers.push(response);
  });
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve));
  const { port } = upstream.address() as AddressInfo;
  const provider = { id: 'up', type: 'anthropic', baseUrl: `http://127.0.0.1:${port}`, credential: 'none' };
  running = await startTestGateway({ version: 1, providers: [provider] }, { pingAfterMs: 20 });
});
afterEach(async () => {
  await running.close();
  upstream.closeAllConnections();
  upstream.close();
});

const ask = (): Promise<Response> =>
  fetch(`${running.gateway.ready.url}/v1/messages`, {
    method: 'POST',
    headers: { 'x-api-key': running.gateway.ready.clientKey },
    body: '{"model":"claude-opus-5-5","stream":true}',
  });

it('gets no ping of ours, however long the upstream is silent', async () => {
  const reader = (await ask()).body?.getReader();
  const first = await reader?.read();
  expect(Buffer.from(first?.value ?? []).toString()).toBe(part);
  // A ping must not come: the one case in which only time can tell. Ten times the interval set above.
  await new Promise((resolve) => setTimeout(resolve, 200));
  answers[0]?.end(rest);
  const second = await reader?.read();
  expect(Buffer.from(second?.value ?? []).toString()).toBe(rest);
  expect((await reader?.read())?.done).toBe(true);
});

it('is cut, not mended, when the upstream breaks off', async () => {
  const reader = (await ask()).body?.getReader();
  await reader?.read();
  answers[0]?.destroy();
  await expect(reader?.read()).rejects.toThrow();
});
