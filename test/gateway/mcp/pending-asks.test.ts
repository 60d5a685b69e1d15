// Held calls are answered exactly once: by the user, by time, or because the client left.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PendingAsks } from '../../../src/gateway/mcp/rules/pending-asks.ts';

const question = { server: 's', tool: 't', argumentsText: '{}', client: 'c', session: 'one' };
const makeAsks = () => {
  let number = 0;
  return new PendingAsks({
    newId: () => `ask_${++number}`,
    now: () => 1_000,
    patienceMs: 5_000,
    onChange: () => {},
    allowAlways: () => {},
  });
};
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('a held call', () => {
  it('counts as refused when nobody answers in time', async () => {
    const asks = makeAsks();
    const asked = asks.ask(question, new AbortController().signal);
    expect(asks.views).toMatchObject([{ askedAt: 1_000, expiresAt: 6_000 }]);
    vi.advanceTimersByTime(5_000);
    expect(await asked).toBe('expired');
    expect(asks.views).toEqual([]);
    expect(asks.answer('ask_1', 'always')).toBe(false);
  });

  it('allowed for the session is allowed for that session, server and tool only', async () => {
    const asks = makeAsks();
    const { signal } = new AbortController();
    const asked = asks.ask(question, signal);
    asks.answer('ask_1', 'session');
    expect(await asked).toBe('allowed');
    expect(await asks.ask(question, signal)).toBe('allowed');
    for (const other of [{ session: 'two' }, { tool: 'u' }, { server: 'r' }, { session: null }])
      void asks.ask({ ...question, ...other }, signal);
    expect(asks.views.length).toBe(4);
    asks.forgetServer('s');
    void asks.ask(question, signal);
    expect(asks.views.length).toBe(5);
  });

  it('ends when its client leaves, and a hundred at a time are enough', async () => {
    const asks = makeAsks();
    const client = new AbortController();
    const asked = asks.ask(question, client.signal);
    client.abort();
    expect(await asked).toBe('gone');
    for (let number = 0; number < 100; number++) void asks.ask(question, new AbortController().signal);
    expect(await asks.ask(question, new AbortController().signal)).toBe('too-many');
  });
});
