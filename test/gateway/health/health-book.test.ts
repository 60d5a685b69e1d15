// The health book: what a failure concerns, for how long, what clears it, and what the list of providers says.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HealthView } from '../../../src/contract/routing.ts';
import { Settings } from '../../../src/contract/settings.ts';
import { AttemptReports } from '../../../src/gateway/health/attempt-health.ts';
import { HealthBook } from '../../../src/gateway/health/health-book.ts';
import type { Lease } from '../../../src/gateway/health/health-book.ts';
import type { Candidate } from '../../../src/gateway/router/types.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const START = Date.UTC(2026, 10, 23, 12);
const place = (provider = 'a', key = 'k1', model = 'm'): Candidate => ({ provider, key, model });

function start() {
  const book = new HealthBook();
  const clock = { now: START };
  const reports = new AttemptReports(book, () => clock.now);
  const attempt = (where: Candidate = place()): Candidate => {
    const one = { ...where };
    reports.began(one);
    return one;
  };
  const refuse = (where: Candidate, status: number, headers: string[] = [], body = ''): void =>
    reports.refused(attempt(where), status, headers, Buffer.from(body));
  const restOf = (where: Candidate = place()): number | null => {
    const { available, until } = book.look(where, clock.now);
    return available ? null : (until ?? clock.now) - clock.now;
  };
  return { book, clock, reports, attempt, refuse, restOf };
}

describe('what a refusal does', () => {
  it.each([
    ['401: the key', 401, [], '', 5 * MINUTE, 'key'],
    ['402: the key', 402, [], '', 10 * MINUTE, 'key'],
    ['403: the key’s use of the model', 403, [], '', 5 * MINUTE, 'model'],
    ['429 with a time', 429, ['Retry-After', '17'], '', 17 * SECOND, 'key'],
    ['429 with milliseconds', 429, ['retry-after-ms', '1500', 'retry-after', '2'], '', 1500, 'key'],
    ['429 with a date', 429, ['retry-after', 'Mon, 23 Nov 2026 12:00:30 GMT'], '', 30 * SECOND, 'key'],
    ['429 with a day: one hour at most', 429, ['retry-after', '86400'], '', 60 * MINUTE, 'key'],
    ['429 without a time', 429, [], '', 5 * SECOND, 'key'],
    ['429 with words that mean nothing', 429, ['retry-after', 'soon'], '', 5 * SECOND, 'key'],
    ['429 of an empty account', 429, [], '{"code":"insufficient_quota"}', 10 * MINUTE, 'key'],
    ['400 of an empty account', 400, [], 'Your credit balance is too low', 10 * MINUTE, 'key'],
    ['400 that means a limit', 400, [], 'rate limit exceeded', 5 * SECOND, 'key'],
    ['529', 529, [], '', 5 * SECOND, 'provider'],
    ['529 with a time', 529, ['retry-after', '3'], '', 3 * SECOND, 'provider'],
    ['503 with a time', 503, ['retry-after', '90'], '', 90 * SECOND, 'provider'],
  ] as const)('T163, T164: %s rests at once', (_, status, headers, body, rest, scope) => {
    const { refuse, restOf } = start();
    refuse(place(), status, [...headers], body);
    expect(restOf()).toBe(rest);
    const others = [place('a', 'k1', 'other'), place('a', 'k2'), place('b')].map((one) => restOf(one));
    const rested = { key: [rest, null, null], model: [null, null, null], provider: [rest, rest, null] };
    expect(others).toEqual(rested[scope]);
  });

  it.each([500, 502, 503, 504, 408])('T163: %s rests the provider at the third in a row', (status) => {
    const { refuse, restOf } = start();
    refuse(place(), status);
    refuse(place('a', 'k2'), status);
    expect(restOf()).toBeNull();
    refuse(place('a', 'k3', 'n'), status);
    expect(restOf(place('a', 'k9', 'z'))).toBe(5 * SECOND);
  });

  it.each([404, 501])('%s rests the model alone, at the third in a row', (status) => {
    const { refuse, restOf } = start();
    for (let time = 0; time < 3; time++) refuse(place(), status);
    expect([restOf(), restOf(place('a', 'k1', 'n'))]).toEqual([5 * SECOND, null]);
  });

  it.each([400, 405, 409, 413, 414, 415, 422])(
    'T164: %s is the request’s own fault and counts nothing',
    (status) => {
      const { refuse, restOf, book, clock } = start();
      for (let time = 0; time < 5; time++) refuse(place(), status, [], 'invalid');
      expect(restOf()).toBeNull();
      expect(book.views([{ id: 'a', keys: ['k1'] }], clock.now)[0]?.samples).toBe(0);
    },
  );

  it('a client that leaves and a budget that refuses count nothing', () => {
    const { reports, attempt, restOf } = start();
    for (let time = 0; time < 5; time++) reports.leftOpen(attempt());
    expect(restOf()).toBeNull();
  });

  it('three broken connections rest the provider; an answer in between clears them', () => {
    const { reports, attempt, restOf } = start();
    const breaks = (): void => reports.failed(attempt(), 'The connection was closed.');
    breaks();
    breaks();
    reports.answered(attempt(), 10);
    breaks();
    breaks();
    expect(restOf()).toBeNull();
    breaks();
    expect(restOf()).toBe(5 * SECOND);
  });
});

