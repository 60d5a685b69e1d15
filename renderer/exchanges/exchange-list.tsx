// The list of exchanges, one thin row each, live ones on top. A table for screen readers; one stop for the Tab key,
// arrows between rows, Enter opens a row. Columns come and go with the width of the list, not of the window.
import { useRef, useState, type KeyboardEvent } from 'react';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { formatTime } from '../format/time.ts';
import { useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import { moveFocus } from '../components/move-focus.ts';
import { nameProvider } from './describe-exchange.ts';
import { ExchangeLine } from './exchange-line.tsx';
import styles from './exchange-list.module.css';

interface ExchangeListProps {
  readonly rows: readonly ExchangeRow[];
  /** Id of the heading that names the list. */
  readonly labelledBy: string;
  /** The row whose panel is open; null when none is. */
  readonly openId: string | null;
  readonly onOpen: (id: string) => void;
}

export function ExchangeList({ rows, labelledBy, openId, onOpen }: ExchangeListProps) {
  const body = useRef<HTMLTableSectionElement>(null);
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
      <table className={styles.list} aria-labelledby={labelledBy}>
        <thead>
          <tr>
            <th scope="col" className={styles.time}>
              Time
            </th>
            <th scope="col" className={styles.project}>
              Project
            </th>
            <th scope="col" className={styles.session}>
              Session
            </th>
            <th scope="col" className={styles.what}>
              What
            </th>
            <th scope="col" className={styles.via}>
              Via
            </th>
            <th
              scope="col"
              className={styles.tokens}
              title="Input not from the cache, input read from the cache, output"
            >
              In / cached / out
            </th>
            <th scope="col" className={styles.cost}>
              Cost
            </th>
            <th scope="col" className={styles.took}>
              Took
            </th>
            <th scope="col" className={styles.outcome}>
              Outcome
            </th>
          </tr>
        </thead>
        <tbody ref={body} onKeyDown={onKeyDown}>
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
        </tbody>
      </table>
    </div>
  );
}
