// A budget that is used up: one clean answer that Claude Code prints once and does not repeat, and the standing on allowed
// answers by which it warns at 75 and 95 % (B5, B11, B14, B16, traps 63, 65, 67).
import { afterEach, describe, expect, test } from 'vitest';
import { answerMessage, sendJson } from '../support/anthropic-answers.ts';
import { tokens } from '../support/expected-cost.ts';
import { messagesBody, providerFor, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-opus-5-5';
const day = { id: 'day', scope: { type: 'all' }, period: 'day', limit: { usd: '1.00' }, mode: 'hard' };
const rules = { timeZone: 'UTC' };
/** Costs exactly `cents` at 20,000 nano-dollars per output token. */
const worth = (cents: number) => ({
  model,
  blocks: [{ type: 'text' as const, text: 'hello' }],
  usage: tokens({ outputTokens: cents * 500 }),
});

let rig: Rig;
afterEach(() => rig.close());

const unified = (answer: { values(name: string): string[] }, name: string): string | undefined =>
  answer.values(`anthropic-ratelimit-unified-${name}`)[0];

describe('a hard budget', () => {
  test('P18: that is used up refuses with 429 billing_error, one sentence, and nothing reaches the provider (trap 63)', async () => {
    rig = await startRig({ budgets: [day], budgetRules: rules });
    rig.upstream.setAnswer(answerMessage(worth(100)));
    expect((await rig.post(messagesBody({ max_tokens: 45_000 }))).status).toBe(200);
    const refused = await rig.post(messagesBody({ max_tokens: 1 }));
    expect(refused.status).toBe(429);
    expect(rig.upstream.requests.length).toBe(1);
    const body = JSON.parse(refused.body.toString()) as { error: { type: string; message: string } };
    expect(body.error.type).toBe('billing_error');
    expect(body.error.message).toMatch(
      /^Budget "day" of \$1\.00 a day is used up · resets [A-Z][a-z]{2} \d{1,2} · to go on now: tollgate budget grant day 5\.00$/,
    );
    expect(refused.values('x-should-retry')).toEqual(['false']);
    const midnight = Math.floor(Date.now() / 86_400_000 + 1) * 86_400;
    expect(unified(refused, 'reset')).toBe(String(midnight));
    expect(Math.abs(midnight - Date.now() / 1000 - Number(refused.values('retry-after')[0]))).toBeLessThan(
      60,
    );
    expect(unified(refused, 'status')).toBe('rejected');
    expect(unified(refused, 'overage-utilization')).toBe('1');
    expect(unified(refused, 'overage-surpassed-threshold')).toBe('1');
    expect(unified(refused, 'overage-period')).toBe('daily');
    expect(unified(refused, 'overage-disabled-reason')).toBe('org_spend_cap_reached');
    const rows = await rig.gateway.control.settled(2);
    expect(rows.map((row) => row.state).sort()).toEqual(['completed', 'refused']);
  });

  test('never blocks count_tokens and the model list (B11)', async () => {
    rig = await startRig({ budgets: [{ ...day, limit: { usd: '0' } }], budgetRules: rules });
    rig.upstream.setAnswer(sendJson(200, { input_tokens: 7 }));
    expect((await rig.post(messagesBody())).status).toBe(429);
    const count = await fetch(`${rig.gateway.url}/v1/messages/count_tokens`, {
      method: 'POST',
      headers: [rig.gateway.key()],
      body: messagesBody(),
    });
    expect([count.status, await count.json()]).toEqual([200, { input_tokens: 7 }]);
    expect((await rig.get('/v1/models')).status).toBe(200);
  });

  test('is obeyed at once when it is raised, granted on, lowered and removed (trap 67, B13)', async () => {
    rig = await startRig({ budgets: [day], budgetRules: rules });
    rig.upstream.setAnswer(answerMessage(worth(100)));
    const { control } = rig.gateway;
    const post = async (): Promise<number> => (await rig.post(messagesBody({ max_tokens: 45_000 }))).status;
    expect([await post(), await post()]).toEqual([200, 429]);
    const { grant } = await control.call('budget.grant', { id: 'day', usd: '1.00' });
    expect([grant.before, grant.after]).toEqual([1e9, 2e9]);
    expect([await post(), await post()]).toEqual([200, 429]);
    await control.call('budget.set', { budget: { ...day, limit: { usd: '3.00' } } as never });
    expect([await post(), await post()]).toEqual([200, 200]);
    expect(await post()).toBe(429);
    const [view] = (await control.call('budget.list', {})).budgets;
    expect(view).toMatchObject({ used: 4e9, reserved: 0, limit: 3e9, granted: 1e9, state: 'reached' });
    await control.call('budget.remove', { id: 'day' });
    expect(await post()).toBe(200);
    await control.call('budget.set', { budget: { ...day, limit: { usd: '5.00' } } as never });
    // Counted anew from the ledger: what was spent without the budget counts, too; the grant was for this window.
    expect((await control.call('budget.list', {})).budgets[0]).toMatchObject({ used: 5e9, granted: 1e9 });
  });
});

test('allowed answers carry the standing before the request: a warning above 75 % and above 95 % (trap 63)', async () => {
  rig = await startRig({ budgets: [day], budgetRules: rules });
  rig.upstream.enqueue(
    ...[50, 25, 1, 19, 1].map((cents) => answerMessage(worth(cents))),
    sendJson(200, { input_tokens: 1 }, [['anthropic-ratelimit-unified-status', 'of the provider']]),
  );
  const seen = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const answer = await rig.post(messagesBody({ max_tokens: 100 }));
    seen.push([
      unified(answer, 'status'),
      unified(answer, 'overage-utilization'),
      unified(answer, 'overage-surpassed-threshold'),
    ]);
    expect(answer.values('anthropic-ratelimit-unified-status').length).toBe(1);
    await rig.gateway.control.settled(turn + 1);
  }
  expect(seen).toEqual([
    ['allowed', '0', undefined],
    ['allowed', '0.5', undefined],
    ['allowed', '0.75', undefined],
    ['allowed_warning', '0.76', '0.75'],
    ['allowed_warning', '0.95', '0.75'],
  ]);
});

