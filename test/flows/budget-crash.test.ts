// kill -9 under load, again and again: what the budgets and the ledger say is what the upstream, which keeps its own books,
// has served; nothing stays reserved, and the budget is never passed (B6, B8, B17, traps 56, 57).
import { expect, test } from 'vitest';
import { encodeEvent, messageEvents, sseHeaders } from '../support/anthropic-answers.ts';
import { costOf, listPrices, tokens } from '../support/expected-cost.ts';
import { patience, runs } from '../support/long-runs.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-opus-5-5';
const price = listPrices[model];
const REQUESTS = 6;
const full = tokens({ inputTokens: 20, outputTokens: 300 });
/** What an answer that stops behind its first event has cost by its own word. */
const begun = tokens({ inputTokens: 20, outputTokens: 1 });
const events = messageEvents({ model, usage: full, blocks: [{ type: 'text', text: 'hello' }] }).map((event) =>
  encodeEvent(event),
);
const isHung = (session: string): boolean => /-[024]$/.test(session);

/** Answers by the session's name: those that end in an even digit hang behind their first event. */
async function startCrashRig(): Promise<Rig> {
  const rig = await startRig({
    budgets: [
      { id: 'all', scope: { type: 'all' }, period: 'lifetime', limit: { usd: '900.00' }, mode: 'hard' },
      { id: 'tokens', scope: { type: 'all' }, period: 'month', limit: { tokens: 900_000_000 }, mode: 'hard' },
    ],
  });
  rig.upstream.setAnswer(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    const session = exchange.request.values('x-claude-code-session-id')[0] ?? '';
    await exchange.send(events[0] ?? '');
    if (isHung(session)) return;
    for (const event of events.slice(1)) if (!(await exchange.send(event))) return;
    exchange.end();
  });
  return rig;
}

interface Round {
  readonly sessions: readonly string[];
  /** True for those whose client had all of its answer. */
  readonly complete: readonly boolean[];
}

async function crashOnce(rig: Rig, name: string, atRandom: boolean): Promise<Round> {
  const sessions = Array.from({ length: REQUESTS }, (_, index) => `${name}-${index}`);
  const body = messagesBody({ model, max_tokens: 300 });
  const running = sessions.map((session) => rig.open(body, [sessionHeader(session)]));
  const answers = Promise.allSettled(running.map(({ answer }) => answer));
  if (atRandom) {
    await Promise.race(running.map((exchange) => exchange.received('message_start').catch(() => undefined)));
  } else {
    await rig.gateway.control.waitForExchanges((rows) => {
      const mine = rows.filter(({ sessionId }) => sessions.includes(sessionId ?? ''));
      const ready = (row: (typeof mine)[number]): boolean =>
        row.state === 'completed' || (isHung(row.sessionId ?? '') && row.inputTokens > 0);
      return mine.length === REQUESTS && mine.every(ready);
    });
  }
  await rig.gateway.kill9();
  const ends = await answers;
  await rig.gateway.restart();
  return { sessions, complete: ends.map((end) => end.status === 'fulfilled' && end.value.complete) };
}

test(
  'after many kills under load, budgets and ledger are the upstream’s own count to the nano-dollar',
  async () => {
    const rig = await startCrashRig();
    let counted = 0;
    let countedTokens = 0;
    for (let round = 0; round < runs(24, 1000); round += 1) {
      const atRandom = round % 3 === 2;
      const { sessions, complete } = await crashOnce(rig, `round-${round}`, atRandom);
      const rows = (await rig.gateway.control.exchanges()).filter((row) =>
        sessions.includes(row.sessionId ?? ''),
      );
      expect(rows.filter(({ state }) => state === 'live')).toEqual([]);
      sessions.forEach((session, index) => {
        const row = rows.find(({ sessionId }) => sessionId === session);
        const served = row === undefined ? 0 : row.costNanoUsd;
        if (complete[index] === true) expect([session, served]).toEqual([session, costOf(price, full)]);
        else if (!atRandom)
          expect([session, served, row?.unconfirmed]).toEqual([session, costOf(price, begun), true]);
        else expect(served).toBeLessThanOrEqual(costOf(price, full));
        counted += served;
        countedTokens += (row?.inputTokens ?? 0) + (row?.outputTokens ?? 0);
      });
      if (!atRandom) expect(complete.filter(Boolean).length).toBe(REQUESTS / 2);
      const { budgets } = await rig.gateway.control.call('budget.list', {});
      expect(budgets.map(({ used, reserved }) => [used, reserved])).toEqual([
        [counted, 0],
        [countedTokens, 0],
      ]);
      expect((await rig.gateway.control.totals()).costNanoUsd).toBe(counted);
    }
    await rig.close();
  },
  // Every round starts a gateway.
  4 * patience,
);
