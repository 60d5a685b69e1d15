// The two careful actions on a provider: giving it another key in the vault, and taking it out with its key.
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import type { ProviderView } from '../../src/contract/rows.ts';
import { SecretField } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { useGateway } from '../live/use-live.ts';
import styles from './providers.module.css';

interface ReplaceKeyProps {
  readonly vaultId: string;
  readonly onDone: () => void;
}

export function ReplaceKey({ vaultId, onDone }: ReplaceKeyProps) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const secret = useRef<HTMLInputElement>(null);
  const replace = useMutation({
    mutationFn: () => client.call('vault.set', { id: vaultId, secret: secret.current?.value ?? '' }),
    onSuccess: () => {
      if (secret.current !== null) secret.current.value = '';
      void queries.invalidateQueries({ queryKey: ['vault.list'] });
      onDone();
    },
  });
  return (
    <form
      className={styles.form}
      autoComplete="off"
      onSubmit={(event) => {
        event.preventDefault();
        replace.mutate();
      }}
    >
      <SecretField label="New key" inputRef={secret} />
      {replace.error !== null && <p role="alert">{explainError(replace.error)}</p>}
      <div className={pageStyles.actions}>
        <Button type="submit" variant="filled" loading={replace.isPending}>
          Replace the key
        </Button>
        <Button onClick={onDone}>Cancel</Button>
      </div>
    </form>
  );
}

interface RemoveProviderProps {
  readonly provider: ProviderView;
  /** Vault entry that nobody else uses; null when there is none to take out as well. */
  readonly ownKey: string | null;
  readonly onCancel: () => void;
}

export function RemoveProvider({ provider, ownKey, onCancel }: RemoveProviderProps) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: async () => {
      await client.call('provider.remove', { id: provider.id });
      if (ownKey !== null) await client.call('vault.remove', { id: ownKey });
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['vault.list'] }),
  });
  return (
    <div className={pageStyles.stack} role="group" aria-label={`Remove ${provider.label}`}>
      <p>
        {ownKey === null
          ? `Take ${provider.label} out of the config? Its key stays where it is.`
          : `Take ${provider.label} out of the config, and its key out of the vault? The key cannot be brought back.`}
      </p>
      {remove.error !== null && <p role="alert">{explainError(remove.error)}</p>}
      <div className={pageStyles.actions}>
        <Button variant="filled" loading={remove.isPending} onClick={() => remove.mutate()}>
          Remove
        </Button>
        <Button onClick={onCancel}>Keep</Button>
      </div>
    </div>
  );
}