test('a subscription spends no money: no gate of a money budget, no headers of ours, but a token budget counts it (B14, trap 65)', async () => {
  rig = await startRig((upstream) => ({
    providers: [{ ...providerFor(upstream), credential: 'client' }],
    budgets: [
      { ...day, limit: { usd: '0' } },
      { ...day, id: 'tokens', limit: { tokens: 2000 } },
    ],
    budgetRules: rules,
  }));
  rig.upstream.setAnswer(answerMessage({ ...worth(1), usage: tokens({ outputTokens: 1500 }) }));
  const login: [string, string][] = [
    ['x-tollgate-key', rig.gateway.ready.clientKey],
    ['Authorization', 'Bearer sk-ant-oat-own-login'],
  ];
  const send = (maxTokens: number) =>
    fetch(`${rig.gateway.url}/v1/messages`, {
      method: 'POST',
      headers: [...login, ['content-type', 'application/json']],
      body: messagesBody({ max_tokens: maxTokens }),
    });
  const allowed = await send(1600);
  expect(allowed.status).toBe(200);
  expect([...allowed.headers.keys()].filter((name) => name.includes('unified'))).toEqual([]);
  await allowed.text();
  await rig.gateway.control.settled(1);
  const refused = await send(600);
  expect(refused.status).toBe(429);
  expect(await refused.text()).toContain('2,000 tokens a day has 500 tokens left');
  const { budgets } = await rig.gateway.control.call('budget.list', {});
  expect(budgets.map(({ used }) => used)).toEqual([0, 1500]);
});

test('several at once: all count, a session budget stops its own session only (B1)', async () => {
  rig = await startRig({
    budgets: [
      day,
      { id: 'each', scope: { type: 'session' }, period: 'lifetime', limit: { usd: '0.30' }, mode: 'hard' },
      {
        id: 'opus',
        scope: { type: 'model', model: '*opus*' },
        period: 'hour',
        limit: { usd: '0.50' },
        mode: 'soft',
      },
      {
        id: 'inside',
        scope: { type: 'project', path: '/work/acme/' },
        period: 'week',
        limit: { tokens: 1 },
        mode: 'hard',
      },
    ],
    budgetRules: rules,
  });
  rig.upstream.setAnswer(answerMessage(worth(29)));
  const post = async (session: string, project = 'other'): Promise<number> =>
    (
      await rig.post(messagesBody({ max_tokens: 10 }), [
        sessionHeader(session),
        ['x-tollgate-project', project],
      ])
    ).status;
  expect([await post('a'), await post('a'), await post('a')]).toEqual([200, 200, 429]);
  expect(await post('b')).toBe(200);
  expect(await post('c', '/work/acme/sub')).toBe(429);
  expect(await post('c', '/work/acme2')).toBe(200);
  const { budgets } = await rig.gateway.control.call('budget.list', {});
  expect(budgets.map(({ id, used }) => [id, used])).toEqual([
    ['day', 1.16e9],
    ['each', 0.58e9],
    ['opus', 1.16e9],
    ['inside', 0],
  ]);
  expect(budgets[1]?.subjects.map(({ subject, used }) => [subject, used])).toEqual([
    ['a', 0.58e9],
    ['b', 0.29e9],
    ['c', 0.29e9],
  ]);
  expect(budgets[2]).toMatchObject({ state: 'reached', mode: 'soft' });
});

test('practice is no money and no budget’s business (decision 7)', async () => {
  rig = await startRig({ providers: [], routes: [], budgets: [{ ...day, limit: { usd: '0' } }] });
  const answer = await rig.post(messagesBody());
  expect(answer.status).toBe(200);
  expect(answer.values('anthropic-ratelimit-unified-status')).toEqual([]);
  expect((await rig.gateway.control.call('budget.list', {})).budgets[0]?.used).toBe(0);
});
