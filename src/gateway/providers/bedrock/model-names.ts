// Claude's names as Amazon Bedrock spells them: an inference profile's prefix, the vendor, the name, and for dated models
// the date with a revision. Pure.
import { readClaudeName } from '../claude-elsewhere/claude-models.ts';

/** Prefixes of Amazon's inference profiles; `none` calls the model in the region itself. */
export const inferenceProfiles = ['us', 'eu', 'apac', 'jp', 'au', 'us-gov', 'global', 'none'] as const;

/** Models whose Bedrock name has a revision that does not follow from the rest. */
const revisions: Readonly<Record<string, string>> = {
  'claude-opus-4-6': '-v1',
  'claude-3-5-sonnet-20241022': '-v2:0',
};

/** The profile that every region of a part of the world can call; elsewhere the one that reaches any region. */
export function profileOfRegion(region: string): string {
  if (region.startsWith('us-gov-')) return 'us-gov';
  if (region.startsWith('us-')) return 'us';
  if (region.startsWith('eu-')) return 'eu';
  return 'global';
}

/** Names that are Bedrock's already, and ARNs, stay as they are; so does what is no Claude. */
export function bedrockName(name: string, profile: string): string {
  const claude = name.includes('anthropic.') || name.startsWith('arn:') ? null : readClaudeName(name);
  if (claude === null) return name;
  const dated = claude.date === null ? claude.base : `${claude.base}-${claude.date}`;
  const revision = revisions[dated] ?? (claude.date === null ? '' : '-v1:0');
  return `${profile === 'none' ? '' : `${profile}.`}anthropic.${dated}${revision}`;
}

/** The model behind an inference profile, which is what tokens are counted for; null when the name does not tell. */
export function foundationModel(id: string): string | null {
  if (id.startsWith('arn:')) {
    if (id.includes(':application-inference-profile/')) return null;
    return foundationModel(id.slice(id.lastIndexOf('/') + 1));
  }
  return id.replace(/^[a-z-]+\.(?=anthropic\.)/, '');
}
