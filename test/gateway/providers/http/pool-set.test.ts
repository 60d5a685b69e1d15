// The time limits of a provider's connections: what the settings say, else limits that no honest answer meets (T169, P22).
import { expect, test } from 'vitest';
import { limitsOf } from '../../../../src/gateway/providers/http/pool-set.ts';

test('T169: 10 s for a connection; an answer may begin, and pause, as long as the client waits (600 s)', () => {
  expect(limitsOf({})).toMatchObject({ connectMs: 10_000, headersMs: 600_000, silenceMs: 600_000 });
});

test('T169: each limit can be set', () => {
  expect(limitsOf({ connectSeconds: 3, headersSeconds: 900, silenceSeconds: 0.5 })).toMatchObject({
    connectMs: 3000,
    headersMs: 900_000,
    silenceMs: 500,
  });
});
