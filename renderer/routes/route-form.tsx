// The form of one rule: conditions, places in order, strategy. What is wrong is said at its field, and nothing is sent
// before all of it is right.
import { Button } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import type { RouteSettings } from '../../src/contract/settings.ts';
import { Choice, ChoiceGroup } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import { useLive } from '../live/use-live.ts';
import { strategies } from './describe-route.ts';
import { RouteConditions } from './route-conditions.tsx';
import { draftRoute, readRoute, type RouteDraft, type RouteProblems } from './route-draft.ts';
import { RouteTargets } from './route-targets.tsx';
import { useProviderNames } from './use-routes.ts';
import styles from './routes.module.css';

interface RouteFormProps {
  /** Name of the form for screen readers. */
  readonly label: string;
  readonly start: RouteSettings;
  readonly isDefault: boolean;
  readonly busy: boolean;
  /** What the gateway said against it. */
  readonly refusal: string | null;
  readonly onSave: (route: RouteSettings) => void;
  readonly onCancel: () => void;
}

function StrategyFields({
  draft,
  onChange,
}: {
  draft: RouteDraft;
  onChange: (part: Partial<RouteDraft>) => void;
}) {
  return (
    <>
      <ChoiceGroup legend="Which one first">
        {strategies.map(({ value, label, why }) => (
          <Choice
            key={value}
            type="radio"
            name="route-strategy"
            label={label}
            explanation={why}
            checked={draft.strategy === value}
            onChange={() => onChange({ strategy: value })}
          />
        ))}
      </ChoiceGroup>
      <Choice
        type="checkbox"
        label="Keep a session where it is"
        explanation="Its prompt cache stays in use; without this, every request chooses anew."
        checked={draft.sticky}
        onChange={(sticky) => onChange({ sticky })}
      />
    </>
  );
}

export function RouteForm({ label, start, isDefault, busy, refusal, onSave, onCancel }: RouteFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(() => draftRoute(start));
  const [problems, setProblems] = useState<RouteProblems>({});
  const isLive = useLive((state) => state.link.kind === 'live');
  const { providers } = useProviderNames();
  const change = (part: Partial<RouteDraft>): void => {
    setDraft({ ...draft, ...part });
    setProblems({});
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const read = readRoute(
      draft,
      isDefault,
      providers.map(({ id }) => id),
    );
    setProblems(read.problems ?? {});
    if (read.route !== null) return onSave(read.route);
    // Once the problems are drawn, the first field that has one.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
  };
  return (
    <form ref={form} className={styles.form} aria-label={label} onSubmit={submit} autoComplete="off">
      {!isDefault && <RouteConditions draft={draft} problems={problems} onChange={change} />}
      <RouteTargets
        targets={draft.targets}
        problem={problems['targets']}
        onChange={(targets) => change({ targets })}
      />
      <StrategyFields draft={draft} onChange={change} />
      {problems['conditions'] !== undefined && (
        <p role="alert" className={styles.refusal}>
          {problems['conditions']}
        </p>
      )}
      {refusal !== null && (
        <p role="alert" className={styles.refusal}>
          {refusal}
        </p>
      )}
      <div className={pageStyles.actions}>
        <Button type="submit" variant="filled" disabled={!isLive} loading={busy}>
          Save
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
    </form>
  );
}
