// Contract: whatever upstreams do, every client gets one whole answer, its own, or one error in Anthropic's shape; the
// ledger says who answered and what it cost to the nano-dollar; and nothing is held back when it is over.
// `TOLLGATE_CHAOS_SEED=7 vitest run test/flows/chaos.test.ts` repeats a run.
import { expect, test } from 'vitest';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { seededRandom } from '../support/byte-cuts.ts';
import {
  keyName,
  startAnthropicChaos,
  startTranslatedChaos,
  type ChaosUpstream,
  type PlannedAnswer,
} from '../support/chaos-upstreams.ts';
import { costOf, listPrices } from '../support/expected-cost.ts';
import { isLongRun, patience, runs } from '../support/long-runs.ts';
import { sendRequest, type ReceivedAnswer } from '../support/raw-http.ts';
import { messagesBody } from '../support/rig.ts';
import { dispatchedEvents } from '../support/sse-reader.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const seed = Number(process.env['TOLLGATE_CHAOS_SEED'] ?? (isLongRun ? Date.now() % 1_000_000 : 1));
const requests = runs(500, 5_000);
const IN_FLIGHT = 16;
/** Nano-dollars per token of the models that are not Claude's. */
const foreign = { input: 2000, output: 8000, cacheRead: 500, write5m: 0, write1h: 0 };

/** What a client saw. */
interface Sight {
  readonly session: string;
  readonly kind: 'answer' | 'broken-off' | 'refused' | 'left';
  readonly text: string;
  readonly status: number | null;
}

interface ErrorShape {
  readonly type: string;
  readonly error: { readonly type: string; readonly message: string };
}

function expectErrorShape(value: unknown): void {
  const { type, error } = value as ErrorShape;
  expect(type).toBe('error');
  expect(error.type).toMatch(/^[a-z_]+_error$|^request_too_large$/);
  expect(error.message.length).toBeGreaterThan(0);
}

/** One answer, and one only: a second head, an end after an error or anything behind the end fails. */
function readStream(text: string): { readonly text: string; readonly isWhole: boolean } {
  const said: string[] = [];
  let ended: 'whole' | 'error' | null = null;
  let begun = false;
  for (const { event, data } of dispatchedEvents(text)) {
    expect(ended, `"${event}" after the end`).toBeNull();
    const value = JSON.parse(data) as { type: string; delta?: { type: string; text?: string } };
    expect(value.type).toBe(event);
    if (event === 'message_start') {
      expect(begun, 'a second message_start').toBe(false);
      begun = true;
    }
    if (value.delta?.type === 'text_delta') said.push(value.delta.text ?? '');
    if (event === 'message_stop') ended = 'whole';
    if (event === 'error') {
      expectErrorShape(value);
      ended = 'error';
    }
  }
  expect(ended, 'a stream without an end').not.toBeNull();
  return { text: said.join(''), isWhole: ended === 'whole' };
}

function readAnswer(session: string, stream: boolean, answer: ReceivedAnswer): Sight {
  const { status } = answer;
  if (status !== 200) {
    expectErrorShape(answer.json());
    return { session, kind: 'refused', text: '', status };
  }
  if (!stream) {
    // The head of a whole answer promises its length: one that cannot be kept ends the connection.
    if (!answer.complete) return { session, kind: 'broken-off', text: '', status };
    const { content } = answer.json() as { content: { text?: string }[] };
    return { session, kind: 'answer', text: content.map(({ text = '' }) => text).join(''), status };
  }
  const { text, isWhole } = readStream(answer.text());
  return { session, kind: isWhole ? 'answer' : 'broken-off', text, status };
}

async function askOnce(gateway: TestGateway, number: number, random: () => number): Promise<Sight> {
  const session = `chaos-${number}`;
  const stream = random() < 0.75;
  const leaves = random() < 0.03;
  const exchange = sendRequest(`${gateway.url}/v1/messages?beta=true`, {
    method: 'POST',
    body: messagesBody({
      model: `claude-chaos-${number % 10}`,
      stream,
      messages: [{ role: 'user', content: `ask-${number}.` }],
    }),
    headers: [gateway.key(), ['Content-Type', 'application/json'], ['X-Claude-Code-Session-Id', session]],
  });
  if (leaves) {
    await (number % 2 === 0 ? exchange.head : exchange.received('text_delta')).catch(() => undefined);
    exchange.destroy();
    const gone = await exchange.answer.catch(() => null);
    return { session, kind: 'left', text: '', status: gone?.status ?? null };
  }
  return readAnswer(session, stream, await exchange.answer);
}

/** Each row of the ledger, however many there are. */
async function allRows({ control }: TestGateway): Promise<Map<string, ExchangeRow[]>> {
  const bySession = new Map<string, ExchangeRow[]>();
  let before: string | undefined;
  for (;;) {
    const { rows } = await control.call('exchanges.list', {
      limit: 500,
      ...(before === undefined ? {} : { before }),
    });
    for (const row of rows) {
      const session = row.sessionId ?? '';
      bySession.set(session, [...(bySession.get(session) ?? []), row]);
    }
    const last = rows.at(-1);
    if (last === undefined || rows.length < 500) return bySession;
    before = last.id;
  }
}

/** What each upstream was to say to each client, by `PROVIDER SESSION`. */
function plans(upstreams: readonly ChaosUpstream[]): Map<string, PlannedAnswer[]> {
  const found = new Map<string, PlannedAnswer[]>();
  for (const upstream of upstreams) {
    for (const { request, answer } of upstream.served()) {
      const number = /ask-(\d+)\./.exec(request.body.toString('utf8'))?.[1];
      const name = `${upstream.id} chaos-${number ?? '?'}`;
      found.set(name, [...(found.get(name) ?? []), answer]);
    }
  }
  return found;
}

