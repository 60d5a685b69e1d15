// The list of exchanges, one thin row each, live ones on top. A table for screen readers, but each row is laid out on
// its own, so that two hundred changes a second stay smooth. One stop for the Tab key, arrows between rows, Enter opens
// a row. Columns come and go with the width of the list, not of the window.
import { useRef, useState, type KeyboardEvent } from 'react';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { formatTime } from '../format/time.ts';
import { useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import { moveFocus } from '../components/move-focus.ts';
import { nameProvider } from './describe-exchange.ts';
import { ExchangeLine } from './exchange-line.tsx';
import styles from './exchange-list.module.css';

const heads: readonly { readonly column: string; readonly label: string; readonly title?: string }[] = [
  { column: 'time', label: 'Time' },
  { column: 'project', label: 'Project' },
  { column: 'session', label: 'Session' },
  { column: 'what', label: 'What' },
  { column: 'via', label: 'Via' },
  {
    column: 'tokens',
    label: 'In / cached / out',
    title: 'Input not from the cache, input read from the cache, output',
  },
  { column: 'cost', label: 'Cost' },
  { column: 'took', label: 'Took' },
  { column: 'outcome', label: 'Outcome' },
];

interface ExchangeListProps {
  readonly rows: readonly ExchangeRow[];
  /** Id of the heading that names the list. */
  readonly labelledBy: string;
  /** The row whose panel is open; null when none is. */
  readonly openId: string | null;
  readonly onOpen: (id: string) => void;
  /** Shows the session where there is room for one more column. */
  readonly withSessions?: boolean;
}

export function ExchangeList({ rows, labelledBy, openId, onOpen, withSessions = false }: ExchangeListProps) {
  const body = useRef<HTMLDivElement>(null);
  const [focusedId, setFocusedId] = useState<string | null>(null);
  const providers = useLive((state) => state.status?.providers);
  const now = useNow(10_000);
  const reachableId = rows.some((row) => row.id === focusedId) ? focusedId : rows[0]?.id;

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowLeft' || event.key === 'ArrowRight') return;
    const buttons = [...(body.current?.querySelectorAll<HTMLButtonElement>('[data-row]') ?? [])];
    const from = buttons.findIndex((button) => button === document.activeElement);
    const next = from < 0 ? null : moveFocus(event.key, from, buttons.length);
    if (next === null) return;
    event.preventDefault();
    buttons[next]?.focus();
  };

  return (
    <div className={styles.frame}>
      <div
        role="table"
        className={styles.list}
        aria-labelledby={labelledBy}
        data-sessions={withSessions ? true : undefined}
      >
        <div role="rowgroup">
          <div role="row" className={styles.heads}>
            {heads.map((head) => (
              <span key={head.label} role="columnheader" className={styles[head.column]} title={head.title}>
                {head.label}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" ref={body} onKeyDown={onKeyDown}>
          {rows.map((row) => (
            <ExchangeLine
              key={row.id}
              row={row}
              when={formatTime(row.startedAt, now)}
              via={nameProvider(row, providers ?? [])}
              reachable={row.id === reachableId}
              open={row.id === openId}
              onOpen={onOpen}
              onFocus={setFocusedId}
            />
          ))}
        </div>
      </div>
    </div>
  );
}
