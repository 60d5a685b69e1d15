// The rules in the order in which they are asked, the default that takes the rest, and each change to them.
import { Button } from '@mantine/core';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import type { RoutesView } from '../../src/contract/routing.ts';
import type { RouteSettings } from '../../src/contract/settings.ts';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError, showFailure } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import { RouteForm } from './route-form.tsx';
import { dropItem, joinRoutes, moveItem, putItem, splitRoutes, type RouteList } from './route-list.ts';
import { RuleRow, RuleWords } from './rule-row.tsx';
import { useProviderNames, useSetRoutes } from './use-routes.ts';
import styles from './routes.module.css';

/** Position of the rule that is changed; `default` for the one that takes the rest. */
type Editing = number | 'default' | null;

interface Moved {
  readonly index: number;
  readonly direction: 'up' | 'down';
}

/** Once a moved rule is drawn at its new place with buttons that can be used, the keyboard goes on there. */
function useFocusMoved(disabled: boolean) {
  const moved = useRef<Moved | null>(null);
  useEffect(() => {
    if (moved.current === null || disabled) return;
    const { index, direction } = moved.current;
    moved.current = null;
    const row = document.querySelector(`[data-rule="${index}"]`);
    const wanted = row?.querySelector<HTMLElement>(`[data-move="${direction}"]:not([disabled])`);
    (wanted ?? row?.querySelector<HTMLElement>('[data-edit]'))?.focus();
  });
  return moved;
}

interface DefaultRuleProps {
  readonly list: RouteList;
  readonly current: string;
  readonly labelOf: (id: string) => string;
  readonly disabled: boolean;
  readonly onEdit: () => void;
  readonly form: ReactNode;
}

function DefaultRule({ list, current, labelOf, disabled, onEdit, form }: DefaultRuleProps) {
  const route = list.standard ?? { match: {}, to: [{ provider: current }] };
  return (
    <div className={styles.rule} data-rule="default">
      <span className={styles.number} aria-hidden="true">
        ∗
      </span>
      <RuleWords
        route={route}
        labelOf={labelOf}
        note="The default; the provider switch changes its first place."
      />
      <div className={styles.ruleActions} role="group" aria-label="Default">
        <Button
          disabled={disabled}
          aria-label="Edit the default"
          aria-expanded={form !== null}
          onClick={onEdit}
        >
          Edit
        </Button>
      </div>
      {form !== null && <div className={styles.ruleForm}>{form}</div>}
    </div>
  );
}

interface BehindProps {
  readonly list: RouteList;
  readonly labelOf: (id: string) => string;
  readonly disabled: boolean;
  readonly onChange: (list: RouteList, done: string) => void;
}

function RulesBehind({ list, labelOf, disabled, onChange }: BehindProps) {
  if (list.behind.length === 0) return null;
  return (
    <section aria-labelledby="behind-label" className={styles.behind}>
      <SectionLabel id="behind-label" aside="they stand after the default in config.json">
        Never reached
      </SectionLabel>
      <ul className={pageStyles.rows}>
        {list.behind.map((route, index) => {
          const behind = dropItem(list.behind, index);
          const isPlain = Object.keys(route.match).length === 0;
          return (
            <li key={JSON.stringify([index, route])} className={styles.rule}>
              <span className={styles.number} aria-hidden="true" />
              <RuleWords route={route} labelOf={labelOf} />
              <div className={styles.ruleActions}>
                {!isPlain && (
                  <Button
                    disabled={disabled}
                    onClick={() =>
                      onChange(
                        { ...list, rules: [...list.rules, route], behind },
                        'The rule now counts, as the last one before the default.',
                      )
                    }
                  >
                    Put before the default
                  </Button>
                )}
                <Button
                  disabled={disabled}
                  onClick={() => onChange({ ...list, behind }, 'The unused rule is removed.')}
                >
                  Remove
                </Button>
              </div>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

export function Rules({ view }: { readonly view: RoutesView }) {
  const isLive = useLive((state) => state.link.kind === 'live');
  const { providers, labelOf } = useProviderNames();
  const [editing, setEditing] = useState<Editing>(null);
  const set = useSetRoutes();
  const list = splitRoutes(view.routes);
  const { rules, standard } = list;
  const disabled = !isLive || set.isPending;
  const moved = useFocusMoved(disabled);

  const write = (next: RouteList, done: string, then: () => void = () => {}): void =>
    set.mutate({ routes: joinRoutes(next), done, before: { routes: view.routes } }, { onSuccess: then });
  /** For changes without a form in which a refusal could be told. */
  const writeAtOnce = (next: RouteList, done: string, then?: () => void): void => {
    setEditing(null);
    set.mutate(
      { routes: joinRoutes(next), done, before: { routes: view.routes } },
      { onSuccess: () => then?.(), onError: (error) => showFailure('Not changed', error) },
    );
  };
  const move = (from: number, to: number): void => {
    const next = moveItem(rules, from, to);
    if (next === rules) return;
    const say = `Rule ${from + 1} is now rule ${to + 1}.`;
    writeAtOnce({ ...list, rules: next }, say, () => {
      moved.current = { index: to, direction: to < from ? 'up' : 'down' };
    });
  };
  const edit = (which: Editing): void => {
    set.reset();
    setEditing(editing === which ? null : which);
  };
  const formFor = (which: number | 'default', label: string, start: RouteSettings) => (
    <RouteForm
      key={String(which)}
      label={label}
      start={start}
      isDefault={which === 'default'}
      busy={set.isPending}
      refusal={set.error === null ? null : explainError(set.error)}
      onCancel={() => setEditing(null)}
      onSave={(route) => {
        const done = which === 'default' ? 'The default is changed.' : `Rule ${which + 1} is saved.`;
        const next =
          which === 'default'
            ? { ...list, standard: route }
            : { ...list, rules: putItem(rules, which, route) };
        write(next, done, () => setEditing(null));
      }}
    />
  );
  const startTo = { provider: providers.find((one) => !one.current)?.id ?? view.current };

  return (
    <>
      <ol className={pageStyles.rows}>
        {rules.map((route, index) => (
          <RuleRow
            key={JSON.stringify([index, route])}
            route={route}
            index={index}
            count={rules.length}
            labelOf={labelOf}
            disabled={disabled}
            onMove={(to) => move(index, to)}
            onEdit={() => edit(index)}
            onRemove={() =>
              writeAtOnce({ ...list, rules: dropItem(rules, index) }, `Rule ${index + 1} is removed.`)
            }
            form={editing === index ? formFor(index, `Edit rule ${index + 1}`, route) : null}
          />
        ))}
      </ol>
      {rules.length === 0 && editing !== 0 && (
        <p className={`${pageStyles.quiet} ${styles.empty}`}>
          No rule yet: everything goes by the default. A rule can send small background calls to a cheaper
          model, or one project to another provider.
        </p>
      )}
      <div className={styles.addRule}>
        {editing === rules.length ? (
          formFor(rules.length, 'New rule', { match: {}, to: [startTo] })
        ) : (
          <Button disabled={disabled} onClick={() => edit(rules.length)}>
            Add a rule
          </Button>
        )}
      </div>
      <DefaultRule
        list={list}
        current={view.current}
        labelOf={labelOf}
        disabled={disabled}
        onEdit={() => edit('default')}
        form={
          editing === 'default'
            ? formFor(
                'default',
                'Edit the default',
                standard ?? { match: {}, to: [{ provider: view.current }] },
              )
            : null
        }
      />
      <RulesBehind list={list} labelOf={labelOf} disabled={disabled} onChange={writeAtOnce} />
    </>
  );
}
