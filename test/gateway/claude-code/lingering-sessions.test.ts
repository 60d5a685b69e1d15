// Which sessions still come through after a disconnect: seen lately, latest first, never more than can be shown.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  createRecentSessions,
  describeLingering,
  LINGERING_MS,
} from '../../../src/gateway/claude-code/lingering-sessions.ts';

test('a session is listed with its project from when it was seen until half an hour of silence', () => {
  const sessions = createRecentSessions();
  sessions.see({ sessionId: 'a', project: '/acme' }, 0);
  sessions.see({ sessionId: 'b', project: null }, 1000);
  sessions.see({ sessionId: null, project: '/script' }, 1000);
  sessions.see({ sessionId: 'a', project: null }, 2000);
  expect(sessions.list(2000)).toEqual([
    { sessionId: 'a', project: '/acme', lastSeenAt: 2000 },
    { sessionId: 'b', project: null, lastSeenAt: 1000 },
  ]);
  expect(sessions.list(1000 + LINGERING_MS).map(({ sessionId }) => sessionId)).toEqual(['a']);
  expect(sessions.list(2000 + LINGERING_MS)).toEqual([]);
});

test('however many sessions come, the list stays small, each once, newest first', () => {
  const seen = fc.array(fc.record({ id: fc.nat(400), after: fc.nat(1000) }), { maxLength: 600 });
  fc.assert(
    fc.property(seen, (events) => {
      const sessions = createRecentSessions();
      let at = 0;
      for (const { id, after } of events)
        sessions.see({ sessionId: String(id), project: null }, (at += after));
      const list = sessions.list(at);
      expect(list.length).toBeLessThanOrEqual(200);
      expect(new Set(list.map(({ sessionId }) => sessionId)).size).toBe(list.length);
      expect(list.map(({ lastSeenAt }) => lastSeenAt)).toEqual(
        list.map(({ lastSeenAt }) => lastSeenAt).sort((one, other) => other - one),
      );
    }),
  );
});

test('the sentence says how many, where, and what to do', () => {
  const session = { sessionId: 'a', project: '/acme', lastSeenAt: 0 };
  expect(describeLingering([])).toBe(null);
  expect(describeLingering([session])).toMatch(
    /^One running session \(\/acme\) keeps .* restart that session\.$/,
  );
  expect(describeLingering([session, { ...session, sessionId: 'b', project: null }])).toMatch(
    /^2 running sessions \(\/acme\)/,
  );
});
