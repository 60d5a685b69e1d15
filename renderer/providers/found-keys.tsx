// Keys that are on this computer already, each asked for on its own: importing one copies it into the vault, adds its
// provider and tries it. Nothing is imported unasked, and the place it was found in stays as it is.
import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { FoundKey } from '../../src/contract/vault.ts';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { useGateway, useLive } from '../live/use-live.ts';
import { TestSentence } from './test-sentence.tsx';
import styles from './providers.module.css';

export function useFoundKeys(enabled: boolean) {
  const { client } = useGateway();
  return useQuery({
    queryKey: ['keys.find'],
    queryFn: () => client.call('keys.find', {}),
    enabled,
    placeholderData: (before) => before,
  });
}

function useImportKey(onImported: (provider: string) => void) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const practice = useLive((state) => state.status?.providers.find((one) => one.current)?.practice === true);
  return useMutation({
    mutationFn: async (id: string) => {
      const { imported } = await client.call('keys.import', { ids: [id] });
      const provider = imported[0]?.provider;
      if (provider === undefined) return null;
      if (practice) await client.call('route.use', { provider });
      return { provider, test: await client.call('provider.test', { provider }) };
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['keys.find'] }),
    onSuccess: (done) => {
      void queries.invalidateQueries({ queryKey: ['vault.list'] });
      if (done !== null) onImported(done.provider);
    },
  });
}

interface FoundKeyRowProps {
  readonly found: FoundKey;
  readonly onImported: (provider: string) => void;
}

function FoundKeyRow({ found, onImported }: FoundKeyRowProps) {
  const importKey = useImportKey(onImported);
  const isLive = useLive((state) => state.link.kind === 'live');
  const why =
    found.problem ?? (found.known === null ? null : `Provider "${found.known}" has this key already.`);
  return (
    <li className={styles.foundKey}>
      <div className={styles.words}>
        <span>
          <strong>{found.label}</strong> <span className={styles.keyEnd}>{found.masked}</span>
        </span>
        <span className={pageStyles.quiet}>
          {found.place}
          {found.baseUrl !== null && `, for ${found.baseUrl}`}
        </span>
        {why !== null && <span className={pageStyles.quiet}>{why}</span>}
        {importKey.error !== null && <span role="alert">{explainError(importKey.error)}</span>}
        {importKey.data !== undefined && importKey.data !== null && (
          <TestSentence test={importKey.data.test} />
        )}
      </div>
      {why === null && (
        <Button
          aria-label={`Import the key of ${found.label} ending in ${found.masked}`}
          disabled={!isLive}
          loading={importKey.isPending}
          onClick={() => importKey.mutate(found.id)}
        >
          Import
        </Button>
      )}
    </li>
  );
}

interface FoundKeysProps {
  readonly keys: readonly FoundKey[];
  readonly onImported: (provider: string) => void;
}

export function FoundKeys({ keys, onImported }: FoundKeysProps) {
  return (
    <>
      <p className={pageStyles.quiet}>
        Importing copies a key into Tollgate's vault and adds its provider. The place it was found in stays as
        it is.
      </p>
      <ul className={pageStyles.rows}>
        {keys.map((found) => (
          <FoundKeyRow key={found.id} found={found} onImported={onImported} />
        ))}
      </ul>
    </>
  );
}
