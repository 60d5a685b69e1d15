// Claude on Google Cloud: project, location and model in the path, Google's token in the header, answers as Anthropic writes
// them.
import type { ByteParts } from '../../lib/byte-parts.ts';
import { claudeModels } from '../claude-elsewhere/claude-models.ts';
import { cannotCount } from '../claude-elsewhere/elsewhere-upstream.ts';
import {
  answerOf,
  errorTypeOf,
  isAnthropicError,
  maskMessage,
  messageOf,
  parseJson,
} from '../claude-elsewhere/error-answers.ts';
import type { PlainAnswer } from '../claude-elsewhere/error-answers.ts';
import type { GoogleTokens } from '../claude-elsewhere/google-tokens.ts';
import { JsonText } from '../claude-elsewhere/json-text.ts';
import { assumedList, knownModels, listAnswer } from '../claude-elsewhere/model-lists.ts';
import type { NamedModel } from '../claude-elsewhere/model-lists.ts';
import type { AnswerDecoder, Place, Question, WireRequest } from '../claude-elsewhere/place.ts';
import { unusable } from '../claude-elsewhere/unusable.ts';
import type { ProviderSetup, UpstreamRequest } from '../provider.ts';
import { headerValue } from '../request-headers.ts';
import { vertexRules } from './body-rules.ts';
import { vertexName } from './model-names.ts';

const LIST_PATH = '/v1beta1/publishers/anthropic/models?pageSize=100';

export interface VertexParts {
  readonly setup: ProviderSetup;
  readonly location: string;
  /** As configured; null takes the credential's own. */
  readonly project: string | null;
  readonly tokens: GoogleTokens;
}

export class VertexPlace implements Place {
  readonly rules = vertexRules;
  readonly #parts: VertexParts;
  /** By secret: keys of several projects may take turns. */
  readonly #projects = new Map<string | null, string>();

  constructor(parts: VertexParts) {
    this.#parts = parts;
  }

  async ready(secret: string | null): Promise<void> {
    const { project, setup, tokens } = this.#parts;
    const found = project ?? (await tokens.of(secret)).project;
    if (found === null) {
      throw unusable(
        setup.id,
        'it does not know your Google Cloud project; name it in the field "project" or in ANTHROPIC_VERTEX_PROJECT_ID',
      );
    }
    this.#projects.set(secret, found);
  }

  nameOf(model: string): string {
    return this.#parts.setup.models[model]?.deployment ?? vertexName(model);
  }

  shownName(model: string): string {
    return this.#parts.setup.models[model]?.deployment === undefined ? vertexName(model) : model;
  }

  message(question: Question): WireRequest {
    const action = question.shaped.stream ? 'streamRawPredict' : 'rawPredict';
    return this.#predict(question, question.model, action, question.shaped.body);
  }

  count(question: Question): WireRequest {
    const { body } = question.shaped;
    const text = new JsonText(body.whole());
    const { start } = text.root();
    const named = body.withReplaced(
      start,
      start + 1,
      Buffer.from(`{"model":${JSON.stringify(question.model)},`),
    );
    return this.#predict(question, 'count-tokens', 'rawPredict', named);
  }

  readCount(answer: PlainAnswer): PlainAnswer {
    if (answer.status < 400 || answer.status === 429 || answer.status >= 500) return this.readError(answer);
    return cannotCount(this.rules.placeName);
  }

  async models(
    request: UpstreamRequest,
    ask: (wire: WireRequest) => Promise<PlainAnswer>,
  ): Promise<PlainAnswer> {
    const project = this.#projects.get(request.secret) ?? '';
    const headers = [...wireHeaders(null), 'x-goog-user-project', project];
    const answer = await ask({ method: 'GET', path: LIST_PATH, headers, body: null });
    const listed = answer.status === 200 ? readPublisherModels(answer.body) : null;
    const { models } = this.#parts.setup;
    if (listed !== null && listed.length > 0) return listAnswer(knownModels([], models).concat(listed));
    const refusal = this.readError(answer);
    // Who may use models may often not list them; a wrong key must show.
    if (refusal.status === 401 || refusal.status === 429 || refusal.status >= 500) return refusal;
    return assumedList(knownModels(claudeModels, models));
  }

  async authorize(_wire: WireRequest, secret: string | null): Promise<readonly string[]> {
    const { token } = await this.#parts.tokens.of(secret);
    return ['authorization', `Bearer ${token}`];
  }

  decoder(): AnswerDecoder | null {
    return null;
  }

  readError(answer: PlainAnswer): PlainAnswer {
    const { status, headers, body } = answer;
    if (status < 400 || isAnthropicError(body)) return answer;
    const message = messageOf(body) ?? `${this.rules.placeName} answered with status ${status}.`;
    return answerOf({ status, type: errorTypeOf(status), message: maskMessage(message) }, headers);
  }

  #predict({ headers, secret }: Question, model: string, action: string, body: ByteParts): WireRequest {
    const project = encodeURIComponent(this.#projects.get(secret) ?? '');
    const location = encodeURIComponent(this.#parts.location);
    // `@` is as legal in a path as it is usual here; `:` must not be read as the action's.
    const name = encodeURIComponent(model).replaceAll('%40', '@');
    return {
      method: 'POST',
      path: `/v1/projects/${project}/locations/${location}/publishers/anthropic/models/${name}:${action}`,
      headers: wireHeaders(headerValue(headers, 'anthropic-beta')),
      body,
    };
  }
}

/** The client's own headers mean nothing to Google and stay here, its betas excepted. */
function wireHeaders(betas: string | null): string[] {
  return [
    'content-type',
    'application/json',
    'accept',
    'application/json, text/event-stream',
    'accept-encoding',
    'identity',
    'user-agent',
    'tollgate',
    ...(betas === null ? [] : ['anthropic-beta', betas]),
  ];
}

function readPublisherModels(body: Buffer): NamedModel[] | null {
  const list = (parseJson(body) as { publisherModels?: unknown } | null)?.publisherModels;
  if (!Array.isArray(list)) return null;
  return list.flatMap((one: unknown) => {
    const { name, versionId } = (one ?? {}) as { name?: unknown; versionId?: unknown };
    const id = typeof name === 'string' ? name.slice(name.lastIndexOf('/') + 1) : '';
    if (id === '') return [];
    const dated = typeof versionId === 'string' && /^\d{8}$/.test(versionId) && !id.includes('@');
    return [{ id: dated ? `${id}@${versionId}` : id, name: null }];
  });
}
