// The form of one provider, new or changed: checks its fields, tests with a real request, saves what works, and offers
// what a failed test suggests.
import { Button } from '@mantine/core';
import { useRef, useState, type FormEvent } from 'react';
import type { ProviderTypeView } from '../../src/contract/providers.ts';
import type { ProviderSettings } from '../../src/contract/settings.ts';
import type { ProviderTestResult } from '../../src/contract/vault.ts';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import { translationNotice } from './describe-types.ts';
import {
  applySuggestion,
  checkDraft,
  describeSuggestion,
  type DraftProblems,
  type ProviderDraft,
} from './provider-draft.ts';
import { ProviderFields } from './provider-fields.tsx';
import { TestSentence } from './test-sentence.tsx';
import { useSaveProvider, type SaveOptions } from './use-save-provider.ts';
import styles from './providers.module.css';

interface FailedTestProps {
  readonly test: ProviderTestResult;
  readonly busy: boolean;
  readonly onAgain: (test: SaveOptions['test']) => void;
  readonly onSuggestion: (suggestion: NonNullable<ProviderTestResult['suggestion']>) => void;
}

function FailedTest({ test, busy, onAgain, onSuggestion }: FailedTestProps) {
  const { suggestion } = test;
  return (
    <div className={pageStyles.stack} role="alert">
      <TestSentence test={test} />
      <div className={pageStyles.actions}>
        {suggestion !== null && (
          <Button disabled={busy} onClick={() => onSuggestion(suggestion)}>
            {describeSuggestion(suggestion)}
          </Button>
        )}
        {test.outcome === 'needs-message' && (
          <Button disabled={busy} onClick={() => onAgain('message')}>
            Send one message of one token
          </Button>
        )}
        <Button disabled={busy} onClick={() => onAgain('skip')}>
          Save it all the same
        </Button>
      </div>
    </div>
  );
}

interface DraftFormProps {
  readonly type: ProviderTypeView;
  readonly start: ProviderDraft;
  /** Ids that a new provider cannot have. */
  readonly taken: readonly string[];
  /** The provider that is changed, and where its key is in words; absent and null for a new one. */
  readonly before?: ProviderSettings;
  readonly kept: string | null;
  /** Absent where the id stands already. */
  readonly suggestId?: (draft: ProviderDraft) => string;
  readonly onSaved: (id: string) => void;
  readonly onCancel?: () => void;
}

export function DraftForm(props: DraftFormProps) {
  const { type, start, taken, before, kept, suggestId, onSaved, onCancel } = props;
  const secret = useRef<HTMLInputElement>(null);
  const form = useRef<HTMLFormElement>(null);
  const [draft, setDraft] = useState(start);
  const [problems, setProblems] = useState<DraftProblems>({});
  const isLive = useLive((state) => state.link.kind === 'live');
  const save = useSaveProvider((id) => {
    if (secret.current !== null) secret.current.value = '';
    onSaved(id);
  });
  const run = (next: ProviderDraft, test: SaveOptions['test']): void => {
    const isKeyMissing = next.keyPlace === 'paste' && (secret.current?.value ?? '').trim() === '';
    const wrong = {
      ...checkDraft(next, type, suggestId === undefined ? [] : taken),
      ...(isKeyMissing ? { secret: 'Paste the key here, or choose another place for it.' } : {}),
    };
    setProblems(wrong);
    if (Object.keys(wrong).length > 0) {
      // Once the problems are drawn, the first field that has one.
      requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid]')?.focus());
      return;
    }
    save.mutate({
      draft: next,
      type,
      test,
      readSecret: () => secret.current?.value ?? '',
      ...(before === undefined ? {} : { before }),
    });
  };
  const change = (part: Partial<ProviderDraft>): void => {
    const isReachedAnew = part.baseUrl !== undefined || part.keyPlace !== undefined;
    setDraft({ ...draft, ...part, ...(isReachedAnew ? { keyHeader: undefined } : {}) });
    setProblems({});
    save.reset();
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    run(draft, 'first');
  };
  const failed = save.data !== undefined && save.data.saved === null ? save.data.test : null;
  const action = draft.keyPlace === 'client' ? 'Save' : 'Test and save';
  return (
    <form ref={form} className={styles.form} onSubmit={submit} autoComplete="off" noValidate>
      {type.translated && <p className={styles.notice}>{translationNotice}</p>}
      <ProviderFields
        type={type}
        draft={draft}
        problems={problems}
        kept={kept}
        suggestedId={suggestId?.(draft) ?? null}
        secretRef={secret}
        onChange={change}
      />
      {save.error !== null && <p role="alert">{explainError(save.error)}</p>}
      {failed !== null && (
        <FailedTest
          test={failed}
          busy={save.isPending}
          onAgain={(test) => run(draft, test)}
          onSuggestion={(suggestion) => {
            const next = applySuggestion(draft, suggestion);
            setDraft(next);
            run(next, 'first');
          }}
        />
      )}
      <div className={pageStyles.actions}>
        <Button type="submit" variant="filled" disabled={!isLive} loading={save.isPending}>
          {action}
        </Button>
        {onCancel !== undefined && <Button onClick={onCancel}>Cancel</Button>}
      </div>
    </form>
  );
}
