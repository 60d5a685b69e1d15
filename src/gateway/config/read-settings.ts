// Turns the text of config.json into settings, or into one sentence that names the place and the mend. Pure.
// Comments and trailing commas are allowed; unknown keys are not.
import { parse, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import type { z } from 'zod';
import { notYetSupportedKeys, Settings } from '../../contract/settings.ts';

export const defaultSettings: Settings = Settings.parse({ version: 1 });

export type ReadSettings =
  { readonly ok: true; readonly settings: Settings } | { readonly ok: false; readonly problem: string };

/** `providerTypes`: what the registry can reach. */
export function readSettings(text: string, providerTypes: readonly string[]): ReadSettings {
  const errors: ParseError[] = [];
  const bare = text.startsWith('\uFEFF') ? text.slice(1) : text;
  const value: unknown = parse(bare, errors, { allowTrailingComma: true });
  const [first] = errors;
  if (first !== undefined) {
    return { ok: false, problem: `${placeOf(bare, first.offset)}: ${printParseErrorCode(first.error)}` };
  }
  const result = Settings.safeParse(value);
  if (!result.success) return { ok: false, problem: result.error.issues.map(sayIssue).join('; ') };
  for (const [index, provider] of result.data.providers.entries()) {
    if (providerTypes.includes(provider.type)) continue;
    const known = providerTypes.join(', ');
    return {
      ok: false,
      problem: `providers[${index}].type: this version cannot reach "${provider.type}"; it can reach: ${known}`,
    };
  }
  return { ok: true, settings: result.data };
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split('\n');
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`;
}

function sayIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys
      .map((key) => `${sayPath([...issue.path, key])}: ${sayUnknown(issue.path.length, key)}`)
      .join('; ');
  }
  // A message that begins with a dot names a place further in.
  return `${sayPath(issue.path)}${issue.message.startsWith('.') ? '' : ': '}${issue.message}`;
}

function sayUnknown(depth: number, key: string): string {
  return depth === 0 && notYetSupportedKeys.includes(key)
    ? 'this version of Tollgate does not act on it yet; take it out, so that nothing looks enforced that is not'
    : 'there is no such setting';
}

function sayPath(path: readonly PropertyKey[]): string {
  if (path.length === 0) return 'config';
  return path
    .map((part, index) =>
      typeof part === 'number' ? `[${part}]` : `${index === 0 ? '' : '.'}${String(part)}`,
    )
    .join('');
}
