// One breaker: when it opens, for how long, who may try, and what closes it; then the same for any sequence of events.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Breaker } from '../../../src/gateway/health/breaker.ts';
import type { Pass } from '../../../src/gateway/health/breaker.ts';

const fails = (breaker: Breaker, now: number, rest: number | 'backoff' | 'count' = 'count'): void =>
  breaker.fail(breaker.enter(now), rest, '500', now);

describe('a breaker', () => {
  it('opens at the third failure in a row and says what it opened after', () => {
    const breaker = new Breaker();
    fails(breaker, 0);
    fails(breaker, 1);
    expect(breaker.state(1)).toBe('closed');
    fails(breaker, 2);
    expect([breaker.state(2), breaker.restUntil, breaker.why]).toEqual(['open', 5002, '500']);
  });

  it('a success in between starts the count anew', () => {
    const breaker = new Breaker();
    fails(breaker, 0);
    fails(breaker, 0);
    breaker.succeed(breaker.enter(0));
    fails(breaker, 0);
    fails(breaker, 0);
    expect(breaker.state(0)).toBe('closed');
  });

  it('rests twice as long each time its probe fails, five minutes at most', () => {
    const breaker = new Breaker();
    let now = 0;
    const rests: number[] = [];
    for (let round = 0; round < 9; round++) {
      fails(breaker, now, 'backoff');
      rests.push((breaker.restUntil ?? 0) - now);
      now = breaker.restUntil ?? 0;
    }
    expect(rests).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300].map((seconds) => seconds * 1000));
  });

  it('rests exactly as long as it was asked to', () => {
    const breaker = new Breaker();
    fails(breaker, 10, 1234);
    expect([breaker.state(1243), breaker.state(1244)]).toEqual(['open', 'half-open']);
  });

  it('requests that failed together open it once; of the rests asked for the longest counts', () => {
    const breaker = new Breaker();
    const together = Array.from({ length: 200 }, () => breaker.enter(0));
    together.forEach((pass, index) => breaker.fail(pass, 'backoff', '529', index));
    expect(breaker.restUntil).toBe(5000);
    const more = [breaker.enter(100), breaker.enter(100)];
    more.forEach((pass, index) => breaker.fail(pass, 60_000 - index * 30_000, '429', 100));
    expect(breaker.restUntil).toBe(60_100);
  });

  it('half open, one request probes; its success closes, its failure opens again', () => {
    const breaker = new Breaker();
    fails(breaker, 0, 'backoff');
    const probe = breaker.enter(5000);
    const second = breaker.enter(5000);
    expect([probe.probes, second.probes, breaker.state(5000)]).toEqual([true, false, 'probing']);
    breaker.fail(probe, 'count', '500', 5001);
    expect(breaker.restUntil).toBe(15_001);
    const next = breaker.enter(15_001);
    breaker.succeed(next);
    expect([breaker.state(15_001), breaker.restUntil]).toEqual(['closed', null]);
  });

  it('a probe that was given up makes room for the next', () => {
    const breaker = new Breaker();
    fails(breaker, 0, 'backoff');
    breaker.leave(breaker.enter(5000));
    expect(breaker.enter(5000).probes).toBe(true);
  });

  it('an answer to a request from before it opened closes nothing', () => {
    const breaker = new Breaker();
    const old = breaker.enter(0);
    fails(breaker, 1, 60_000);
    breaker.succeed(old);
    expect(breaker.state(2)).toBe('open');
  });

  it('knows since when it is well: the end of its rest, not its last failure', () => {
    const breaker = new Breaker();
    expect(breaker.troubledAt).toBeNull();
    fails(breaker, 7);
    expect(breaker.troubledAt).toBe(7);
    fails(breaker, 8, 60_000);
    breaker.succeed(breaker.enter(70_000));
    expect(breaker.troubledAt).toBe(60_008);
  });

  it('never two probes at once, never a pass while open that is a probe, closed only by a success', () => {
    const event = fc.oneof(
      fc.record({ kind: fc.constant('enter' as const), wait: fc.nat(20_000) }),
      fc.record({
        kind: fc.constantFrom('leave' as const, 'succeed' as const, 'count' as const, 'backoff' as const),
        which: fc.nat(30),
      }),
      fc.record({ kind: fc.constant('rest' as const), which: fc.nat(30), rest: fc.nat(100_000) }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 80 }), (events) => {
        const breaker = new Breaker();
        const out: Pass[] = [];
        let now = 0;
        for (const one of events) {
          const before = breaker.state(now);
          if (one.kind === 'enter') {
            now += one.wait;
            const state = breaker.state(now);
            const pass = breaker.enter(now);
            expect(pass.probes).toBe(state === 'half-open');
            out.push(pass);
          } else {
            const [pass] = out.splice(one.which % Math.max(out.length, 1), 1);
            if (pass === undefined) continue;
            if (one.kind === 'leave') breaker.leave(pass);
            else if (one.kind === 'succeed') breaker.succeed(pass);
            else breaker.fail(pass, one.kind === 'rest' ? one.rest : one.kind, 'x', now);
            if (before !== 'closed' && breaker.state(now) === 'closed') expect(one.kind).toBe('succeed');
            if (before === 'open' && one.kind !== 'succeed') expect(breaker.state(now)).toBe('open');
          }
          expect(out.filter(({ probes }) => probes).length).toBeLessThanOrEqual(1);
        }
      }),
    );
  });
});
