// Changes a provider that is there: name, address, key, the type's own fields; and further keys, which are tried when the
// first is refused or throttled.
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef, type FormEvent } from 'react';
import type { ProviderView } from '../../src/contract/rows.ts';
import type { ProviderSettings } from '../../src/contract/settings.ts';
import type { SecretView } from '../../src/contract/vault.ts';
import { SecretField } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { useGateway } from '../live/use-live.ts';
import { describeCredential, vaultIdOf } from './describe-provider.ts';
import { DraftForm } from './draft-form.tsx';
import { chooseId, draftOf } from './provider-draft.ts';
import { useProviderSettings, useProviderTypes } from './use-save-provider.ts';
import styles from './providers.module.css';

interface FurtherKeysProps {
  readonly settings: ProviderSettings;
  readonly provider: ProviderView;
  readonly secrets: readonly SecretView[];
}

/** Adds a key to the pool, or takes one out of it; a stored key that nobody else uses leaves the vault with it. */
function useFurtherKeys(settings: ProviderSettings) {
  const { client } = useGateway();
  const queries = useQueryClient();
  const keys = settings.credentials ?? [];
  const write = (credentials: readonly string[]): Promise<unknown> => {
    const { credentials: _before, ...rest } = settings;
    return client.call('provider.change', {
      ...rest,
      ...(credentials.length === 0 ? {} : { credentials: [...credentials] }),
    });
  };
  const onSettled = (): Promise<unknown> =>
    Promise.all([
      queries.invalidateQueries({ queryKey: ['vault.list'] }),
      queries.invalidateQueries({ queryKey: ['provider.read', settings.id] }),
    ]);
  const add = useMutation({
    mutationFn: async (readSecret: () => string) => {
      const { secrets } = await client.call('vault.list', {});
      const id = chooseId(
        `${settings.id}-key`,
        secrets.map((one) => one.id),
      );
      await client.call('vault.set', { id, secret: readSecret() });
      try {
        await write([...keys, `vault:${id}`]);
      } catch (error) {
        await client.call('vault.remove', { id, force: true }).catch(() => undefined);
        throw error;
      }
    },
    onSettled,
  });
  const remove = useMutation({
    mutationFn: async (key: string) => {
      await write(keys.filter((one) => one !== key));
      const id = vaultIdOf({ credential: key });
      const { secrets } = await client.call('vault.list', {});
      if (id !== null && secrets.find((one) => one.id === id)?.usedBy.length === 0)
        await client.call('vault.remove', { id });
    },
    onSettled,
  });
  return { keys, add, remove };
}

function FurtherKeys({ settings, provider, secrets }: FurtherKeysProps) {
  const secret = useRef<HTMLInputElement>(null);
  const { keys, add, remove } = useFurtherKeys(settings);
  const error = add.error ?? remove.error;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    add.mutate(() => secret.current?.value ?? '', {
      onSuccess: () => {
        if (secret.current !== null) secret.current.value = '';
      },
    });
  };
  return (
    <form className={styles.form} onSubmit={submit} autoComplete="off" aria-label="Further keys">
      <p className={pageStyles.quiet}>
        {keys.length === 0
          ? 'Further keys of the same kind are tried when the first is refused or throttled.'
          : 'Tried in this order when the first key is refused or throttled:'}
      </p>
      {keys.length > 0 && (
        <ol className={styles.furtherKeys}>
          {keys.map((key) => {
            const words = describeCredential({ ...provider, credential: key }, secrets);
            return (
              <li key={key}>
                <span>{words}</span>
                <Button
                  aria-label={`Take out the ${words}`}
                  loading={remove.isPending && remove.variables === key}
                  onClick={() => remove.mutate(key)}
                >
                  Take out
                </Button>
              </li>
            );
          })}
        </ol>
      )}
      <SecretField label="Another key" inputRef={secret} />
      {error !== null && <p role="alert">{explainError(error)}</p>}
      <div>
        <Button type="submit" loading={add.isPending}>
          Add the key
        </Button>
      </div>
    </form>
  );
}

interface EditProviderProps {
  readonly provider: ProviderView;
  readonly secrets: readonly SecretView[];
  readonly onDone: () => void;
  readonly onCancel: () => void;
}

export function EditProvider({ provider, secrets, onDone, onCancel }: EditProviderProps) {
  const types = useProviderTypes();
  const settings = useProviderSettings(provider.id);
  const error = types.error ?? settings.error;
  if (error !== null) return <p role="alert">{explainError(error)}</p>;
  const type = types.data?.find((one) => one.type === provider.type);
  if (type === undefined || settings.data === undefined) return <p>Reading the settings.</p>;
  return (
    <section className={styles.editProvider} aria-label={`Edit ${provider.label}`}>
      <DraftForm
        type={type}
        start={draftOf(settings.data, type)}
        taken={[]}
        before={settings.data}
        kept={describeCredential(provider, secrets)}
        onSaved={onDone}
        onCancel={onCancel}
      />
      {provider.credential !== 'client' && provider.credential !== 'none' && (
        <FurtherKeys settings={settings.data} provider={provider} secrets={secrets} />
      )}
    </section>
  );
}
