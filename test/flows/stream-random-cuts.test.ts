// Contract: a stream comes out as the bytes that went in, however the network cuts it, and its usage row says what the
// stream said, to the token and the nano-dollar. (P9, P15, traps 36, 69, 70)
import { randomUUID } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Totals } from '../../src/contract/usage.ts';
import { streamPieces } from '../support/anthropic-answers.ts';
import { cutAtRandom, seededRandom } from '../support/byte-cuts.ts';
import { sumTotals, totalsOf } from '../support/expected-cost.ts';
import { sha256 } from '../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';
import { streamArbitrary, type GeneratedStream } from '../support/stream-arbitrary.ts';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

test('1,000 generated streams cut at random byte borders come out identical and are metered exactly', async () => {
  const expected = new Map<string, Totals>();
  const runOne = async (stream: GeneratedStream): Promise<void> => {
    const session = randomUUID();
    const pieces = cutAtRandom(stream.bytes, seededRandom(stream.cutSeed), stream.longestPiece);
    rig.upstream.enqueue(streamPieces(pieces));
    const answer = await rig.post(messagesBody({ model: stream.model }), [sessionHeader(session)]);
    expected.set(session, totalsOf(stream.model, stream.usage));
    expect(answer.status).toBe(200);
    expect(answer.complete).toBe(true);
    expect({ length: answer.body.length, sha256: answer.sha256 }).toEqual({
      length: stream.bytes.length,
      sha256: sha256(stream.bytes),
    });
  };
  await fc.assert(fc.asyncProperty(streamArbitrary, runOne), { numRuns: 1000, seed: 20_261_122 });

  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  expect(new Set(rows.map((row) => row.state))).toEqual(new Set(['completed']));
  const bySession = await rig.gateway.control.groups('session');
  const wrong = [...expected].filter(([session, totals]) => {
    const found = bySession.get(session);
    return (
      found === undefined ||
      Object.entries(totals).some(([key, value]) => found[key as keyof Totals] !== value)
    );
  });
  expect(wrong.slice(0, 3).map(([session, totals]) => ({ totals, found: bySession.get(session) }))).toEqual(
    [],
  );
  expect(await rig.gateway.control.totals()).toEqual(sumTotals(expected.values()));
}, 180_000);
