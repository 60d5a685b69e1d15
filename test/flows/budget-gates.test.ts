// Every route that spends has the gate (B10): the gateway's own route table is walked with a budget of nothing, and a new
// route fails here until it is gated, or named below with the reason why it is free.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway } from '../support/test-gateway.ts';
import type { TestGateway } from '../support/test-gateway.ts';
import { startFakeUpstream, type FakeUpstream } from '../support/fake-upstream.ts';
import { sendJson } from '../support/anthropic-answers.ts';
import { messagesBody, providerFor, upstreamKey, upstreamKeyVariable } from '../support/rig.ts';

/** What may reach a provider although the budget is nothing: it costs nothing there (B11). */
const free: Readonly<Record<string, string>> = {
  'POST /v1/messages/count_tokens': 'providers count tokens free of charge',
  'GET /v1/models': 'a list of names',
  'GET /v1/models/*': 'a name',
  'POST /control/models.list': 'lists of names',
  'POST /control/models.refresh': 'lists of names',
};
/** The user's own test of a key, which says that it may cost one token before it does. */
const probes = ['POST /control/provider.test'];

let upstream: FakeUpstream;
let running: TestGateway;
beforeAll(async () => {
  upstream = await startFakeUpstream();
  upstream.setAnswer(sendJson(200, { input_tokens: 1 }));
  running = await startTestGateway(
    {
      version: 1,
      providers: [providerFor(upstream)],
      budgets: [
        { id: 'none', scope: { type: 'all' }, period: 'lifetime', limit: { usd: '0' }, mode: 'hard' },
      ],
    },
    { env: { [upstreamKeyVariable]: upstreamKey } },
  );
});
afterAll(async () => {
  await running.close();
  await upstream.close();
});

test('no route but the free ones reaches a provider when the budget is nothing', async () => {
  const { ready, routes } = running.gateway;
  const reached: string[] = [];
  const refused: string[] = [];
  for (const { method, path, access } of routes) {
    const name = `${method} ${path}`;
    if (probes.includes(name) || name === 'GET /control/events') continue;
    const before = upstream.requests.length;
    const key = access === 'client' ? ready.clientKey : ready.controlKey;
    const leaving = AbortSignal.timeout(5_000);
    const answer = await fetch(`${ready.url}${path.replace('*', 'x')}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: access === 'client' ? messagesBody() : '{}' } : {}),
      signal: leaving,
    }).catch(() => null);
    await answer?.arrayBuffer().catch(() => undefined);
    if (upstream.requests.length > before) reached.push(name);
    if (answer?.status === 429) refused.push(name);
  }
  expect(reached.sort()).toEqual(Object.keys(free).sort());
  expect(refused).toEqual(['POST /v1/messages']);
}, 120_000);
