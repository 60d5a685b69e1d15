// Who answers: one row per provider, one click or one press of Enter switches. A radio group whose arrows only move,
// because every choice takes effect at once. A provider with a problem says so and can still be chosen.
import { IconAlertCircle } from '@tabler/icons-react';
import { useRef, useState, type KeyboardEvent } from 'react';
import type { HealthView } from '../../src/contract/routing.ts';
import type { ProviderView } from '../../src/contract/rows.ts';
import { moveFocus } from '../components/move-focus.ts';
import { SectionLabel } from '../components/section-label.tsx';
import { useSwitchProvider } from '../control-actions.tsx';
import { labelPractice } from '../exchanges/describe-exchange.ts';
import { monogram } from '../format/names.ts';
import { formatClock } from '../format/time.ts';
import { useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import { stateNow } from '../providers/describe-health.ts';
import styles from './provider-switch.module.css';

/** What stands small beside the name: that it rests, the host it reaches, or that it is practice. */
function describeReach(provider: ProviderView, health: HealthView | undefined, now: number): string {
  if (provider.practice) return 'no money spent';
  if (health !== undefined && stateNow(health, now) === 'resting')
    return health.until === null ? 'rests' : `rests until ${formatClock(health.until)}`;
  return provider.baseUrl === null ? provider.type : (URL.parse(provider.baseUrl)?.host ?? provider.baseUrl);
}

interface ProviderRowProps {
  readonly provider: ProviderView;
  readonly current: boolean;
  readonly reachable: boolean;
  readonly onUse: () => void;
  readonly onFocus: () => void;
}

function ProviderRow({ provider, current, reachable, onUse, onFocus }: ProviderRowProps) {
  const label = provider.practice ? labelPractice(provider.label) : provider.label;
  const health = useLive((state) => state.health.find((one) => one.provider === provider.id));
  const now = useNow(5_000);
  const problemId = `problem-${provider.id}`;
  return (
    <div className={styles.provider} data-current={current ? true : undefined}>
      <button
        type="button"
        role="radio"
        aria-checked={current}
        aria-describedby={provider.problem === null ? undefined : problemId}
        tabIndex={reachable ? 0 : -1}
        className={styles.choice}
        title={current ? `${label} answers new requests` : `Send new requests to ${label}`}
        onClick={onUse}
        onFocus={onFocus}
      >
        <span className={styles.monogram} aria-hidden="true">
          {monogram(label)}
        </span>
        <span className={styles.name}>{label}</span>
        <span className={styles.reach}>{describeReach(provider, health, now)}</span>
        <span className={styles.action}>{current ? 'in use' : 'use'}</span>
      </button>
      {provider.problem !== null && (
        <p id={problemId} className={styles.problem} title={provider.problem}>
          <IconAlertCircle size={16} stroke={1.5} aria-hidden="true" />
          <span className={styles.problemText}>
            <span className={styles.problemName}>{label}: </span>
            {provider.problem}
          </span>
        </p>
      )}
    </div>
  );
}

export function ProviderSwitch({ providers }: { readonly providers: readonly ProviderView[] }) {
  const group = useRef<HTMLDivElement>(null);
  const [focused, setFocused] = useState<string | null>(null);
  const isLive = useLive((state) => state.link.kind === 'live');
  const configPath = useLive((state) => state.status?.configPath);
  const switching = useSwitchProvider(providers);
  // While the switch is under way the chosen one is shown already; the next snapshot confirms it.
  const current = switching.isPending
    ? switching.variables
    : providers.find((provider) => provider.current)?.id;
  const reachable = providers.some((provider) => provider.id === focused)
    ? focused
    : (current ?? providers[0]?.id);

  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(group.current?.querySelectorAll<HTMLButtonElement>('[role=radio]') ?? [])];
    const from = buttons.findIndex((button) => button === document.activeElement);
    const next = from < 0 ? null : moveFocus(event.key, from, buttons.length);
    if (next === null) return;
    event.preventDefault();
    buttons[next]?.focus();
  };

  return (
    <section aria-labelledby="provider-label">
      <SectionLabel id="provider-label">Provider</SectionLabel>
      <div
        ref={group}
        role="radiogroup"
        tabIndex={-1}
        aria-labelledby="provider-label"
        className={styles.providers}
        onKeyDown={onKeyDown}
      >
        {providers.map((provider) => (
          <ProviderRow
            key={provider.id}
            provider={provider}
            current={provider.id === current}
            reachable={provider.id === reachable}
            onFocus={() => setFocused(provider.id)}
            onUse={() => {
              if (isLive && provider.id !== current) switching.mutate(provider.id);
            }}
          />
        ))}
      </div>
      {configPath !== undefined && providers.every((provider) => provider.practice) && (
        <p className={styles.hint} title={configPath}>
          <a href="#/providers">Add a provider</a> with an API key; those in config.json show here too.
        </p>
      )}
    </section>
  );
}
