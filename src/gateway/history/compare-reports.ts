// Which of two reports of the same message is right. Pure, and a total order: however lines are repeated, cut or read
// in whatever sequence, the same one wins.
import type { MessageRow } from './message-columns.ts';

/** Where a message stands, as far as copies are told apart by it. */
export interface ReportPlace {
  /** When the file begins, milliseconds since the epoch. */
  readonly begunAt: number;
  readonly session: string;
  readonly agent: string;
  readonly project: string;
  readonly model: string;
  /** Of the file. */
  readonly path: string;
}

/**
 * Positive when `a` is the better report. Counts grow while an answer streams, and older versions of Claude Code wrote
 * lines before it ended: so a complete one wins, then the larger counts (traps 70 and 71). Between equal counts the
 * earliest line wins, and of copies the one in the file that was begun first: forks copy the lines of their origin.
 */
export function compareReports(
  a: MessageRow,
  b: MessageRow,
  placeOf: (origin: number) => ReportPlace,
): number {
  return (
    a.final - b.final ||
    a.outputTokens - b.outputTokens ||
    promptOf(a) - promptOf(b) ||
    a.cacheWrite1hTokens - b.cacheWrite1hTokens ||
    a.cacheWrite5mTokens - b.cacheWrite5mTokens ||
    a.cacheReadTokens - b.cacheReadTokens ||
    a.webSearchRequests - b.webSearchRequests ||
    b.at - a.at ||
    (a.origin === b.origin ? 0 : comparePlaces(placeOf(a.origin), placeOf(b.origin)))
  );
}

function comparePlaces(a: ReportPlace, b: ReportPlace): number {
  return (
    b.begunAt - a.begunAt ||
    compareText(b.session, a.session) ||
    compareText(b.agent, a.agent) ||
    compareText(b.project, a.project) ||
    compareText(b.model, a.model) ||
    compareText(b.path, a.path)
  );
}

const promptOf = (row: MessageRow): number =>
  row.inputTokens + row.cacheReadTokens + row.cacheWrite5mTokens + row.cacheWrite1hTokens;

const compareText = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1);
