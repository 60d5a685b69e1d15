// Activity: the one live list of exchanges, with older ones on demand.
import { Button } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { ExchangeList } from '../exchanges/exchange-list.tsx';
import { ExchangePanel } from '../exchanges/exchange-panel.tsx';
import { useGateway, useLive } from '../live/use-live.ts';
import styles from './activity.module.css';

const pageSize = 100;

/** Live rows first, then the fetched older ones that the live list does not hold. */
export function joinRows(
  live: readonly ExchangeRow[],
  older: readonly ExchangeRow[],
): readonly ExchangeRow[] {
  const known = new Set(live.map((row) => row.id));
  return [...live, ...older.filter((row) => !known.has(row.id))];
}

/** Pages of older exchanges, fetched when asked for, starting behind the oldest row of the live list. */
function useOlderExchanges(rows: readonly ExchangeRow[]) {
  const { client } = useGateway();
  const [before, setBefore] = useState<string | null>(null);
  const pages = useInfiniteQuery({
    queryKey: ['older-exchanges', before],
    queryFn: ({ pageParam }) => client.call('exchanges.list', { limit: pageSize, before: pageParam }),
    initialPageParam: before ?? '',
    getNextPageParam: (page) => (page.rows.length < pageSize ? undefined : page.rows.at(-1)?.id),
    enabled: before !== null,
    staleTime: Infinity,
  });
  return {
    rows: pages.data?.pages.flatMap((page) => page.rows) ?? [],
    isLoading: pages.isFetching,
    error: pages.error,
    hasMore: before === null ? rows.length >= pageSize : pages.hasNextPage,
    showMore: () => {
      if (before === null) setBefore(rows.at(-1)?.id ?? null);
      else void pages.fetchNextPage();
    },
  };
}

export function ActivityScreen() {
  const live = useLive((state) => state.rows);
  const [openId, setOpenId] = useState<string | null>(null);
  const older = useOlderExchanges(live);
  const rows = joinRows(live, older.rows);
  const streaming = live.filter((row) => row.state === 'live').length;
  return (
    <section className={styles.activity} aria-labelledby="activity-label">
      <h1 className={styles.title}>Activity</h1>
      <SectionLabel
        id="activity-label"
        aside={streaming === 0 ? 'nothing in flight' : `${streaming} in flight`}
      >
        Exchanges
      </SectionLabel>
      {rows.length === 0 ? (
        <p className={styles.empty}>
          No exchange yet. Each request that passes through Tollgate shows here as it happens.
        </p>
      ) : (
        <ExchangeList
          rows={rows}
          labelledBy="activity-label"
          openId={openId}
          onOpen={setOpenId}
          withSessions
        />
      )}
      {older.error !== null && <p className={styles.empty}>{explainError(older.error)}</p>}
      {older.hasMore && (
        <div className={styles.more}>
          <Button loading={older.isLoading} onClick={older.showMore}>
            Show older
          </Button>
        </div>
      )}
      <ExchangePanel row={rows.find((row) => row.id === openId) ?? null} onClose={() => setOpenId(null)} />
    </section>
  );
}
