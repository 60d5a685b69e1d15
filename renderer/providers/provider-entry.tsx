// One provider: who it is, where its key is, and what can be done: test it, use it, give it another key, take it out.
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { ProviderView } from '../../src/contract/rows.ts';
import type { SecretView } from '../../src/contract/vault.ts';
import { SecretField } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import { explainError, useSwitchProvider } from '../control-actions.tsx';
import { labelPractice } from '../exchanges/describe-exchange.ts';
import { monogram } from '../format/names.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import { describeCredential, vaultIdOf } from './describe-provider.ts';
import { TestSentence } from './test-sentence.tsx';
import styles from './providers.module.css';

interface ReplaceKeyProps {
  readonly vaultId: string;
  readonly onDone: () => void;
}

function ReplaceKey({ vaultId, onDone }: ReplaceKeyProps) {
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

function RemoveProvider({ provider, ownKey, onCancel }: RemoveProviderProps) {
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

function useTest(id: string) {
  const { client } = useGateway();
  return useMutation({
    mutationFn: (allowMessage: boolean) =>
      client.call('provider.test', { provider: id, ...(allowMessage ? { allowMessage } : {}) }),
  });
}

interface ProviderEntryProps {
  readonly provider: ProviderView;
  readonly providers: readonly ProviderView[];
  readonly secrets: readonly SecretView[];
}

export function ProviderEntry({ provider, providers, secrets }: ProviderEntryProps) {
  const [open, setOpen] = useState<'replace' | 'remove' | null>(null);
  const isLive = useLive((state) => state.link.kind === 'live');
  const switching = useSwitchProvider(providers);
  const test = useTest(provider.id);
  const label = provider.practice ? labelPractice(provider.label) : provider.label;
  const vaultId = vaultIdOf(provider);
  const secret = secrets.find((one) => one.id === vaultId);
  const ownKey = secret !== undefined && secret.usedBy.length === 1 ? secret.id : null;
  const reach = provider.practice
    ? 'answers on this computer, no money spent'
    : (provider.baseUrl ?? provider.type);
  return (
    <li className={styles.entry} data-provider={provider.id}>
      <span className={styles.monogram} data-current={provider.current ? true : undefined} aria-hidden="true">
        {monogram(label)}
      </span>
      <div className={styles.words}>
        <span>
          <strong>{label}</strong>
          {provider.current && <span className={styles.inUse}> in use</span>}
        </span>
        <span className={pageStyles.quiet}>
          {reach}
          {!provider.practice && `, ${describeCredential(provider, secrets)}`}
        </span>
      </div>
      <div className={styles.entryActions} role="group" aria-label={label}>
        {!provider.current && (
          <Button
            disabled={!isLive}
            loading={switching.isPending}
            onClick={() => switching.mutate(provider.id)}
          >
            Use
          </Button>
        )}
        {!provider.practice && (
          <Button disabled={!isLive} loading={test.isPending} onClick={() => test.mutate(false)}>
            Test
          </Button>
        )}
        {vaultId !== null && (
          <Button disabled={!isLive} onClick={() => setOpen(open === 'replace' ? null : 'replace')}>
            Replace key
          </Button>
        )}
        {!provider.practice && (
          <Button disabled={!isLive} onClick={() => setOpen(open === 'remove' ? null : 'remove')}>
            Remove
          </Button>
        )}
      </div>
      <div className={styles.entryMore}>
        {provider.problem !== null && <span>{provider.problem}</span>}
        {secret?.problem != null && <span>{secret.problem}</span>}
        {test.error !== null && <span role="alert">{explainError(test.error)}</span>}
        {test.data !== undefined && (
          <div role="status" className={pageStyles.stack}>
            <TestSentence test={test.data} />
            {test.data.outcome === 'needs-message' && (
              <Button loading={test.isPending} onClick={() => test.mutate(true)}>
                Send one message of one token
              </Button>
            )}
          </div>
        )}
        {open === 'replace' && vaultId !== null && (
          <ReplaceKey
            vaultId={vaultId}
            onDone={() => {
              setOpen(null);
              test.reset();
            }}
          />
        )}
        {open === 'remove' && (
          <RemoveProvider provider={provider} ownKey={ownKey} onCancel={() => setOpen(null)} />
        )}
      </div>
    </li>
  );
}
