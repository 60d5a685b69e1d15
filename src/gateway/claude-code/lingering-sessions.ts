// Which Claude Code sessions came through lately. A running session keeps its old address when the settings are given
// back (measured), so after a disconnect these still come through, and the door stays open for them as a plain relay.
// Pure but for the list it keeps.
import type { LingeringSession } from '../../contract/rows.ts';

/** A session silent for so long is taken for ended. */
export const LINGERING_MS = 30 * 60 * 1000;
/** More sessions than this are never kept; the one silent for longest goes first. */
const MOST_KEPT = 200;

/** What is used of an exchange's row. */
export interface SeenExchange {
  readonly sessionId: string | null;
  readonly project: string | null;
}

export interface RecentSessions {
  /** Notes that a session's exchange went on or ended at this time; true when the session was not listed before. */
  see(exchange: SeenExchange, at: number): boolean;
  /** Sessions seen in the last half hour, the latest first. */
  list(now: number): LingeringSession[];
}

export function createRecentSessions(): RecentSessions {
  // In the order in which they were last seen, oldest first.
  const sessions = new Map<string, LingeringSession>();
  return {
    see({ sessionId, project }, at) {
      if (sessionId === null) return false;
      const known = sessions.get(sessionId);
      sessions.delete(sessionId);
      sessions.set(sessionId, { sessionId, project: project ?? known?.project ?? null, lastSeenAt: at });
      const oldest = sessions.keys().next();
      if (sessions.size > MOST_KEPT && oldest.done !== true) sessions.delete(oldest.value);
      return known === undefined || at - known.lastSeenAt >= LINGERING_MS;
    },
    list: (now) =>
      [...sessions.values()].filter(({ lastSeenAt }) => now - lastSeenAt < LINGERING_MS).reverse(),
  };
}

/** One sentence for people, or null when there is nothing to say. */
export function describeLingering(sessions: readonly LingeringSession[]): string | null {
  const [first] = sessions;
  if (first === undefined) return null;
  const places = [...new Set(sessions.flatMap(({ project }) => project ?? []))];
  const where =
    places.length === 0 ? '' : ` (${places.slice(0, 3).join(', ')}${places.length > 3 ? ', …' : ''})`;
  return sessions.length === 1
    ? `One running session${where} keeps the old address and still comes through Tollgate: leave Tollgate running until it has ended, or restart that session.`
    : `${sessions.length} running sessions${where} keep the old address and still come through Tollgate: leave Tollgate running until they have ended, or restart them.`;
}
