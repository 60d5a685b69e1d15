// Reads all pages of a server's lists. Cursors are opaque, and an empty one is a cursor too; a server that turns in
// circles or never ends is stopped (R15).
import { elementTexts, memberText } from '../wire/json-text.ts';
import { isObject, parseJson } from '../wire/message.ts';
import type { Connection } from './connect-server.ts';
import { errorMessageOf, modernMetaText } from './connect-server.ts';

const MOST_PAGES = 200;
const MOST_ITEMS = 10_000;
const PAGE_MS = 30_000;
const LONGEST_LIST = 32 * 1024 * 1024;

export interface ListSpec {
  readonly method: string;
  /** The result's member that holds the items. */
  readonly key: string;
}

export const listSpecs = {
  tools: { method: 'tools/list', key: 'tools' },
  prompts: { method: 'prompts/list', key: 'prompts' },
  resources: { method: 'resources/list', key: 'resources' },
  templates: { method: 'resources/templates/list', key: 'resourceTemplates' },
} as const satisfies Record<string, ListSpec>;

/** The items' texts in the server's order. Throws with a sentence when the server does not answer properly. */
export async function readList(
  connection: Connection,
  spec: ListSpec,
  clientInfo: object,
): Promise<readonly string[]> {
  const items: string[] = [];
  const seen = new Set<string>();
  let cursor: string | null = null;
  let length = 0;
  for (let page = 0; page < MOST_PAGES; page++) {
    const result: string = await readPage(connection, spec, clientInfo, cursor);
    const value = parseJson(result);
    const list = isObject(value) ? value[spec.key] : undefined;
    if (!isObject(value) || !Array.isArray(list)) throw new Error(`its answer to ${spec.method} is no list`);
    items.push(...elementTexts(memberText(result, spec.key) ?? '[]'));
    length += result.length;
    const next = value['nextCursor'];
    if (typeof next !== 'string' || seen.has(next) || items.length > MOST_ITEMS || length > LONGEST_LIST)
      return items.slice(0, MOST_ITEMS);
    // Before the revision that calls it a cursor, an empty one meant the end.
    if (next === '' && connection.era === 'legacy') return items;
    seen.add(next);
    cursor = next;
  }
  return items;
}

async function readPage(
  connection: Connection,
  spec: ListSpec,
  clientInfo: object,
  cursor: string | null,
): Promise<string> {
  const members = [
    ...(cursor === null ? [] : [`"cursor":${JSON.stringify(cursor)}`]),
    ...(connection.era === 'modern' ? [`"_meta":${modernMetaText(clientInfo)}`] : []),
  ];
  const answer = await connection.line.request(spec.method, `{${members.join(',')}}`, {
    idleMs: PAGE_MS,
    maxMs: PAGE_MS,
  });
  if (answer.kind === 'result') return answer.text;
  throw new Error(`${spec.method}: ${errorMessageOf(answer)}`);
}
