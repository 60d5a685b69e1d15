// The many spellings of one model's name: prefixes of routers and clouds, dates, variants. Pure.

/** Longer names come from nobody who means a model. */
const LONGEST_NAME = 256;

/** Bedrock's `us.anthropic.`, `mistral.` …: a region perhaps, and the lab. */
const bedrockPrefix =
  /^(?:(?:us|eu|apac|ap|jp|au|ca|sa|global|us-gov)\.)?(?:anthropic|openai|meta|mistral|amazon|deepseek|moonshot|moonshotai|qwen|zai|xai|google|nvidia|minimax|writer|cohere|ai21)\./;

/** The spellings a model may be known under, closest first; all in lower case, with `-` between digits. */
export function spellingsOf(id: string): string[] {
  if (id.length > LONGEST_NAME) return [];
  const exact = normal(id.replace(/\[1m\]$/i, ''));
  const bare = exact
    .slice(exact.lastIndexOf('/') + 1)
    .replace(/^~/, '')
    .replace(bedrockPrefix, '')
    .replace(/-maas$/, '');
  const plain = bare
    // `-v1:0` and `-1:0` are Bedrock's versions, `:free` and `:8b-q4` variants of routers and local servers.
    .replace(/-(?:v\d+:\d+|\d:\d)$/, '')
    .replace(/:[^:]*$/, '');
  const unversioned = plain.includes('claude') ? plain.replace(/-v\d+$/, '') : plain;
  return [...new Set([exact, bare, plain, withoutDate(unversioned)])].filter((name) => name !== '');
}

/** Strips `-20250929`, `@20250929`, `-2025-09-29`, `-latest`, `@default`. */
function withoutDate(name: string): string {
  return name.replace(/[-@](?:20\d{6}|20\d{2}-\d{2}-\d{2}|latest|default)$/, '');
}

/** OpenRouter and others write claude-sonnet-4.5. */
const normal = (name: string): string => name.toLowerCase().replace(/(?<=\d)\.(?=\d)/g, '-');

/** True for Claude under its own or a cloud's name, which is what Claude Code offers in its model list (P11). */
export const isClaudeName = (id: string): boolean => /claude|anthropic/i.test(id);

/** True for Claude's name as Anthropic itself writes it, so that any Claude provider may be asked with it. */
export const isPlainClaudeName = (id: string): boolean => /^claude-[a-z0-9.-]+$/i.test(id);
