// What a model's name says: Claude or not, which size, and the one spelling behind dated, aliased, Bedrock and Vertex
// names. Also Tollgate's own names for other providers' models, `claude/<provider>/<model>`, which Claude Code lists.

/** Claude's sizes; newer, larger families count as the largest one. */
export type Family = 'opus' | 'sonnet' | 'haiku';

const families: Readonly<Record<string, Family>> = {
  opus: 'opus',
  fable: 'opus',
  mythos: 'opus',
  sonnet: 'sonnet',
  haiku: 'haiku',
};
const familyWord = /(?<![a-z])(opus|fable|mythos|sonnet|haiku)(?![a-z])/;

/** The size that a name asks for, however it is spelled; null when it names none. */
export function familyOf(name: string): Family | null {
  return families[familyWord.exec(name.toLowerCase())?.[1] ?? ''] ?? null;
}

/**
 * The spelling that rules are written in: `us.anthropic.claude-opus-4-8-v1:0`, `claude-opus-4-8@20260101`,
 * `anthropic/claude-opus-4.8` and `claude-opus-4-8-20260101` all become `claude-opus-4-8`.
 */
export function canonicalName(name: string): string {
  const last =
    name
      .toLowerCase()
      .replace(/\[1m\]$/, '')
      .split('/')
      .at(-1) ?? '';
  const bare = last.replace(/^(?:[a-z0-9-]+\.)?anthropic\./, '');
  if (!isClaudeWord(bare)) return bare;
  return bare
    .replace(/-v\d+(?::\d+)?$/, '')
    .replace(/[-@](?:\d{8}|\d{4}-\d{2}-\d{2}|latest|default)$/, '')
    .replace(/(?<=\d)\.(?=\d)/g, '-');
}

const isClaudeWord = (bare: string): boolean => /^claude(?:[-@]|$)/.test(bare);

/** True for the names of Claude's models in every spelling, false for names that only sit behind a `claude/` path. */
export function namesClaude(name: string): boolean {
  return isClaudeWord(canonicalName(name));
}

const ALIAS_START = 'claude/';

/** The name under which a client can ask for one provider's model. */
export function aliasOf(provider: string, model: string): string {
  return `${ALIAS_START}${provider}/${model}`;
}

/** What an alias stands for; null for any other name. The model may itself contain slashes. */
export function readAlias(name: string): { readonly provider: string; readonly model: string } | null {
  if (!name.startsWith(ALIAS_START)) return null;
  const slash = name.indexOf('/', ALIAS_START.length);
  const provider = name.slice(ALIAS_START.length, slash);
  const model = name.slice(slash + 1);
  return slash === -1 || provider === '' || model === '' ? null : { provider, model };
}
