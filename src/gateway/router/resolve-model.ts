// Which model a provider is asked for: the rule's, the client's own name where the provider knows it, else the one that
// stands in for the size asked for. Total over sizes, so that small calls beside the conversation find a model, too.
import { familyOf, namesClaude, readAlias } from './model-names.ts';
import type { Family } from './model-names.ts';
import type { ProviderFacts } from './types.ts';

type Tiers = ProviderFacts['tiers'];
type TierName = keyof Tiers;

/** The nearest size stands in for one that has no model: an answer from it beats none (problem 20). */
const nearest: Readonly<Record<Family, readonly TierName[]>> = {
  opus: ['opus', 'sonnet', 'haiku'],
  sonnet: ['sonnet', 'opus', 'haiku'],
  haiku: ['haiku', 'background', 'sonnet', 'opus'],
};

/** Claude Code's class of small calls beside the conversation: titles, summaries, checks. */
const BACKGROUND_CLASS = 'auxiliary';

/** The name sent upstream, or null when no model of the provider stands for the one asked for. */
export function resolveModel(
  asked: string,
  facts: ProviderFacts,
  target: { readonly model?: string | undefined },
  requestClass: string | null = null,
): string | null {
  if (target.model !== undefined) return target.model;
  const alias = readAlias(asked);
  if (alias !== null && alias.provider === facts.id) return alias.model;
  const name = alias?.model ?? asked;
  const standIn = findStandIn(name, facts.tiers, requestClass);
  if (facts.servesClaude) {
    // What the user chose goes before the name asked for; another provider's model means nothing here.
    return standIn ?? (alias === null || namesClaude(name) ? name : null);
  }
  return knowsName(facts, name) ? name : standIn;
}

const knowsName = ({ models, tiers }: ProviderFacts, name: string): boolean =>
  models.includes(name) || Object.values(tiers).includes(name);

function findStandIn(name: string, tiers: Tiers, requestClass: string | null): string | null {
  const family = familyOf(name);
  if (requestClass === BACKGROUND_CLASS && tiers.background !== undefined) return tiers.background;
  const order = nearest[family ?? 'sonnet'];
  const found = order.find((tier) => tiers[tier] !== undefined);
  return found === undefined ? null : (tiers[found] ?? null);
}
