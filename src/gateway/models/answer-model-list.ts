// `GET /v1/models` and `/v1/models/{id}` in Anthropic's shape, from memory: Claude Code waits three seconds at most and
// follows no redirect (P11).
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Settings } from '../../contract/settings.ts';
import { GatewayError } from '../gateway-error.ts';
import { PRACTICE } from '../providers/providers.ts';
import { defaultProvider } from '../router/choose-route.ts';
import type { ModelCatalogue } from './catalogue.ts';
import { isAllOwn, offeredModels } from './offered-models.ts';
import type { OfferedModel } from './offered-models.ts';
import { MOST_MODELS } from './read-model-list.ts';

export interface ModelListParts {
  readonly settings: () => Settings;
  readonly models: ModelCatalogue;
  readonly newId: () => string;
}

const LIST_PATH = '/v1/models';
/** As at Anthropic. */
const USUAL_LIMIT = 20;

/**
 * Answers, or returns false where the provider in use speaks for itself: its answer is passed on untouched. Throws
 * REQUEST_INVALID, NOT_FOUND.
 */
export function answerModelList(
  parts: ModelListParts,
  request: IncomingMessage,
  response: ServerResponse,
): boolean {
  const current = defaultProvider(parts.settings(), PRACTICE);
  const catalogues = parts.models.list();
  if (isAllOwn(catalogues, current)) return false;
  parts.models.freshen();
  const offered = offeredModels(catalogues, current);
  const url = new URL(request.url ?? LIST_PATH, 'http://gateway');
  const body =
    url.pathname === LIST_PATH
      ? pageOf(offered, url.searchParams)
      : oneOf(offered, url.pathname.slice(LIST_PATH.length + 1));
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(200, {
    'content-type': 'application/json',
    'content-length': bytes.length,
    'request-id': parts.newId(),
  });
  response.end(bytes);
  return true;
}

function oneOf(models: readonly OfferedModel[], written: string): object {
  const id = decode(written);
  const model = models.find((one) => one.id === id);
  if (model !== undefined) return wireModel(model);
  throw new GatewayError('NOT_FOUND', `model: ${id} (see GET ${LIST_PATH} for those there are)`);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** One page, by the cursors of Anthropic's API. Throws REQUEST_INVALID. */
export function pageOf(models: readonly OfferedModel[], query: URLSearchParams): object {
  const limit = readLimit(query.get('limit'));
  const after = query.get('after_id');
  const before = query.get('before_id');
  if (after !== null && before !== null)
    throw new GatewayError('REQUEST_INVALID', 'after_id: cannot be used together with before_id');
  const end = before === null ? models.length : place(models, before, 'before_id');
  const begin = after === null ? 0 : place(models, after, 'after_id') + 1;
  const from = before === null ? begin : Math.max(0, end - limit);
  const page = models.slice(from, before === null ? begin + limit : end);
  return {
    data: page.map(wireModel),
    has_more: before === null ? begin + limit < models.length : from > 0,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  };
}

function readLimit(text: string | null): number {
  if (text === null) return USUAL_LIMIT;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit >= 1 && limit <= MOST_MODELS) return limit;
  throw new GatewayError('REQUEST_INVALID', `limit: must be a whole number from 1 to ${MOST_MODELS}`);
}

function place(models: readonly OfferedModel[], id: string, cursor: string): number {
  const index = models.findIndex((model) => model.id === id);
  if (index !== -1) return index;
  throw new GatewayError('REQUEST_INVALID', `${cursor}: there is no model "${id.slice(0, 200)}" in the list`);
}

const wireModel = (model: OfferedModel): object => ({
  type: 'model',
  id: model.id,
  display_name: model.displayName,
  created_at: model.createdAt,
  max_input_tokens: model.contextWindow,
  max_tokens: model.maxOutputTokens,
});
