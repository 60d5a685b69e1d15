// Providers: who can answer, with which key, how they fare; a new one of any type with a live test; keys that are on this
// computer already, and what the vault holds.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { PageHead } from '../components/page.tsx';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import { FoundKeys, useFoundKeys } from './found-keys.tsx';
import { ProviderEntry } from './provider-entry.tsx';
import { ProviderForm } from './provider-form.tsx';
import { StoredKeys } from './stored-keys.tsx';
import { useHealth } from './use-health.ts';
import { useProviderTypes, useVault } from './use-save-provider.ts';

function KeysOnThisComputer() {
  const [looking, setLooking] = useState(false);
  const found = useFoundKeys(looking);
  return (
    <section className={pageStyles.section} aria-labelledby="found-keys-label">
      <SectionLabel id="found-keys-label">Keys on this computer</SectionLabel>
      {!looking && (
        <div className={pageStyles.stack}>
          <p className={pageStyles.quiet}>
            Looks through the environment, shell files and Claude Code's settings. Nothing is written or sent.
          </p>
          <Button onClick={() => setLooking(true)}>Look for keys</Button>
        </div>
      )}
      {looking && found.isPending && <p>Looking for keys.</p>}
      {found.error !== null && <p role="alert">{explainError(found.error)}</p>}
      {looking && found.data?.keys.length === 0 && <p>No key was found.</p>}
      {looking && found.data !== undefined && found.data.keys.length > 0 && (
        <FoundKeys keys={found.data.keys} onImported={() => {}} />
      )}
    </section>
  );
}

export function ProvidersScreen() {
  const providers = useLive((state) => state.status?.providers ?? null);
  const health = useHealth();
  const types = useProviderTypes();
  const vault = useVault();
  const [savedId, setSavedId] = useState<string | null>(null);
  if (providers === null) return null;
  const saved = providers.find((provider) => provider.id === savedId);
  return (
    <div className={pageStyles.page} data-columns>
      <PageHead title="Providers" />
      <div>
        <section className={pageStyles.section} aria-label="Providers">
          <ul className={pageStyles.rows}>
            {providers.map((provider) => (
              <ProviderEntry
                key={provider.id}
                provider={provider}
                providers={providers}
                secrets={vault.data?.secrets ?? []}
                typeLabel={types.data?.find(({ type }) => type === provider.type)?.label ?? provider.type}
                health={health.find((one) => one.provider === provider.id)}
              />
            ))}
          </ul>
        </section>
        {vault.error !== null && (
          <section className={pageStyles.section} role="alert">
            {explainError(vault.error)}
          </section>
        )}
        {vault.data !== undefined && <StoredKeys vault={vault.data} />}
        <KeysOnThisComputer />
      </div>
      <section className={`${pageStyles.section} ${pageStyles.side}`} aria-labelledby="new-provider-label">
        <SectionLabel id="new-provider-label">Add a provider</SectionLabel>
        <ProviderForm onSaved={setSavedId} />
        {saved !== undefined && (
          <p role="status">
            {saved.label} is saved{saved.current ? ' and in use' : ''}.
          </p>
        )}
      </section>
    </div>
  );
}
