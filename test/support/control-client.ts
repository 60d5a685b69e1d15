// Control over HTTP as the window uses it: typed calls, and waiting for a change by listening to /control/events instead
// of asking again and again.
import {
  controlMethods,
  type ControlInput,
  type ControlMethod,
  type ControlOutput,
} from '../../src/contract/control-contract.ts';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import type { Totals, UsageGrouping } from '../../src/contract/usage.ts';

export class ControlRefusal extends Error {
  readonly status: number;
  readonly body: string;
  constructor(method: string, status: number, body: string) {
    super(`${method} was answered ${status}: ${body}`);
    this.status = status;
    this.body = body;
  }
}

export type ControlClient = {
  call<M extends ControlMethod>(method: M, input: ControlInput<M>): Promise<ControlOutput<M>>;
  /** All exchanges, newest first (at most 500). */
  exchanges(): Promise<ExchangeRow[]>;
  /** Resolves with the rows as soon as `done` accepts them; asks again whenever an exchange changes. */
  waitForExchanges(done: (rows: ExchangeRow[]) => boolean): Promise<ExchangeRow[]>;
  /** Waits until `count` exchanges exist and none of them is live. */
  settled(count: number): Promise<ExchangeRow[]>;
  totals(): Promise<Totals>;
  groups(by: UsageGrouping): Promise<Map<string, Totals>>;
  close(): void;
};

export function openControl(url: string, controlKey: string): ControlClient {
  const closing = new AbortController();
  const headers = { authorization: `Bearer ${controlKey}`, 'content-type': 'application/json' };

  const call = async <M extends ControlMethod>(
    method: M,
    input: ControlInput<M>,
  ): Promise<ControlOutput<M>> => {
    const answer = await fetch(`${url}/control/${method}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(input),
    });
    const text = await answer.text();
    if (!answer.ok) throw new ControlRefusal(method, answer.status, text);
    return controlMethods[method].output.parse(JSON.parse(text)) as ControlOutput<M>;
  };
  const exchanges = async (): Promise<ExchangeRow[]> => (await call('exchanges.list', { limit: 500 })).rows;

  /** Yields once per piece of the event stream: at the start (the snapshot) and with every change. */
  async function* changes(signal: AbortSignal): AsyncGenerator<void> {
    const answer = await fetch(`${url}/control/events`, { headers, signal });
    if (!answer.ok || answer.body === null)
      throw new ControlRefusal('events', answer.status, await answer.text());
    for await (const _piece of answer.body) yield;
  }

  const waitForExchanges = async (done: (rows: ExchangeRow[]) => boolean): Promise<ExchangeRow[]> => {
    const listening = new AbortController();
    let rows: ExchangeRow[] = [];
    try {
      for await (const _change of changes(AbortSignal.any([listening.signal, closing.signal]))) {
        rows = await exchanges();
        if (done(rows)) return rows;
      }
    } finally {
      listening.abort();
    }
    throw new Error(`the gateway's events ended; last rows: ${JSON.stringify(rows)}`);
  };

  const report = (by?: UsageGrouping) =>
    call('usage.report', { since: 'all', ...(by === undefined ? {} : { by }) });
  return {
    call,
    exchanges,
    waitForExchanges,
    settled: (count) =>
      waitForExchanges((rows) => rows.length >= count && rows.every((row) => row.state !== 'live')),
    totals: async () => (await report()).totals,
    groups: async (by) => new Map((await report(by)).groups.map(({ key, ...totals }) => [key, totals])),
    close: () => closing.abort(),
  };
}
