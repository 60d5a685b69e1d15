// A provider's models in words: window, price, where the list comes from and how old it is; and which model stands in for
// each of Claude's sizes. Pure.
import type { ModelTier, ModelView, ProviderModels } from '../../src/contract/models.ts';
import type { ProviderTypeView } from '../../src/contract/providers.ts';
import type { TierSettings } from '../../src/contract/settings.ts';
import { formatMoney } from '../format/money.ts';
import { formatTime } from '../format/time.ts';
import { formatTokens } from '../format/tokens.ts';

export const sizes: readonly { readonly tier: ModelTier; readonly label: string }[] = [
  { tier: 'opus', label: 'Opus' },
  { tier: 'sonnet', label: 'Sonnet' },
  { tier: 'haiku', label: 'Haiku' },
  { tier: 'background', label: 'Small background calls' },
];

/** `400k tokens, $2.50 in and $10.00 out per million`. */
export function describeModel({ contextWindow, price }: ModelView): string {
  const window = contextWindow === null ? 'window not known' : `${formatTokens(contextWindow)} tokens`;
  if (price === null) return `${window}, no cost per token`;
  if (price.estimated) return `${window}, price not known`;
  return `${window}, ${formatMoney(price.input)} in and ${formatMoney(price.output)} out per million`;
}

/** Where a list comes from and how old it is. */
export function describeList({ models, source, fetchedAt }: ProviderModels, now: number): string {
  const count = models.length === 1 ? '1 model' : `${models.length} models`;
  if (source === 'shipped' || fetchedAt === null)
    return models.length === 0
      ? 'No models are known yet. Ask the provider for its list.'
      : `${count} that Tollgate came with; the provider was not asked yet.`;
  return `${count} as the provider listed them, ${formatTime(fetchedAt, now)}${source === 'cached' ? ' (kept from an earlier run)' : ''}.`;
}

/** What answers for a size where the user has chosen nothing. */
export function describeDefault(tier: ModelTier, type: ProviderTypeView | undefined): string {
  if (type === undefined) return '';
  if (type.servesClaude) return 'the model asked for';
  return type.tiers[tier] ?? 'the nearest size that has one';
}

/** The choice with one size changed; an empty model goes back to the default. */
export function withTier(tiers: TierSettings, tier: ModelTier, model: string): TierSettings {
  const { [tier]: _before, ...rest } = tiers;
  return model.trim() === '' ? rest : { ...rest, [tier]: model.trim() };
}

/** Each advice once, with the models it is about. */
export function listAdvice(models: readonly ModelView[]): readonly { model: string; advice: string }[] {
  return models.flatMap(({ id, tiers, advice }) =>
    advice === null || tiers.length === 0 ? [] : [{ model: id, advice }],
  );
}
