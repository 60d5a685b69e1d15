// What the router is asked is read from the body as it stands: thinking and streaming by their top-level keys only, wherever
// those stand and in whatever pieces the body came.
import { describe, expect, it } from 'vitest';
import { isStreamed, routeQuestion } from '../../../src/gateway/exchange/route-question.ts';
import type { Exchange } from '../../../src/gateway/exchange/exchange.ts';
import type { ReadRequest } from '../../../src/gateway/exchange/prepare-attempt.ts';
import { ByteParts } from '../../../src/gateway/lib/byte-parts.ts';

const inParts = (body: string, size: number): ByteParts => {
  const bytes = Buffer.from(body);
  const parts = new ByteParts();
  for (let at = 0; at < bytes.length; at += size) parts.add(bytes.subarray(at, at + size));
  return parts;
};
const exchange = {
  requestClass: null,
  agentId: null,
  project: null,
  sessionId: 's',
  startedAt: 1,
} as Exchange;
const thinkingOf = (body: ByteParts): boolean =>
  routeQuestion(exchange, { body, facts: { model: 'm' } } as unknown as ReadRequest).thinking;

const long = 'x'.repeat(40_000);
describe.each([1_000_000, 7])('in parts of %i bytes', (size) => {
  it.each([
    [{ model: 'm', thinking: { type: 'adaptive' }, stream: true }, true, true],
    [
      { thinking: { type: 'enabled', budget_tokens: 5 }, messages: [long], safeguards: [long], stream: true },
      true,
      true,
    ],
    [{ thinking: { type: 'disabled' }, stream: false }, false, false],
    [{ messages: [{ thinking: { type: 'enabled' }, stream: true }] }, false, false],
    [{ stream: true, messages: ['"thinking":{"type":"enabled"}'], metadata: {} }, false, true],
    [{ messages: ['"stream":true}'] }, false, false],
  ])('%# says whether it thinks and streams', (body, thinks, streams) => {
    const parts = inParts(JSON.stringify(body), size);
    expect([thinkingOf(parts), isStreamed(parts)]).toEqual([thinks, streams]);
  });
});
