// The event stream under failure: lost is said at once, a refused key ends the attempts, what the browser gave up is
// opened again, a silent gateway is asked, and news of another contract is never shown as if it were understood.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { GatewayError, type GatewayClient } from '../../renderer/gateway-client.ts';
import { keepConnected, type Connection } from '../../renderer/live/keep-connected.ts';
import type { LiveEvent } from '../../renderer/live/live-state.ts';
import { makeMeter, makeRow, makeSnapshot } from '../support/sample-figures.ts';

const snapshot = makeSnapshot([makeRow('a', 10)], 0);

class FakeSource extends EventTarget {
  readyState = 1;
  close(): void {
    this.readyState = 2;
  }
  say(event: string, data: unknown): void {
    this.dispatchEvent(
      new MessageEvent(event, { data: typeof data === 'string' ? data : JSON.stringify(data) }),
    );
  }
  fail(readyState: number): void {
    this.readyState = readyState;
    this.dispatchEvent(new Event('error'));
  }
}

let sources: FakeSource[];
let told: LiveEvent[];
let connection: Connection;
let answer: (method: string) => unknown;

const source = (): FakeSource => sources.at(-1) ?? new FakeSource();
const kinds = (): string[] => told.map((event) => event.kind);
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
  vi.stubGlobal('EventSource', { CONNECTING: 0, OPEN: 1, CLOSED: 2 });
  sources = [];
  told = [];
  answer = () => snapshot;
  const client = {
    call: async (method: string) => answer(method),
    openEvents: () => {
      const opened = new FakeSource();
      sources.push(opened);
      return opened;
    },
  } as unknown as GatewayClient;
  connection = keepConnected(client, (event) => told.push(event), Date.now);
});

afterEach(() => {
  connection.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the stream', () => {
  it('passes on snapshots and changed exchanges with the time they were heard', () => {
    const meter = makeMeter([], 0);
    source().say('snapshot', snapshot);
    source().say('exchanges', { changed: [makeRow('b', 20)], meter });
    expect(told).toEqual([
      { kind: 'snapshot', at: 1_000, snapshot },
      { kind: 'exchanges', at: 1_000, changed: [makeRow('b', 20)], meter },
    ]);
  });

  it.each(['not json', '{"changed":[{}]}', 'null'])(
    'calls %s another version and stops listening',
    (data) => {
      source().say('exchanges', data);
      expect(kinds()).toEqual(['mismatch']);
      expect(source().readyState).toBe(2);
    },
  );

  it('is lost at the first error and left to the browser while the browser tries again', async () => {
    answer = () => {
      throw new GatewayError('unreachable', 'gone');
    };
    source().fail(0);
    await vi.advanceTimersByTimeAsync(10_000);
    expect(kinds()).toEqual(['lost']);
    expect(sources).toHaveLength(1);
  });

  it('is opened again when the browser gave it up', async () => {
    source().fail(2);
    await settle();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sources).toHaveLength(2);
    source().say('snapshot', snapshot);
    expect(kinds()).toEqual(['lost', 'snapshot']);
  });

  it('ends with "locked" when the key is refused, and asks no more', async () => {
    answer = () => {
      throw new GatewayError('locked', 'no key');
    };
    source().fail(2);
    await settle();
    await vi.advanceTimersByTimeAsync(300_000);
    expect(kinds()).toEqual(['lost', 'locked']);
    expect(sources).toHaveLength(1);
  });
});

describe('silence', () => {
  it('of a minute makes it ask for a snapshot, so that a new day or a sleep is noticed', async () => {
    await vi.advanceTimersByTimeAsync(75_000);
    expect(kinds()).toEqual(['snapshot']);
  });

  it('that turns out to be a hanging gateway is told as lost', async () => {
    answer = () => {
      throw new GatewayError('unreachable', 'no answer');
    };
    await vi.advanceTimersByTimeAsync(62_000);
    expect(kinds()).toEqual(['lost']);
    expect(sources).toHaveLength(2);
  });

  it('ended by news while asking lets the news win over the older answer', async () => {
    let give: (value: unknown) => void = () => {};
    answer = () => new Promise((resolve) => (give = resolve));
    await vi.advanceTimersByTimeAsync(60_000);
    source().say('snapshot', snapshot);
    give(makeSnapshot([], 0));
    await settle();
    expect(told).toEqual([{ kind: 'snapshot', at: 61_000, snapshot }]);
  });

  it('is not broken for a window that comes into view with fresh figures', async () => {
    source().say('snapshot', snapshot);
    connection.refresh(5_000);
    await settle();
    expect(kinds()).toEqual(['snapshot']);
  });
});
