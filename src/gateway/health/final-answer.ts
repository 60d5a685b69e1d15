// When the next place is tried, and what the client is told when none answered (P21, T167, trap 54). Pure.
import type { SkippedPlace } from '../router/types.ts';

/**
 * True for answers after which another place may do better: 401, 403, 404, 408, 429 and everything from 500. All
 * other refusals are the request's own fault and would be the same anywhere.
 */
export function isFailoverStatus(status: number): boolean {
  return status >= 500 || [401, 403, 404, 408, 429].includes(status);
}

/** What to relay, first kind first; of each kind the last one counts. */
const order: readonly ((status: number) => boolean)[] = [
  (status) => status === 429,
  (status) => status === 401 || status === 403,
  (status) => status === 404,
  (status) => status === 501,
  (status) => status >= 400 && status < 500,
];

/**
 * Position of the answer whose body is relayed; null when our own 502 says more. `statuses`: of the attempts in their
 * order, null where nothing was answered. A place that was alone speaks for itself.
 */
export function chooseFinalAnswer(statuses: readonly (number | null)[]): number | null {
  if (statuses.length === 1) return statuses[0] == null ? null : 0;
  for (const isWanted of order) {
    const index = statuses.findLastIndex((status) => status !== null && isWanted(status));
    if (index !== -1) return index;
  }
  return null;
}

/** One place that was tried. */
export interface SaidAttempt {
  readonly provider: string;
  readonly status: number | null;
  /** A few words or a sentence. */
  readonly reason: string;
  /** When it may be tried again, milliseconds since the epoch. */
  readonly until: number | null;
}

/** One sentence that lists every place with its reason, and when a retry can help first. */
export function sayAttempts(
  attempts: readonly SaidAttempt[],
  skipped: readonly SkippedPlace[],
  clock: (at: number) => string,
): string {
  const again = (until: number | null): string => (until === null ? '' : ` (again at ${clock(until)})`);
  const tried = attempts.map(({ provider, status, reason, until }) => {
    const what = [status === null ? '' : String(status), withoutEnd(reason)].filter((part) => part !== '');
    return `${provider}: ${what.join(', ')}${again(until)}`;
  });
  const left = skipped.map(({ provider, why, until }) => `${provider}: ${withoutEnd(why)}${again(until)}`);
  const times = [...attempts, ...skipped].flatMap(({ until }) => (until === null ? [] : [until]));
  const earliest = times.length === 0 ? '' : `; the earliest retry is at ${clock(Math.min(...times))}`;
  const list = [...tried, ...left].join('; ');
  return `No provider answered${list === '' ? '' : `: ${list}`}${earliest}.`;
}

const withoutEnd = (text: string): string => text.trim().replace(/\.$/, '');
