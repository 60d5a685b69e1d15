// Why an exchange went where it went, what was tried on the way, what its translation dropped, and keeping its session or
// project in one place from now on.
import { Button, Menu } from '@mantine/core';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { projectName } from '../format/names.ts';
import { useLive } from '../live/use-live.ts';
import { usePins, useProviderNames } from '../routes/use-routes.ts';
import { describeStep } from './describe-ladder.ts';
import styles from './exchange-panel.module.css';

interface PinMenuProps {
  readonly text: string;
  readonly subject: { readonly session: string } | { readonly project: string };
}

function PinMenu({ text, subject }: PinMenuProps) {
  const isLive = useLive((state) => state.link.kind === 'live');
  const { providers } = useProviderNames();
  const { pin } = usePins();
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button disabled={!isLive} loading={pin.isPending}>
          {text}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        {providers.map(({ id, label }) => (
          <Menu.Item key={id} onClick={() => pin.mutate({ ...subject, to: { provider: id } })}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

export function RouteStory({ row }: { readonly row: ExchangeRow }) {
  const { labelOf } = useProviderNames();
  const { routeReason = null, ladder = [], dropped = [], sessionId, project } = row;
  return (
    <section className={styles.section} aria-label="Route">
      <h3 className={styles.sectionTitle}>Route</h3>
      {routeReason !== null && <p>{routeReason}</p>}
      {ladder.length > 0 && (
        <ol className={styles.ladder} aria-label="What was tried">
          {ladder.map((step, index) => (
            <li key={index} data-outcome={step.outcome}>
              {describeStep(step, labelOf)}
            </li>
          ))}
        </ol>
      )}
      {dropped.length > 0 && (
        <>
          <p className={styles.dropped}>Not expressed in the translation:</p>
          <ul className={styles.droppedList} aria-label="Not expressed in the translation">
            {dropped.map((what) => (
              <li key={what}>{what}</li>
            ))}
          </ul>
        </>
      )}
      {(sessionId !== null || project !== null) && (
        <div className={styles.pins}>
          {sessionId !== null && <PinMenu text="Pin this session to…" subject={{ session: sessionId }} />}
          {project !== null && <PinMenu text={`Pin ${projectName(project)} to…`} subject={{ project }} />}
        </div>
      )}
    </section>
  );
}
