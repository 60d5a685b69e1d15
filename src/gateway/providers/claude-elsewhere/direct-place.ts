// A place that speaks the Messages API at its usual paths: the client's path and headers go on, with the credential that
// the provider type puts there.
import { cannotCount } from './elsewhere-upstream.ts';
import {
  answerOf,
  errorTypeOf,
  isAnthropicError,
  maskMessage,
  messageOf,
  parseJson,
} from './error-answers.ts';
import type { PlainAnswer } from './error-answers.ts';
import { assumedList, isAnthropicList, knownModels, listAnswer, readModelList } from './model-lists.ts';
import type { BodyRules } from './body-rules.ts';
import { sizeTrouble } from './size-trouble.ts';
import type { AnswerDecoder, Place, Question, WireRequest } from './place.ts';
import type { KnownModel, ProviderSetup, UpstreamRequest } from '../provider.ts';

export interface DirectParts {
  readonly setup: ProviderSetup;
  readonly rules: BodyRules;
  /** Shown when the place has no list. */
  readonly models: readonly KnownModel[];
  /** Where the list is, when not at `/v1/models` below the provider's address: a path of the same host. */
  readonly listPath: string | null;
  /** Headers of the credential; absent where the request has them already. */
  readonly authorize?: (wire: WireRequest, secret: string | null) => Promise<readonly string[]>;
}

export class DirectPlace implements Place {
  readonly rules: BodyRules;
  readonly #parts: DirectParts;

  constructor(parts: DirectParts) {
    this.rules = parts.rules;
    this.#parts = parts;
  }

  async ready(): Promise<void> {}

  nameOf(model: string): string {
    return this.#parts.setup.models[model]?.deployment ?? model;
  }

  /** What the user calls it: a deployment's name says nothing about the price. */
  shownName(model: string): string {
    return model;
  }

  message({ shaped, path, headers }: Question): WireRequest {
    return { method: 'POST', path, headers, body: shaped.body };
  }

  count(question: Question): WireRequest {
    return this.message(question);
  }

  readCount(answer: PlainAnswer): PlainAnswer {
    const count = (parseJson(answer.body) as { input_tokens?: unknown } | null)?.input_tokens;
    if (answer.status === 200 && typeof count === 'number') return answer;
    if (answer.status === 401 || answer.status === 429 || answer.status >= 500)
      return this.readError(answer, '');
    return cannotCount(this.rules.placeName);
  }

  async models(
    request: UpstreamRequest,
    ask: (wire: WireRequest) => Promise<PlainAnswer>,
  ): Promise<PlainAnswer> {
    const { listPath, setup, models } = this.#parts;
    // Lists outside the Messages API take their key as OpenAI's do.
    const bearer =
      listPath === null || request.secret === null ? [] : ['authorization', `Bearer ${request.secret}`];
    const answer = await ask({
      method: 'GET',
      path: listPath ?? request.path,
      headers: [...withoutCredential(request.headers, bearer.length > 0), ...bearer],
      body: null,
      address: 'control',
    });
    if (answer.status === 200 && isAnthropicList(answer.body)) return answer;
    const listed = answer.status === 200 ? readModelList(answer.body) : null;
    if (listed !== null) return listAnswer(knownModels(listed, setup.models));
    const hasNoList =
      answer.status < 400 || answer.status === 404 || answer.status === 405 || answer.status === 501;
    return hasNoList ? assumedList(knownModels(models, setup.models)) : this.readError(answer, '');
  }

  async authorize(wire: WireRequest, secret: string | null): Promise<readonly string[]> {
    return (await this.#parts.authorize?.(wire, secret)) ?? [];
  }

  decoder(): AnswerDecoder | null {
    return null;
  }

  /** An API's own words reach the client as they are (P13); a web server's page is said in one sentence. */
  readError(answer: PlainAnswer, model: string): PlainAnswer {
    const { status, headers, body } = answer;
    if (status < 400) return answer;
    const tooLarge =
      this.rules.withoutFeatures === 'all' ? sizeTrouble(answer, this.#parts.setup, model) : null;
    if (tooLarge !== null) return answerOf(tooLarge, headers);
    if (isAnthropicError(body)) return answer;
    const message = messageOf(body) ?? `${this.rules.placeName} answered with status ${status}.`;
    return answerOf({ status, type: errorTypeOf(status), message: maskMessage(message) }, headers);
  }
}

function withoutCredential(headers: readonly string[], drop: boolean): string[] {
  const kept: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    const name = headers[index] as string;
    if (drop && /^(?:x-api-key|authorization)$/i.test(name)) continue;
    kept.push(name, headers[index + 1] as string);
  }
  return kept;
}
