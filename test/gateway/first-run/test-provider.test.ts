// A provider test ends within its limit, whatever the other side does: silent, dripping, or deaf to TLS.
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { testProvider } from '../../../src/gateway/first-run/test-provider.ts';
import { descriptorOf } from '../../../src/gateway/providers/registry.ts';
import { startFakeUpstream, type FakeUpstream } from '../../support/fake-upstream.ts';

let upstream: FakeUpstream;
beforeEach(async () => {
  upstream = await startFakeUpstream();
});
afterEach(() => upstream.close());

const run = (baseUrl: string, signal = new AbortController().signal) =>
  testProvider(
    {
      descriptor: descriptorOf('anthropic'),
      baseUrl,
      setup: { id: 'new', baseUrl, options: {}, models: {}, repairToolCalls: true, http: {} },
      keyHeader: undefined,
      secret: 'sk-ant-api03-under-test',
      allowMessage: true,
      model: undefined,
    },
    { now: Date.now, randomBytes, env: {} },
    signal,
    150,
  );

test('silence', async () => {
  upstream.setAnswer(() => {});
  expect(await run(upstream.url)).toMatchObject({ ok: false, outcome: 'timeout', status: null });
});

test('an answer that drips', async () => {
  upstream.setAnswer(async (exchange) => {
    exchange.head(200, [['Content-Type', 'application/json']]);
    await exchange.send(' ');
  });
  expect(await run(upstream.url)).toMatchObject({ ok: false, outcome: 'timeout' });
});

test('a server that never begins its part of TLS', async () => {
  const deaf = createServer(() => {});
  await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
  const result = await run(`https://127.0.0.1:${(deaf.address() as AddressInfo).port}`);
  expect(result).toMatchObject({ ok: false, outcome: 'timeout' });
  deaf.close();
});

test('silence after the first of two requests', async () => {
  upstream.enqueue((exchange) => {
    exchange.head(404, [['Content-Type', 'application/json']]);
    exchange.end('{}');
  });
  upstream.setAnswer(() => {});
  expect(await run(upstream.url)).toMatchObject({ ok: false, outcome: 'timeout' });
  expect(upstream.requests).toHaveLength(2);
});

test('nothing is sent for a caller who has gone before it began', async () => {
  await run(upstream.url, AbortSignal.abort());
  expect(upstream.requests).toEqual([]);
});
