// What stands above the rules: projects that only Claude may answer, and sessions and projects pinned to one provider.
import { Button } from '@mantine/core';
import { useState, type FormEvent } from 'react';
import type { RoutesView } from '../../src/contract/routing.ts';
import { TextField } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import { describePinned, describeTarget } from './describe-route.ts';
import { usePins, useProviderNames, useSetRoutes } from './use-routes.ts';
import styles from './routes.module.css';

/** Why a folder cannot be added; null when it can. */
export function checkFolder(folder: string, known: readonly string[]): string | null {
  if (folder === '') return 'Enter the folder of the project.';
  return known.includes(folder) ? 'This project is in the list already.' : null;
}

export function OnlyClaude({ view }: { readonly view: RoutesView }) {
  const [folder, setFolder] = useState('');
  const [problem, setProblem] = useState<string | undefined>(undefined);
  const isLive = useLive((state) => state.link.kind === 'live');
  const set = useSetRoutes();
  const { routes, onlyClaude } = view;
  const write = (next: readonly string[], done: string, then: () => void = () => {}): void =>
    set.mutate({ routes, onlyClaude: next, done, before: { routes, onlyClaude } }, { onSuccess: then });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const added = folder.trim();
    const wrong = checkFolder(added, onlyClaude);
    setProblem(wrong ?? undefined);
    if (wrong === null) write([...onlyClaude, added], `${added} is held to Claude.`, () => setFolder(''));
  };
  return (
    <section className={pageStyles.section} aria-labelledby="only-claude-label">
      <SectionLabel id="only-claude-label">Only Claude answers</SectionLabel>
      <p className={pageStyles.quiet}>
        Projects whose requests never go to another model, whatever the rules say.
      </p>
      <ul className={pageStyles.rows}>
        {onlyClaude.map((project) => (
          <li key={project} className={styles.held}>
            <span>{project}</span>
            <Button
              disabled={!isLive || set.isPending}
              aria-label={`No longer hold ${project} to Claude`}
              onClick={() =>
                write(
                  onlyClaude.filter((one) => one !== project),
                  `${project} goes by the rules again.`,
                )
              }
            >
              Remove
            </Button>
          </li>
        ))}
      </ul>
      <form className={styles.form} onSubmit={submit} autoComplete="off">
        <TextField
          label="Hold a project to Claude"
          placeholder="/home/me/acme"
          value={folder}
          problem={problem}
          onChange={(value) => {
            setFolder(value);
            setProblem(undefined);
          }}
        />
        {set.error !== null && <p role="alert">{explainError(set.error)}</p>}
        <div>
          <Button type="submit" disabled={!isLive} loading={set.isPending}>
            Add
          </Button>
        </div>
      </form>
    </section>
  );
}

export function PinList({ view }: { readonly view: RoutesView }) {
  const isLive = useLive((state) => state.link.kind === 'live');
  const { labelOf } = useProviderNames();
  const { unpin } = usePins();
  return (
    <section className={pageStyles.section} aria-labelledby="pins-label">
      <SectionLabel id="pins-label">Pinned</SectionLabel>
      <p className={pageStyles.quiet}>
        {view.pins.length === 0
          ? 'Nothing is pinned. Open an exchange under Activity to pin its session or project to one provider.'
          : 'A pin comes before every rule, and nothing else is tried when its provider fails.'}
      </p>
      <ul className={pageStyles.rows}>
        {view.pins.map((pin) => {
          const what = describePinned(pin);
          return (
            <li key={what} className={styles.held}>
              <span>
                {what} <span aria-hidden="true">→</span> <strong>{describeTarget(pin.to, labelOf)}</strong>
              </span>
              <Button
                disabled={!isLive || unpin.isPending}
                aria-label={`Unpin ${what}`}
                onClick={() => unpin.mutate(pin)}
              >
                Unpin
              </Button>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