describe('coming back', () => {
  it('one request at a time probes a place whose rest is over, until its answer begins', () => {
    const { reports, attempt, refuse, restOf, clock, book } = start();
    refuse(place(), 529);
    clock.now += 5 * SECOND;
    const probe = place();
    expect(reports.mayBegin(probe)).toBe(true);
    reports.began(probe);
    expect(reports.mayBegin(place())).toBe(false);
    expect(book.look(place(), clock.now)).toMatchObject({ available: false, until: null, why: '529' });
    reports.started(probe, 300);
    expect(reports.mayBegin(place())).toBe(true);
    reports.answered(probe, 300);
    expect(restOf()).toBeNull();
    reports.answered(attempt(), 300);
    expect(book.views([{ id: 'a', keys: ['k1'] }], clock.now)[0]?.state).toBe('ready');
  });

  it('a place that is back knows since when, so that sessions need not flap', () => {
    const { refuse, clock, book, attempt, reports } = start();
    refuse(place(), 429, ['retry-after', '60']);
    clock.now += 3 * MINUTE;
    expect(book.look(place(), clock.now)).toMatchObject({ available: true, troubledAt: START + MINUTE });
    reports.answered(attempt(), 5);
    expect(book.look(place(), clock.now).troubledAt).toBe(START + MINUTE);
  });

  it('trap 51: a reset clears every cause at once, for one provider or for all', () => {
    const { refuse, restOf, book } = start();
    const places = [place('a'), place('a', 'k2'), place('b')];
    refuse(place('a'), 401);
    refuse(place('a', 'k2'), 403);
    refuse(place('a'), 529);
    refuse(place('b'), 402);
    book.reset('a');
    expect(places.map((one) => restOf(one))).toEqual([null, null, 10 * MINUTE]);
    expect(book.look(place('a'), START).troubledAt).toBeNull();
    book.reset();
    expect(restOf(place('b'))).toBeNull();
  });

  it('a changed key, address or provider is tried at once; a late answer to the old one changes nothing', () => {
    const { refuse, restOf, book, attempt, reports } = start();
    const settings = (more: object) =>
      Settings.parse({ version: 1, providers: [{ id: 'a', type: 'anthropic', ...more }] });
    book.adopt(settings({ credential: 'env:OLD' }));
    const late = attempt(place('a', 'env:OLD'));
    refuse(place('a', 'env:OLD'), 401);
    book.adopt(settings({ credential: 'env:OLD', label: 'Mine' }));
    expect(restOf(place('a', 'env:OLD'))).toBe(5 * MINUTE);
    book.adopt(settings({ credential: 'env:NEW' }));
    reports.refused(late, 401, [], Buffer.alloc(0));
    expect(restOf(place('a', 'env:OLD'))).toBeNull();
    refuse(place('a', 'vault:x'), 401);
    book.forgetKey('vault:x');
    expect(restOf(place('a', 'vault:x'))).toBeNull();
  });

  it('a place is reported on once, however often it is told', () => {
    const { reports, attempt, book, clock } = start();
    const one = attempt();
    reports.failed(one, 'x');
    reports.failed(one, 'x');
    reports.failed(one, 'x');
    expect(book.look(one, clock.now).available).toBe(true);
    expect(book.views([{ id: 'a', keys: [] }], clock.now)[0]?.samples).toBe(1);
  });
});

