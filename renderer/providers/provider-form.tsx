// Adds a provider: first its type, then what the type wants to know; tested with a real request before it is saved. The
// key stays in its field until it is in the vault, then the field is emptied.
import { Button } from '@mantine/core';
import { useEffect, useRef, useState } from 'react';
import type { ProviderTypeView } from '../../src/contract/providers.ts';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import { DraftForm } from './draft-form.tsx';
import { startDraft, suggestId } from './provider-draft.ts';
import { TypePicker } from './type-picker.tsx';
import { useProviderTypes, useVault } from './use-save-provider.ts';
import styles from './providers.module.css';

interface ProviderFormProps {
  /** Type that is offered before one was picked; without it the list of types comes first. */
  readonly startWith?: string;
  readonly onSaved: (id: string) => void;
}

interface NewProviderProps {
  readonly type: ProviderTypeView;
  readonly onBack: () => void;
  readonly onSaved: (id: string) => void;
}

function NewProvider({ type, onBack, onSaved }: NewProviderProps) {
  const providers = useLive((state) => state.status?.providers);
  const secrets = useVault().data?.secrets ?? [];
  const back = useRef<HTMLButtonElement>(null);
  // The row that was picked is gone; the keyboard goes on from here.
  useEffect(() => {
    if (document.activeElement === document.body) back.current?.focus();
  }, []);
  const taken = [...secrets.map((one) => one.id), ...(providers ?? []).map((one) => one.id)];
  return (
    <div className={styles.newProvider}>
      <div className={styles.typeHead}>
        <strong>{type.label}</strong>
        <Button ref={back} onClick={onBack}>
          Another type
        </Button>
      </div>
      <p className={pageStyles.quiet}>{type.help}</p>
      <DraftForm
        type={type}
        start={startDraft(type)}
        taken={taken}
        kept={null}
        suggestId={(draft) => suggestId(draft, type, taken)}
        onSaved={onSaved}
      />
    </div>
  );
}

export function ProviderForm({ startWith, onSaved }: ProviderFormProps) {
  const types = useProviderTypes();
  const [picked, setPicked] = useState<string | null>(startWith ?? null);
  if (types.error !== null) return <p role="alert">{explainError(types.error)}</p>;
  if (types.data === undefined) return <p>Reading which providers there are.</p>;
  const type = types.data.find((one) => one.type === picked);
  if (type === undefined) return <TypePicker types={types.data} onPick={(one) => setPicked(one.type)} />;
  return (
    <NewProvider
      key={type.type}
      type={type}
      onBack={() => setPicked(null)}
      onSaved={(id) => {
        setPicked(startWith ?? null);
        onSaved(id);
      }}
    />
  );
}
