// Step three: one request, seen arriving. Real where a provider answers, practice where none does; the row below is the
// same that every list shows, and the number above moves with it.
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { GatewayStatus } from '../../src/contract/control-contract.ts';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { ExchangeList } from '../exchanges/exchange-list.tsx';
import { ExchangePanel } from '../exchanges/exchange-panel.tsx';
import { formatMoney } from '../format/money.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import styles from './setup.module.css';

/** What stands under the arriving row. */
function describeArrival(row: ExchangeRow): string {
  switch (row.state) {
    case 'live':
      return 'It is arriving. The number above counts along.';
    case 'completed':
      return row.practice
        ? 'It arrived. It was practice: the figure is what such an answer would cost, and no money was spent.'
        : `It arrived and cost ${formatMoney(row.costNanoUsd)}. That is in the meter from now on.`;
    case 'refused':
    case 'failed':
    case 'aborted':
      return row.reason ?? 'It did not arrive. Open the row to see what is known.';
  }
}

function useSend(practice: boolean) {
  const { client } = useGateway();
  return useMutation({
    mutationFn: () => (practice ? client.call('practice.send', {}) : client.call('request.send', {})),
  });
}

interface OfferProps {
  readonly status: GatewayStatus;
  /** One came through already: going on is the next step then, not sending another. */
  readonly arrived: boolean;
}

function Offer({ status, arrived }: OfferProps) {
  const isLive = useLive((state) => state.link.kind === 'live');
  const current = status.providers.find((provider) => provider.current);
  const practice = current?.practice === true;
  const send = useSend(practice);
  const connected = status.claudeCode.routedBy === 'tollgate';
  const passesLogin = current?.credential === 'client';
  const label = current?.label ?? 'the provider';
  return (
    <>
      {connected && <p>Start Claude Code in a project and say something: its first request shows here.</p>}
      {passesLogin ? (
        !connected && (
          <p>
            {label} uses Claude Code's own login, so connect Claude Code first; then its requests show here.
          </p>
        )
      ) : (
        <>
          <p>
            {connected && 'Or send one from here. '}
            {practice
              ? 'A practice request is answered on this computer, without a key and without the network. No money is spent.'
              : `One short request goes to ${label}, about thirty tokens. It is real and costs a fraction of a cent.`}
          </p>
          <div>
            <Button
              variant={arrived ? 'default' : 'filled'}
              disabled={!isLive || status.paused}
              loading={send.isPending}
              onClick={() => send.mutate()}
            >
              {practice ? 'Send a practice request' : 'Send a test request'}
            </Button>
          </div>
        </>
      )}
      {status.paused && <p className={pageStyles.quiet}>Tollgate is paused. Resume it first.</p>}
      {send.error !== null && <p role="alert">{explainError(send.error)}</p>}
    </>
  );
}

interface RequestStepProps {
  readonly status: GatewayStatus;
  readonly onFinish: () => void;
}

export function RequestStep({ status, onFinish }: RequestStepProps) {
  const rows = useLive((state) => state.rows);
  // What came through before this step was opened is not what the user waits for.
  const [before] = useState(() => new Set(rows.map((row) => row.id)));
  const [openId, setOpenId] = useState<string | null>(null);
  const newest = rows.find((row) => !before.has(row.id));
  return (
    <div className={styles.body}>
      <Offer status={status} arrived={newest?.state === 'completed'} />
      {newest !== undefined && (
        <div data-testid="arrival">
          <h4 id="arrival-title" className={styles.part}>
            Just now
          </h4>
          <ExchangeList rows={[newest]} labelledBy="arrival-title" openId={openId} onOpen={setOpenId} />
          <p role="status" className={styles.arrived}>
            {describeArrival(newest)}
          </p>
          <ExchangePanel row={newest.id === openId ? newest : null} onClose={() => setOpenId(null)} />
        </div>
      )}
      <div>
        <Button variant={newest?.state === 'completed' ? 'filled' : 'subtle'} onClick={onFinish}>
          {newest?.state === 'completed' ? 'Go to the meter' : 'Skip this step'}
        </Button>
      </div>
    </div>
  );
}