describe('the list', () => {
  it('shows success rate, last error, speeds, and what rests until when', () => {
    const { reports, attempt, refuse, clock, book } = start();
    for (let time = 0; time < 60; time++) reports.answered(attempt(), 100);
    reports.answered(attempt(), 200);
    for (let time = 0; time < 5; time++) reports.failed(attempt(place('a', 'k1', 'n')), 'It fell silent.');
    book.reset();
    refuse(place('a', 'k2'), 401);
    refuse(place('a', 'k1', 'secret-model'), 403);
    const [view, unknown] = book.views(
      [
        { id: 'a', keys: ['k1', 'k2'] },
        { id: 'b', keys: ['none'] },
      ],
      clock.now,
    );
    expect(HealthView.parse(view)).toEqual({
      provider: 'a',
      state: 'ready',
      until: null,
      why: '',
      successRate: 0.86,
      samples: 50,
      lastError: { at: START, sentence: 'It does not allow this key to use the model (status 403).' },
      keys: [
        { key: 'k1', state: 'ready', until: null, why: '' },
        { key: 'k2', state: 'resting', until: START + 5 * MINUTE, why: '401' },
      ],
      models: [{ key: 'k1', model: 'secret-model', state: 'resting', until: START + 5 * MINUTE, why: '403' }],
      speeds: [{ model: 'm', firstByteMs: 130 }],
    });
    expect(unknown).toMatchObject({ state: 'ready', successRate: null, lastError: null });
  });

  it('a provider rests when all its keys do, until the first of them is back', () => {
    const { refuse, book, clock } = start();
    refuse(place('a', 'k1'), 429, ['retry-after', '50']);
    refuse(place('a', 'k2'), 429, ['retry-after', '20']);
    const of = (keys: string[]) => book.views([{ id: 'a', keys }], clock.now)[0];
    expect(of(['k1', 'k2'])).toMatchObject({ state: 'resting', until: START + 20 * SECOND, why: '429' });
    expect(of(['k1', 'k2', 'k3'])).toMatchObject({ state: 'ready' });
    expect(of([])).toMatchObject({ state: 'ready' });
  });

  it('the first token of one answer is measured once', () => {
    const { reports, attempt, clock, book } = start();
    reports.answered(attempt(), 100);
    const one = attempt();
    reports.started(one, 200);
    reports.started(one, 200);
    reports.answered(one, 200);
    expect(book.speed('a', 'm', clock.now)).toBe(130);
  });

  it('a speed measured long ago is not known any more', () => {
    const { reports, attempt, clock, book } = start();
    reports.answered(attempt(), 100);
    expect(book.speed('a', 'm', clock.now)).toBe(100);
    clock.now += 16 * MINUTE;
    expect(book.speed('a', 'm', clock.now)).toBeNull();
  });
});

describe('any sequence', () => {
  const step = fc.record({
    act: fc.constantFrom('begin', 'started', 'answered', 'failed', 'refused', 'left', 'wait', 'reset'),
    provider: fc.constantFrom('a', 'b'),
    key: fc.constantFrom('k1', 'k2'),
    status: fc.constantFrom(400, 401, 403, 404, 429, 500, 529),
    pick: fc.nat(20),
    wait: fc.nat(20_000),
  });

  it('of requests that look before they begin, never two probe one place at once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), (steps) => {
        const book = new HealthBook();
        const out: Lease[] = [];
        let now = START;
        for (const { act, provider, key, status, pick, wait } of steps) {
          if (act === 'begin') {
            const where = place(provider, key);
            if (book.look(where, now).available) out.push(book.begin(where, now));
          } else if (act === 'wait') now += wait;
          else if (act === 'reset') {
            book.reset();
            out.length = 0;
          } else {
            const lease = out[pick % Math.max(out.length, 1)];
            if (lease === undefined) continue;
            if (act === 'started') book.started(lease, 10, now);
            else if (act === 'left') book.release(lease);
            else if (act === 'answered') book.report(lease, { kind: 'answered' }, now);
            else {
              const scope = status === 401 ? 'key' : status === 403 ? 'model' : 'provider';
              const rest = status === 529 ? 'backoff' : status === 429 ? 30_000 : 'count';
              book.report(lease, { kind: 'failed', scope, rest, why: 'x', sentence: 'x' }, now);
            }
            if (lease.done) out.splice(out.indexOf(lease), 1);
          }
          for (const scope of ['provider', 'key', 'model'] as const) {
            const probing = out.filter(({ passes }) => passes[scope].probes);
            const breakers = new Set(probing.map(({ passes }) => passes[scope].breaker));
            expect(breakers.size).toBe(probing.length);
          }
        }
      }),
    );
  });

  it('once all requests have ended, every place is free again after an hour', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const { reports, clock, book } = start();
        for (const { act, provider, key, status, wait } of steps) {
          clock.now += wait;
          const where = place(provider, key);
          reports.began(where);
          if (act === 'answered') reports.answered(where, 5);
          else if (act === 'left') reports.leftOpen(where);
          else reports.refused(where, status, [], Buffer.alloc(0));
        }
        clock.now += 60 * MINUTE;
        for (const provider of ['a', 'b'])
          for (const key of ['k1', 'k2'])
            expect(book.look(place(provider, key), clock.now).available).toBe(true);
      }),
    );
  });
});

describe('turns', () => {
  it('count when a rest begins and when it ends, and at nothing else', () => {
    const book = new HealthBook();
    const somewhere = { provider: 'p', key: 'env:K', model: 'm' };
    const turn = (outcome: Parameters<HealthBook['report']>[1], at: number): number => {
      book.report(book.begin(somewhere, at), outcome, at);
      return book.turns;
    };
    const failed = { kind: 'failed', scope: 'provider', rest: 1000, why: '529', sentence: 's' } as const;
    const answered = { kind: 'answered' } as const;
    expect(turn(answered, 0)).toBe(0);
    expect(turn(failed, 1)).toBe(1);
    expect(turn(answered, 2000)).toBe(2);
    expect(turn(answered, 2001)).toBe(2);
    expect(turn({ ...failed, rest: 'count' }, 3000)).toBe(2);
  });
});
