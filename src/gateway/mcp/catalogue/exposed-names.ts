// The names under which clients see what servers offer: `<server>__<tool>`, in the letters that models' providers allow,
// short enough with the client's own prefix, unique, and the same tomorrow as today (R8-R14). Pure.
import { hash } from 'node:crypto';

/** Claude Code puts `mcp__tollgate__` before every name; together they may have 64 characters (R10). */
const LONGEST_FULL_NAME = 64;
const CLIENT_PREFIX = 'mcp__tollgate__';
export const LONGEST_NAME = LONGEST_FULL_NAME - CLIENT_PREFIX.length;
const SEPARATOR = '__';
const HASH_LENGTH = 6;
const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';

/** The server's part of a name. */
export const slugOf = (server: string): string => server.toLowerCase().replace(/[^a-z0-9-]/g, '-');

/** Clients turn everything else into `_`; we do it first, so that two names cannot fall together behind our back (R9). */
export const foldName = (name: string): string => name.replace(/[^A-Za-z0-9_-]/g, '_') || '_';

/** What a name was given to. */
export interface NameOwner {
  readonly server: string;
  readonly name: string;
}

const keyOf = ({ server, name }: NameOwner): string => `${server}\0${name}`;

function fingerprint(owner: NameOwner): string {
  const bytes = hash('sha256', keyOf(owner), 'buffer');
  let text = '';
  for (let index = 0; index < HASH_LENGTH; index++) text += BASE32[(bytes[index] ?? 0) % 32] ?? 'a';
  return text;
}

/** The plain form, or null when it does not fit. */
function plainName({ server, name }: NameOwner): string | null {
  const plain = slugOf(server) + SEPARATOR + foldName(name);
  return plain.length <= LONGEST_NAME ? plain : null;
}

/** A form that fits and that no other owner gets. */
function shortName(owner: NameOwner): string {
  const full = slugOf(owner.server) + SEPARATOR + foldName(owner.name);
  return `${full.slice(0, LONGEST_NAME - HASH_LENGTH - 1)}_${fingerprint(owner)}`;
}

/** Names once given, kept across restarts: owner's key → name. */
export type Aliases = ReadonlyMap<string, string>;

/**
 * Gives every owner a name. Those in `known` keep theirs; upper and lower case do not tell names apart. Returns the
 * names in the order of the owners, and all aliases to keep.
 */
export function giveNames(
  owners: readonly NameOwner[],
  known: Aliases,
): { readonly names: readonly string[]; readonly aliases: Map<string, string> } {
  const aliases = new Map(known);
  const taken = new Map([...known].map(([key, name]) => [name.toLowerCase(), key]));
  // In a fixed order, so that who comes first does not depend on who started first.
  const sorted = [...owners].sort((left, right) => (keyOf(left) < keyOf(right) ? -1 : 1));
  for (const owner of sorted) {
    const key = keyOf(owner);
    if (aliases.has(key)) continue;
    const plain = plainName(owner);
    const free = plain !== null && !taken.has(plain.toLowerCase());
    const name = free ? plain : shortName(owner);
    aliases.set(key, name);
    taken.set(name.toLowerCase(), key);
  }
  return { names: owners.map((owner) => aliases.get(keyOf(owner)) ?? shortName(owner)), aliases };
}
