// Which answers move on to the next place, and what the client gets when none answered.
import { describe, expect, it } from 'vitest';
import {
  chooseFinalAnswer,
  isFailoverStatus,
  sayAttempts,
} from '../../../src/gateway/health/final-answer.ts';
import { saysMoveOn } from '../../../src/gateway/health/judge-failure.ts';

describe('moving on', () => {
  it.each([401, 403, 404, 408, 429, 500, 501, 502, 503, 504, 520, 529])(
    'P21, T163, trap 49: %s moves on',
    (status) => expect(isFailoverStatus(status)).toBe(true),
  );
  it.each([200, 400, 402, 405, 406, 409, 410, 413, 414, 415, 422, 451])(
    'P21, T164, trap 49: %s does not',
    (status) => expect(isFailoverStatus(status)).toBe(false),
  );

  it.each([
    [400, 'The Model is currently OVERLOADED', ['currently overloaded'], true],
    [400, 'bad request', ['overloaded'], false],
    [422, 'overloaded', ['overloaded'], false],
    [400, 'Your credit balance is too low to access the API', undefined, true],
    [400, 'Rate limit exceeded', undefined, true],
    [400, 'messages: field required', undefined, false],
  ])('trap 49: %s "%s" with the user’s texts %j moves on: %s', (status, text, patterns, expected) => {
    expect(saysMoveOn(status, text, patterns)).toBe(expected);
  });
});

describe('when none answered', () => {
  it.each([
    ['a last 429 first', [429, 401, 429, 500], 2],
    ['else the last 401 or 403', [403, 404, 401, 500], 2],
    ['else the last 404', [404, 501, 404, 500], 2],
    ['else 501', [500, 501, null], 1],
    ['else another refusal that says something', [402, 500], 0],
    ['else our own', [500, 503, null, 529], null],
    ['nothing answered', [null, null], null],
    ['alone, it speaks for itself', [529], 0],
    ['alone and silent', [null], null],
    ['nothing tried', [], null],
  ])('P21, T167: %s', (_, statuses, expected) => {
    expect(chooseFinalAnswer(statuses)).toBe(expected);
  });

  it('trap 54: one sentence lists each provider with its reason and the earliest retry', () => {
    const clock = (at: number): string => `12:${String(at).padStart(2, '0')}`;
    expect(
      sayAttempts(
        [
          { provider: 'anthropic', status: 529, reason: 'Overloaded.', until: 9 },
          { provider: 'azure', status: null, reason: 'it could not be reached', until: null },
        ],
        [{ provider: 'google', why: 'rests after 429', until: 5 }],
        clock,
      ),
    ).toBe(
      'No provider answered: anthropic: 529, Overloaded (again at 12:09); azure: it could not be reached; google: rests after 429 (again at 12:05); the earliest retry is at 12:05.',
    );
    expect(sayAttempts([], [], clock)).toBe('No provider answered.');
  });
});