function expectRight(
  sight: Sight,
  row: ExchangeRow,
  planned: readonly PlannedAnswer[],
  upstream: ChaosUpstream | undefined,
): void {
  switch (sight.kind) {
    case 'answer': {
      const mine = planned.find(({ text }) => text === sight.text);
      expect(mine, `"${sight.text}" is no answer to ${sight.session}`).toBeDefined();
      if (mine === undefined || upstream === undefined) return;
      const { inputTokens, cacheReadTokens, outputTokens } = mine;
      const counts = {
        inputTokens,
        cacheReadTokens,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 0,
        outputTokens,
      };
      const price = upstream.model === 'claude-opus-5-5' ? listPrices['claude-opus-5-5'] : foreign;
      expect(row).toMatchObject({
        state: 'completed',
        status: 200,
        modelServed: upstream.model,
        ...counts,
        costNanoUsd: costOf(price, counts),
        usageBasis: 'reported',
        priceEstimated: false,
      });
      return;
    }
    case 'broken-off':
      expect(row).toMatchObject({ state: 'failed', status: 200 });
      expect(
        planned.some(({ text }) => text.startsWith(sight.text)),
        sight.text,
      ).toBe(true);
      return;
    case 'refused':
      expect(row).toMatchObject({ state: 'failed', status: sight.status, costNanoUsd: 0, outputTokens: 0 });
      return;
    case 'left':
      expect(row.state).not.toBe('live');
  }
}

async function startChaos(): Promise<ChaosUpstream[]> {
  // A generator for each: what one upstream does must not hang on the order in which others are asked.
  const random = (part: number): (() => number) => seededRandom(seed * 31 + part);
  const most = requests * 2 + 50;
  return Promise.all([
    startAnthropicChaos('claude-one', random(1)),
    startAnthropicChaos('claude-two', random(2)),
    startTranslatedChaos('openai', random(3), most),
    startTranslatedChaos('groq', random(4), most),
    startTranslatedChaos('google', random(5), most),
  ]);
}

function configOf(upstreams: readonly ChaosUpstream[]): Record<string, unknown> {
  const targets = upstreams.map(({ id, model }) => ({ provider: id, model }));
  const price = { input: '2', output: '8', cacheRead: '0.5' };
  return {
    providers: upstreams.map(({ settings }) => settings),
    // Ten orders, so that every provider is first, and last, of some.
    routes: Array.from({ length: 10 }, (_, number) => {
      const turned = [...targets.slice(number % 5), ...targets.slice(0, number % 5)];
      return {
        match: { model: `claude-chaos-${number}` },
        sticky: false,
        to: number < 5 ? turned : turned.toReversed(),
      };
    }),
    prices: Object.fromEntries(upstreams.slice(2).map(({ model }) => [model, price])),
    budgets: [
      { id: 'all', scope: { type: 'all' }, period: 'lifetime', limit: { usd: '900000' }, mode: 'hard' },
    ],
  };
}

test(
  `B1, P15, P17, P21, T53, T54, T160, T165, T166, T167: ${requests} requests, five failing providers, every client right`,
  { timeout: patience },
  async ({ onTestFailed, onTestFinished }) => {
    const upstreams = await startChaos();
    onTestFailed(() => console.log(`chaos seed: ${seed}`));
    onTestFinished(async () => {
      for (const upstream of upstreams) await upstream.close();
    });
    const gateway = await startGateway({
      config: configOf(upstreams),
      environment: Object.fromEntries(upstreams.map(({ id, key }) => [keyName(id), key])),
    });
    onTestFinished(() => gateway.dispose());
    const random = seededRandom(seed);
    const sights: Sight[] = [];
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let number = next++; number < requests; number = next++) {
        sights.push(await askOnce(gateway, number, random));
        // Resting providers would make a calm run of it.
        if (number % 8 === 0) await gateway.control.call('health.reset', {});
      }
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
    await gateway.control.waitForExchanges((rows) => rows.every(({ state }) => state !== 'live'));

    const rows = await allRows(gateway);
    const planned = plans(upstreams);
    expect(upstreams.flatMap((upstream) => upstream.problems())).toEqual([]);
    expect([sights.length, rows.size]).toEqual([requests, requests]);
    let cost = 0;
    for (const sight of sights) {
      const [row, ...more] = rows.get(sight.session) ?? [];
      expect(more, `two rows of ${sight.session}`).toEqual([]);
      if (row === undefined) throw new Error(`no row of ${sight.session}`);
      cost += row.costNanoUsd;
      const upstream = upstreams.find(({ id }) => id === row.provider);
      expectRight(sight, row, planned.get(`${row.provider} ${sight.session}`) ?? [], upstream);
    }
    // The run must have been what its name says.
    for (const kind of ['answer', 'broken-off', 'left', ...(isLongRun ? ['refused'] : [])])
      expect(sights.filter((sight) => sight.kind === kind).length, kind).toBeGreaterThan(0);
    const byProvider = new Set([...rows.values()].flat().map(({ provider }) => provider));
    expect(byProvider.size).toBeGreaterThanOrEqual(5);

    const [budget] = (await gateway.control.call('budget.list', {})).budgets;
    expect([budget?.used, budget?.reserved]).toEqual([cost, 0]);
    expect(await gateway.control.totals()).toMatchObject({ exchanges: requests, costNanoUsd: cost });
    // Connections of requests that got no answer are closed, not forgotten.
    const hung = upstreams.flatMap((upstream) => upstream.served().filter(({ answer }) => answer.hangs));
    expect(hung.length).toBeGreaterThan(0);
    await Promise.all(hung.map(({ request }) => request.socketClosed));
    expect(await gateway.stop()).toMatchObject({ code: 0 });
  },
);
