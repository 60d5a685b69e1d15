// Which of a provider's models answers when Claude Code asks for Opus, Sonnet or Haiku, or makes a small call of its own:
// picked from the provider's list, in force at once.
import { Button, VisuallyHidden } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ModelTier, ModelView, ProviderModels } from '../../src/contract/models.ts';
import type { ProviderTypeView } from '../../src/contract/providers.ts';
import type { TierSettings } from '../../src/contract/settings.ts';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { GatewayError } from '../gateway-client.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import { useNow } from '../live/use-now.ts';
import { useProviderSettings, useProviderTypes } from '../providers/use-save-provider.ts';
import {
  describeDefault,
  describeList,
  describeModel,
  listAdvice,
  sizes,
  withTier,
} from './describe-models.ts';
import { ModelChoice } from './model-choice.tsx';
import { useModelLists, useRefreshModels } from './use-models.ts';
import styles from './models.module.css';

interface SizeRowProps {
  readonly tier: ModelTier;
  readonly label: string;
  readonly tiers: TierSettings;
  readonly type: ProviderTypeView | undefined;
  readonly models: readonly ModelView[];
  readonly disabled: boolean;
  readonly onChange: (tiers: TierSettings) => void;
}

function SizeRow({ tier, label, tiers, type, models, disabled, onChange }: SizeRowProps) {
  const chosen = tiers[tier] ?? '';
  const standard = describeDefault(tier, type);
  const model = models.find(({ id }) => id === (chosen === '' ? standard : chosen));
  return (
    <tr>
      <th scope="row">{label}</th>
      <td>
        <ModelChoice
          label={`Model for ${label}`}
          isLabelHidden
          value={chosen}
          placeholder={standard}
          models={models}
          disabled={disabled}
          onCommit={(picked) => onChange(withTier(tiers, tier, picked))}
        />
        <p className={`${styles.quiet} ${styles.facts}`}>
          {chosen === '' ? 'Default' : 'Your choice'}
          {model !== undefined && `: ${describeModel(model)}`}
          {chosen !== '' && model === undefined && ': not in the list of the provider'}
        </p>
      </td>
    </tr>
  );
}

function ListState({ list }: { readonly list: ProviderModels }) {
  const now = useNow(10_000);
  const isLive = useLive((state) => state.link.kind === 'live');
  const { refresh, stop } = useRefreshModels(list.provider);
  const wasStopped = refresh.error instanceof GatewayError && refresh.error.code === 'ended';
  return (
    <>
      <div className={styles.head}>
        <p className={styles.quiet} role="status">
          {refresh.isPending ? 'Asking the provider for its models.' : describeList(list, now)}
        </p>
        {refresh.isPending ? (
          <Button onClick={stop}>Stop asking</Button>
        ) : (
          <Button disabled={!isLive} onClick={() => refresh.mutate()}>
            Refresh the list
          </Button>
        )}
      </div>
      {list.problem !== null && !refresh.isPending && <p>{list.problem}</p>}
      {refresh.error !== null && !wasStopped && <p role="alert">{explainError(refresh.error)}</p>}
    </>
  );
}

export function ModelMapping({ provider, type }: { readonly provider: string; readonly type: string }) {
  const { client } = useGateway();
  const isLive = useLive((state) => state.link.kind === 'live');
  const lists = useModelLists();
  const settings = useProviderSettings(provider);
  const types = useProviderTypes();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (tiers: TierSettings) => client.call('tiers.set', { provider, tiers }),
    // Under way until the new choice was read again, so that the old one does not flash up in between.
    onSuccess: () =>
      Promise.all([
        queries.invalidateQueries({ queryKey: ['provider.read', provider] }),
        queries.invalidateQueries({ queryKey: ['models.list'] }),
      ]),
  });
  const list = lists.data?.find((one) => one.provider === provider);
  const error = lists.error ?? settings.error ?? types.error;
  if (error !== null) return <p role="alert">{explainError(error)}</p>;
  if (lists.data === undefined || settings.data === undefined) return <p>Reading the models.</p>;
  if (list === undefined) return <p>This provider has no models to choose from.</p>;
  const tiers = (save.isPending ? save.variables : settings.data.tiers) ?? {};
  return (
    <section className={styles.mapping} aria-label={`Models of ${list.label}`}>
      <ListState list={list} />
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">
              <VisuallyHidden>When Claude Code asks for</VisuallyHidden>
            </th>
            <th scope="col">
              <VisuallyHidden>answers</VisuallyHidden>
            </th>
          </tr>
        </thead>
        <tbody>
          {sizes.map(({ tier, label }) => (
            <SizeRow
              key={tier}
              tier={tier}
              label={label}
              tiers={tiers}
              type={types.data?.find((one) => one.type === type)}
              models={list.models}
              disabled={!isLive}
              onChange={(next) => save.mutate(next)}
            />
          ))}
        </tbody>
      </table>
      {save.error !== null && <p role="alert">{explainError(save.error)}</p>}
      {listAdvice(list.models).map(({ model, advice }) => (
        <p key={model} className={pageStyles.quiet}>
          <strong>{model}</strong>: {advice}
        </p>
      ))}
    </section>
  );
}
