// Provider types as the form that adds one lists them: in groups, the plain ones first, and found by a few letters. Pure.
import type { ProviderTypeView } from '../../src/contract/providers.ts';

type Group = ProviderTypeView['group'];

/** In the order in which they are offered; practice is always there and is not added. */
const groups: readonly { readonly group: Group; readonly title: string; readonly why: string }[] = [
  { group: 'claude', title: 'Claude', why: 'Claude itself, by Anthropic or in your cloud account.' },
  {
    group: 'no-translation',
    title: 'No translation needed',
    why: 'Other models that take Claude Code’s requests as they are: nothing is lost on the way.',
  },
  {
    group: 'translated',
    title: 'Translated',
    why: 'Other models in their own vocabulary; each request is translated.',
  },
  { group: 'local', title: 'On this computer', why: 'Models that run here: no key, no cost per token.' },
  { group: 'gateway', title: 'Gateways', why: 'A gateway that your team or you run already.' },
];

export interface TypeGroup {
  readonly title: string;
  readonly why: string;
  readonly types: readonly ProviderTypeView[];
}

/** The groups that hold a type with every word of `search` in its names or help; empty groups are left out. */
export function groupTypes(types: readonly ProviderTypeView[], search: string): readonly TypeGroup[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  const isFound = ({ type, label, help, models }: ProviderTypeView): boolean => {
    const text = [type, label, help, ...models.map(({ id }) => id)].join(' ').toLowerCase();
    return words.every((word) => text.includes(word));
  };
  return groups
    .map(({ group, title, why }) => ({
      title,
      why,
      types: types.filter((type) => type.group === group && isFound(type)),
    }))
    .filter((group) => group.types.length > 0);
}

/** Said once where a translated type is chosen. */
export const translationNotice =
  'Requests are translated. Anthropic does not support Claude Code with other models; what cannot be expressed is listed with each request.';

/** False where the address follows from a region, a project or a resource, or is known. */
export function needsAddress(type: Pick<ProviderTypeView, 'defaultBaseUrl' | 'fields'>): boolean {
  return (
    type.defaultBaseUrl === null &&
    !type.fields.some(({ key }) => ['region', 'location', 'project', 'resource'].includes(key))
  );
}
