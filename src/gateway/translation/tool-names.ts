// Tool names as providers take them (T14): letters, digits, `_` and `-` up to a length. Other names get an alias that is
// the same in every request, so that declarations, choices, history and answers agree and prompt caches keep matching.
import { createHash } from 'node:crypto';
import type { ToolNames } from './types.ts';

const legalCharacters = /^[a-zA-Z0-9_-]+$/;
const HASH_LENGTH = 8;

const hashOf = (text: string): string =>
  createHash('sha256').update(text).digest('hex').slice(0, HASH_LENGTH);

/**
 * Names for one request. `known` are the names it declares: a client's own legal name is never given to another tool as
 * alias. Names met later, in history, are added at first sight.
 */
export function createToolNames(known: Iterable<string>, longest: number): ToolNames {
  const sentBy = new Map<string, string>();
  const originalBy = new Map<string, string>();
  const isLegal = (name: string): boolean => name.length <= longest && legalCharacters.test(name);
  const add = (name: string): string => {
    const sent = isLegal(name) ? name : freeAlias(name, longest, originalBy);
    sentBy.set(name, sent);
    originalBy.set(sent, name);
    return sent;
  };
  const names = [...known];
  for (const name of names.filter(isLegal)) add(name);
  for (const name of names) if (!sentBy.has(name)) add(name);
  return {
    sent: (name) => sentBy.get(name) ?? add(name),
    original: (sent) => originalBy.get(sent) ?? sent,
  };
}

function freeAlias(name: string, longest: number, taken: ReadonlyMap<string, string>): string {
  const start = name.replace(/[^a-zA-Z0-9_-]/g, '_').slice(0, longest - HASH_LENGTH - 1);
  for (let round = 0; ; round++) {
    const alias = `${start}_${hashOf(round === 0 ? name : `${name}#${round}`)}`;
    if (!taken.has(alias)) return alias;
  }
}
