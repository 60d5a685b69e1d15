// A provider's own web search as the blocks of Anthropic's (T94). Providers tell of it in pieces: a call without its
// query, a result with or without sources, sources alone, sources after the text that cites them. All of them end up as
// one call block and one result block per search.
import { Buffer } from 'node:buffer';
import type {
  LanguageModelV4Source,
  LanguageModelV4ToolResult,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import { SearchCallBlock, SearchResultBlock } from './blocks.ts';
import type { BlockQueue } from './block-queue.ts';
import type { SearchFailure, SearchHit } from './block-sink.ts';

/** Names under which providers run a search: `web_search`, `google_search`, `x_search`, `server:GOOGLE_SEARCH_WEB` … */
const searchName = /(web|google|internet|x|browser)_?search/i;

export function isSearchTool(name: string): boolean {
  return searchName.test(name);
}

interface Search {
  readonly id: string;
  query: string | null;
  /** `open`: its result block is not written yet, sources may still come. */
  state: 'called' | 'open' | 'done';
}

export class WebSearches {
  readonly #queue: BlockQueue;
  readonly #messageId: string;
  readonly #searches = new Map<string, Search>();
  /** Every URL once, whichever way it was told. */
  readonly #seen = new Set<string>();
  /** Hits of the result block that waits at the end of the queue. */
  #gathering: { readonly block: SearchResultBlock; readonly hits: SearchHit[] } | null = null;
  #late: SearchHit[] = [];
  /** Searches run so far; opening a found page is not one. */
  count = 0;

  constructor(queue: BlockQueue, messageId: string) {
    this.#queue = queue;
    this.#messageId = messageId;
  }

  call(id: string, input: string): void {
    const search = this.#searches.get(id);
    const query = queryOf(parse(input));
    if (search === undefined) this.#searches.set(id, { id: this.#blockId(id), query, state: 'called' });
    else search.query ??= query;
  }

  result(part: LanguageModelV4ToolResult): void {
    if (part.preliminary === true) return;
    this.call(part.toolCallId, '');
    const search = this.#searches.get(part.toolCallId);
    if (search?.state !== 'called') return;
    search.state = 'done';
    const result = record(part.result);
    const action = record(result['action']);
    // Reading a page it found is part of the search that found it.
    if (action['type'] === 'openPage' || action['type'] === 'findInPage') return;
    const query = queryOf(action) ?? queryOf(result) ?? search.query;
    this.count += 1;
    this.#queue.push(new SearchCallBlock(search.id, query));
    if (part.isError === true) {
      const failure: SearchFailure = { type: 'web_search_tool_result_error', error_code: 'unavailable' };
      this.#queue.push(new SearchResultBlock(search.id, failure));
      return;
    }
    const hits: SearchHit[] = [];
    const block = new SearchResultBlock(search.id, hits);
    for (const source of Array.isArray(result['sources']) ? (result['sources'] as unknown[]) : []) {
      this.#hit(record(source)['url'], record(source)['title'], hits);
    }
    if (hits.length > 0) {
      this.#queue.push(block);
      this.#gathering = { block, hits };
    } else {
      search.state = 'open';
    }
  }

  source(part: LanguageModelV4Source): void {
    if (part.sourceType !== 'url') return;
    const gathering = this.#gathering;
    const isWaiting = gathering !== null && this.#queue.last === gathering.block;
    this.#hit(part.url, part.title, isWaiting ? gathering.hits : this.#late);
  }

  /** Writes the results whose sources came late, and a search that was never told of but left sources. */
  finish(metadata: SharedV4ProviderMetadata | undefined): void {
    const open = [...this.#searches.values()].filter((search) => search.state === 'open');
    for (const [index, search] of open.entries()) {
      const isLast = index === open.length - 1;
      this.#queue.push(new SearchResultBlock(search.id, isLast ? this.#late : []));
    }
    if (this.count > 0 || this.#late.length === 0) return;
    const queries = groundingQueries(metadata);
    this.count = Math.max(1, queries.length);
    const id = this.#blockId('1');
    this.#queue.push(new SearchCallBlock(id, queries.length === 0 ? null : queries.join('; ')));
    this.#queue.push(new SearchResultBlock(id, this.#late));
  }

  #hit(url: unknown, title: unknown, hits: SearchHit[]): void {
    if (typeof url !== 'string' || url === '' || this.#seen.has(url)) return;
    this.#seen.add(url);
    const shown = typeof title === 'string' && title !== '' ? title : url;
    hits.push({ type: 'web_search_result', url, title: shown, encrypted_content: '', page_age: null });
  }

  /** Clients expect ids of server tools to look like Anthropic's; unique in the conversation by the message's id. */
  #blockId(id: string): string {
    const own = Buffer.from(id, 'utf8').toString('hex').slice(-16);
    return `srvtoolu_${this.#messageId.replace(/^msg_/, '').replace(/[^a-zA-Z0-9_]/g, '')}_${own}`;
  }
}

function queryOf(value: Readonly<Record<string, unknown>>): string | null {
  const { query, queries } = value;
  if (typeof query === 'string' && query !== '') return query;
  if (!Array.isArray(queries)) return null;
  const texts = queries.filter((text): text is string => typeof text === 'string' && text !== '');
  return texts.length === 0 ? null : texts.join('; ');
}

/** What Gemini searched for, as its grounding tells at the end. */
function groundingQueries(metadata: SharedV4ProviderMetadata | undefined): readonly string[] {
  for (const fields of Object.values(metadata ?? {})) {
    const queries = record(fields['groundingMetadata'])['webSearchQueries'];
    if (Array.isArray(queries)) return queries.filter((query): query is string => typeof query === 'string');
  }
  return [];
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function parse(json: string): Readonly<Record<string, unknown>> {
  try {
    return record(JSON.parse(json));
  } catch {
    return {};
  }
}
