// What the vault holds, by the last four characters; what is missing from it; what the user should know about it.
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SecretView, VaultView } from '../../src/contract/vault.ts';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { formatTime } from '../format/time.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import { describeBackend, describeEnd } from './describe-provider.ts';
import styles from './providers.module.css';

function StoredKey({ secret, now }: { readonly secret: SecretView; readonly now: number }) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const isLive = useLive((state) => state.link.kind === 'live');
  const remove = useMutation({
    mutationFn: () => client.call('vault.remove', { id: secret.id }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['vault.list'] }),
  });
  const users = secret.usedBy.length === 0 ? 'used by nobody' : `used by ${secret.usedBy.join(', ')}`;
  return (
    <li className={styles.stored}>
      <div className={styles.words}>
        <span>
          <strong>{secret.id}</strong> <span className={styles.keyEnd}>{describeEnd(secret)}</span>
        </span>
        <span className={pageStyles.quiet}>
          {users}, {describeBackend(secret)}, stored {formatTime(secret.changedAt, now)}
        </span>
        {secret.problem !== null && <span>{secret.problem}</span>}
        {remove.error !== null && <span role="alert">{explainError(remove.error)}</span>}
      </div>
      {secret.usedBy.length === 0 && (
        <Button
          aria-label={`Remove the key ${secret.id}`}
          disabled={!isLive}
          loading={remove.isPending}
          onClick={() => remove.mutate()}
        >
          Remove
        </Button>
      )}
    </li>
  );
}

export function StoredKeys({ vault }: { readonly vault: VaultView }) {
  const now = useNow(10_000);
  return (
    <section className={pageStyles.section} aria-labelledby="vault-label">
      <SectionLabel id="vault-label" aside="only the last four characters are ever shown">
        Stored keys
      </SectionLabel>
      {vault.warnings.map((warning) => (
        <p key={warning} className={pageStyles.quiet}>
          {warning}
        </p>
      ))}
      {vault.secrets.length === 0 && <p className={pageStyles.quiet}>The vault is empty.</p>}
      <ul className={pageStyles.rows}>
        {vault.secrets.map((secret) => (
          <StoredKey key={secret.id} secret={secret} now={now} />
        ))}
        {vault.missing.map((missing) => (
          <li key={missing.id} className={styles.stored}>
            <span>
              <strong>{missing.id}</strong> is missing: {missing.usedBy.join(', ')} needs it.
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
