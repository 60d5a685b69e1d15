// Contract: `tollgate use PROVIDER` changes who answers from the next exchange on, without touching running streams, and the
// choice survives a restart. `tollgate status --json` says what is so.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { GatewayStatus } from '../../src/contract/control-contract.ts';
import {
  encodeEvent,
  encodeEvents,
  messageEvents,
  sseHeaders,
  streamMessage,
} from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { createGate, startFakeUpstream, type FakeUpstream } from '../support/fake-upstream.ts';
import { messagesBody, providerFor, startRig, upstreamKey, type Rig } from '../support/rig.ts';

const usage = tokens({ inputTokens: 1, outputTokens: 1 });
const script = { model: 'claude-opus-5-5', usage, blocks: [{ type: 'text' as const, text: 'ok' }] };

let other: FakeUpstream;
let rig: Rig;
beforeAll(async () => {
  other = await startFakeUpstream();
  other.setAnswer(streamMessage(script));
  rig = await startRig((upstream) => ({
    providers: [providerFor(upstream, 'first'), providerFor(other, 'second')],
    routes: [{ match: {}, to: [{ provider: 'first' }, { provider: 'second' }] }],
  }));
  rig.upstream.setAnswer(streamMessage(script));
});
afterAll(async () => {
  await rig.close();
  await other.close();
});

async function status(): Promise<GatewayStatus> {
  const { code, stdout } = await rig.gateway.run('status', '--json');
  expect(code).toBe(0);
  return JSON.parse(stdout) as GatewayStatus;
}
const currentOf = (seen: GatewayStatus): (string | undefined)[] =>
  seen.providers.filter((provider) => provider.current).map((provider) => provider.id);

async function answeredBy(): Promise<string> {
  const before = [rig.upstream.requests.length, other.requests.length];
  expect((await rig.post(messagesBody())).status).toBe(200);
  return rig.upstream.requests.length > (before[0] ?? 0) ? 'first' : 'second';
}

test('status tells address, process, folder and providers, and no secret', async () => {
  const seen = await status();
  expect(seen).toMatchObject({
    url: rig.gateway.url,
    pid: rig.gateway.ready.pid,
    dataDir: rig.gateway.dataDir,
  });
  expect(seen.providers.map((provider) => provider.id)).toEqual(
    expect.arrayContaining(['first', 'second', 'practice']),
  );
  expect(currentOf(seen)).toEqual(['first']);
  const text = JSON.stringify(seen);
  for (const secret of [upstreamKey, rig.gateway.ready.clientKey, rig.gateway.ready.controlKey]) {
    expect(text).not.toContain(secret);
  }
});

test('use switches the next exchange and leaves a running stream with the provider it has', async () => {
  const gate = createGate();
  const events = messageEvents(script);
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    await exchange.send(encodeEvent(events[0] ?? { event: '', data: '' }));
    await gate.opened;
    exchange.end(encodeEvents(events.slice(1)));
  });
  const running = rig.open(messagesBody());
  await running.received('message_start');

  const { code, stderr } = await rig.gateway.run('use', 'second');
  expect([code, stderr]).toEqual([0, '']);
  expect(await answeredBy()).toBe('second');
  expect(currentOf(await status())).toEqual(['second']);

  gate.open();
  expect((await running.answer).body.equals(encodeEvents(events))).toBe(true);
  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['completed']));
  expect(rows.filter((row) => row.provider === 'second').length).toBe(1);
});

test('the choice survives a restart and is written to config.json, where nothing else changes', async () => {
  await rig.gateway.run('use', 'second');
  await rig.gateway.stop();
  await rig.gateway.restart();
  expect(await answeredBy()).toBe('second');
  const config = JSON.parse(await readFile(join(rig.gateway.dataDir, 'config.json'), 'utf8')) as {
    providers: { id: string }[];
    routes: { match: object; to: { provider: string }[] }[];
  };
  expect(config.routes.at(-1)?.to[0]).toEqual({ provider: 'second' });
  expect(config.providers.map((provider) => provider.id)).toEqual(['first', 'second']);
  await rig.gateway.run('use', 'first');
  expect(await answeredBy()).toBe('first');
});

test('a provider that does not exist is refused with its name and nothing changes', async () => {
  const { code, stderr } = await rig.gateway.run('use', 'nowhere');
  expect([1, 2]).toContain(code);
  expect(stderr).toContain('nowhere');
  expect(currentOf(await status())).toEqual(['first']);
});

test('a provider added at run time through Control answers when it is chosen', async () => {
  const third = await startFakeUpstream();
  third.setAnswer(streamMessage(script));
  await rig.gateway.control.call('provider.add', {
    id: 'third',
    type: 'anthropic',
    baseUrl: third.url,
    credential: 'env:TEST_UPSTREAM_KEY',
  });
  await rig.gateway.run('use', 'third');
  expect((await rig.post(messagesBody())).status).toBe(200);
  expect(third.requests.length).toBe(1);
  await rig.gateway.run('use', 'first');
  await rig.gateway.control.call('provider.remove', { id: 'third' });
  expect(await answeredBy()).toBe('first');
  await third.close();
});

test('status of a stopped gateway is exit 1 and says that nothing runs', async () => {
  await rig.gateway.stop();
  const { code, stdout, stderr } = await rig.gateway.run('status');
  expect(code).toBe(1);
  expect(stdout + stderr).toMatch(/not running/i);
  await rig.gateway.restart();
});
