// One provider: who it is, where its key is, how it fares, and what can be done: use it, test it, choose its models, change
// it, give it another key, take it out.
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import type { HealthView } from '../../src/contract/routing.ts';
import type { ProviderView } from '../../src/contract/rows.ts';
import type { SecretView } from '../../src/contract/vault.ts';
import pageStyles from '../components/page.module.css';
import { explainError, useSwitchProvider } from '../control-actions.tsx';
import { labelPractice } from '../exchanges/describe-exchange.ts';
import { monogram } from '../format/names.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import { ModelMapping } from '../models/model-mapping.tsx';
import { describeCredential, vaultIdOf } from './describe-provider.ts';
import { EditProvider } from './edit-provider.tsx';
import { RemoveProvider, ReplaceKey } from './key-and-removal.tsx';
import { ProviderHealth } from './provider-health.tsx';
import { TestSentence } from './test-sentence.tsx';
import styles from './providers.module.css';

type Part = 'models' | 'edit' | 'replace' | 'remove';

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
  /** Label of its type. */
  readonly typeLabel: string;
  readonly health: HealthView | undefined;
}

interface ActionsProps extends Pick<ProviderEntryProps, 'provider' | 'providers'> {
  readonly label: string;
  readonly test: ReturnType<typeof useTest>;
  readonly open: Part | null;
  readonly onOpen: (part: Part | null) => void;
}

function Actions({ provider, providers, label, test, open, onOpen }: ActionsProps) {
  const isLive = useLive((state) => state.link.kind === 'live');
  const switching = useSwitchProvider(providers);
  const opener = (part: Part, text: string) => (
    <Button
      disabled={!isLive}
      aria-expanded={open === part}
      onClick={() => onOpen(open === part ? null : part)}
    >
      {text}
    </Button>
  );
  return (
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
        <>
          <Button disabled={!isLive} loading={test.isPending} onClick={() => test.mutate(false)}>
            Test
          </Button>
          {opener('models', 'Models')}
          {opener('edit', 'Edit')}
          {vaultIdOf(provider) !== null && opener('replace', 'Replace key')}
          {opener('remove', 'Remove')}
        </>
      )}
    </div>
  );
}

function TestResult({ test }: { readonly test: ReturnType<typeof useTest> }) {
  if (test.error !== null) return <span role="alert">{explainError(test.error)}</span>;
  if (test.data === undefined) return null;
  return (
    <div role="status" className={pageStyles.stack}>
      <TestSentence test={test.data} />
      {test.data.outcome === 'needs-message' && (
        <Button loading={test.isPending} onClick={() => test.mutate(true)}>
          Send one message of one token
        </Button>
      )}
    </div>
  );
}

export function ProviderEntry(props: ProviderEntryProps) {
  const { provider, providers, secrets, typeLabel, health } = props;
  const [open, setOpen] = useState<Part | null>(null);
  const test = useTest(provider.id);
  const label = provider.practice ? labelPractice(provider.label) : provider.label;
  const vaultId = vaultIdOf(provider);
  const secret = secrets.find((one) => one.id === vaultId);
  const ownKey = secret !== undefined && secret.usedBy.length === 1 ? secret.id : null;
  const reach = provider.practice
    ? 'answers on this computer, no money spent'
    : [typeLabel === label ? null : typeLabel, provider.baseUrl].filter((part) => part !== null).join(', ');
  const close = (): void => setOpen(null);
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
          {[reach, provider.practice ? '' : describeCredential(provider, secrets)]
            .filter((part) => part !== '')
            .join(', ')}
        </span>
        {provider.problem !== null && <span>{provider.problem}</span>}
        {secret?.problem != null && <span>{secret.problem}</span>}
        {health !== undefined && !provider.practice && <ProviderHealth health={health} />}
      </div>
      <Actions
        provider={provider}
        providers={providers}
        label={label}
        test={test}
        open={open}
        onOpen={setOpen}
      />
      <div className={styles.entryMore}>
        <TestResult test={test} />
        {open === 'models' && <ModelMapping provider={provider.id} type={provider.type} />}
        {open === 'edit' && (
          <EditProvider
            provider={provider}
            secrets={secrets}
            onDone={() => {
              close();
              test.reset();
            }}
            onCancel={close}
          />
        )}
        {open === 'replace' && vaultId !== null && (
          <ReplaceKey
            vaultId={vaultId}
            onDone={() => {
              close();
              test.reset();
            }}
          />
        )}
        {open === 'remove' && <RemoveProvider provider={provider} ownKey={ownKey} onCancel={close} />}
      </div>
    </li>
  );
}
