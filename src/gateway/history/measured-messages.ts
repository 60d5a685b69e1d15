// Which messages of the logs the gateway measured itself, and so count as measured only (trap 72). What was measured
// once stays measured, also when the ledger is cleared or begun anew: too little rather than twice.
import type { ReadableDb, WritableDb } from '../ledger/open-database.ts';
import { checksum } from './checksum.ts';
import type { MeasuredExchange } from './measured-exchanges.ts';
import { messageColumns } from './message-columns.ts';
import type { MessageRow } from './message-columns.ts';
import { readOrigins } from './origins.ts';

interface Span {
  readonly from: number;
  readonly to: number;
}

export interface Measured {
  covers(message: MessageRow): boolean;
  /** Remembers exchanges; yields the messages already imported that they stand for. */
  add(exchanges: readonly MeasuredExchange[]): Generator<MessageRow>;
}

export function openMeasured(db: WritableDb, sessionOf: (origin: number) => string): Measured {
  const has = db.prepare('SELECT 1 FROM measured WHERE id_key = ?').pluck();
  const addId = db.prepare('INSERT OR IGNORE INTO measured VALUES (?)');
  const addSpan = db.prepare('INSERT OR IGNORE INTO measured_spans VALUES (?, ?, ?)');
  const spans = new Map<string, Span[]>();
  const rows = db.prepare('SELECT session, from_ms AS "from", to_ms AS "to" FROM measured_spans').all();
  for (const { session, ...span } of rows as (Span & { session: string })[]) addTo(spans, session, span);
  let isEmpty = db.prepare('SELECT 1 FROM measured LIMIT 1').get() === undefined;
  return {
    covers: ({ idKey, origin, at }) =>
      (!isEmpty && has.get(idKey) !== undefined) ||
      (spans.size > 0 && isWithin(spans.get(sessionOf(origin)), at)),
    *add(exchanges) {
      for (const exchange of exchanges) {
        if (exchange.messageId !== null) {
          addId.run(checksum(exchange.messageId));
          isEmpty = false;
        } else if (addSpan.run(exchange.session, exchange.from, exchange.to).changes > 0)
          addTo(spans, exchange.session, exchange);
      }
      yield* messagesOf(db, exchanges);
    },
  };
}

/** The imported messages that these exchanges stand for, each once. */
export function* messagesOf(db: ReadableDb, exchanges: Iterable<MeasuredExchange>): Generator<MessageRow> {
  const find = db.prepare(`SELECT ${messageColumns} FROM messages WHERE id_key = ?`);
  const found = new Set<string>();
  const spans = new Map<string, Span[]>();
  const isNew = (row: MessageRow): boolean => {
    const key = `${row.idKey} ${row.slot}`;
    return !found.has(key) && found.add(key) !== undefined;
  };
  for (const exchange of exchanges) {
    if (exchange.messageId === null) addTo(spans, exchange.session, exchange);
    else yield* (find.all(checksum(exchange.messageId)) as MessageRow[]).filter(isNew);
  }
  if (spans.size > 0) yield* withinSpans(db, spans).filter(isNew);
}

/** One pass over all messages: exchanges without a message id are rare. */
function withinSpans(db: ReadableDb, spans: ReadonlyMap<string, readonly Span[]>): MessageRow[] {
  const origins = new Map([...readOrigins(db)].filter(([, { session }]) => spans.has(session)));
  if (origins.size === 0) return [];
  const numbers = [...origins.keys()].join(', ');
  const rows = db.prepare(`SELECT ${messageColumns} FROM messages WHERE origin IN (${numbers})`).all();
  return (rows as MessageRow[]).filter((row) =>
    isWithin(spans.get(origins.get(row.origin)?.session ?? ''), row.at),
  );
}

const isWithin = (spans: readonly Span[] | undefined, at: number): boolean =>
  spans?.some(({ from, to }) => at >= from && at <= to) === true;

function addTo(spans: Map<string, Span[]>, session: string, span: Span): void {
  const known = spans.get(session);
  if (known === undefined) spans.set(session, [span]);
  else known.push(span);
}
