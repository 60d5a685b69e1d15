// Claude on Amazon Bedrock: the model in the path, the version in the body, Amazon's signature or API key in the headers, and
// answers in a binary stream.
import type { EventStreamCodec } from '@smithy/eventstream-codec';
import { ByteParts } from '../../lib/byte-parts.ts';
import { AwsRights } from '../claude-elsewhere/aws-keys.ts';
import { cannotCount } from '../claude-elsewhere/elsewhere-upstream.ts';
import { answerOf, messageOf, parseJson } from '../claude-elsewhere/error-answers.ts';
import type { PlainAnswer } from '../claude-elsewhere/error-answers.ts';
import { JsonText } from '../claude-elsewhere/json-text.ts';
import { assumedList, knownModels, listAnswer } from '../claude-elsewhere/model-lists.ts';
import type { NamedModel } from '../claude-elsewhere/model-lists.ts';
import type { AnswerDecoder, Place, Question, WireRequest } from '../claude-elsewhere/place.ts';
import { signRequest } from '../claude-elsewhere/sign-request.ts';
import type { ProviderSetup, UpstreamContext, UpstreamRequest } from '../provider.ts';
import { headerValue } from '../request-headers.ts';
import { claudeModels } from '../claude-elsewhere/claude-models.ts';
import { awsTrouble, exceptionName } from './aws-errors.ts';
import type { BedrockAddresses } from './bedrock-addresses.ts';
import { bedrockRules } from './body-rules.ts';
import { bedrockName, foundationModel, profileOfRegion } from './model-names.ts';
import { BedrockStreamDecoder, loadCodec } from './stream-decoder.ts';

/** The client's own headers mean nothing to Amazon and stay here. */
const wireHeaders = [
  'content-type',
  'application/json',
  'accept',
  'application/json',
  'accept-encoding',
  'identity',
  'user-agent',
  'tollgate',
];
const LIST_PATH = '/inference-profiles?maxResults=1000&typeEquals=SYSTEM_DEFINED';

export class BedrockPlace implements Place {
  readonly rules = bedrockRules;
  readonly #setup: ProviderSetup;
  readonly #context: UpstreamContext;
  readonly #addresses: BedrockAddresses;
  readonly #rights: AwsRights;
  #codec: EventStreamCodec | null = null;

  constructor(setup: ProviderSetup, context: UpstreamContext, addresses: BedrockAddresses) {
    this.#setup = setup;
    this.#context = context;
    this.#addresses = addresses;
    this.#rights = new AwsRights({
      provider: setup.id,
      env: context.env,
      profile: setup.options['awsProfile'],
      apiKeyVariable: 'AWS_BEARER_TOKEN_BEDROCK',
    });
  }

  async ready(): Promise<void> {
    this.#codec ??= await loadCodec();
  }

  nameOf(model: string): string {
    const own = this.#setup.models[model]?.deployment;
    if (own !== undefined) return own;
    const profile = this.#setup.options['inferenceProfile'] ?? profileOfRegion(this.#addresses.region);
    return bedrockName(model, profile);
  }

  /** An ARN names the account, and a profile of the user's own says nothing about the price. */
  shownName(model: string): string {
    const name = this.nameOf(model);
    return this.#setup.models[model]?.deployment === undefined && !name.startsWith('arn:') ? name : model;
  }

  message({ shaped, model }: Question): WireRequest {
    const action = shaped.stream ? 'invoke-with-response-stream' : 'invoke';
    const path = `/model/${encodeURIComponent(model)}/${action}`;
    return { method: 'POST', path, headers: wireHeaders, body: shaped.body };
  }

  count({ shaped, model }: Question): WireRequest | null {
    const id = foundationModel(model);
    if (id === null) return null;
    const body = withTokenLimit(shaped.body).whole().toString('base64');
    return {
      method: 'POST',
      path: `/model/${encodeURIComponent(id)}/count-tokens`,
      headers: wireHeaders,
      body: ByteParts.of(Buffer.from(JSON.stringify({ input: { invokeModel: { body } } }))),
    };
  }

  readCount(answer: PlainAnswer): PlainAnswer {
    const count = (parseJson(answer.body) as { inputTokens?: unknown } | null)?.inputTokens;
    if (answer.status === 200 && typeof count === 'number') return json({ input_tokens: count });
    // Whether the model, the region or the role does not allow it: the client counts by itself (T74, T145).
    if (answer.status < 500 && answer.status !== 429) return cannotCount(this.rules.placeName);
    return this.readError(answer);
  }

  async models(
    _request: UpstreamRequest,
    ask: (wire: WireRequest) => Promise<PlainAnswer>,
  ): Promise<PlainAnswer> {
    const answer = await ask({
      method: 'GET',
      path: LIST_PATH,
      headers: wireHeaders,
      body: null,
      address: 'control',
    });
    const profiles = readProfiles(answer);
    if (profiles !== null) return listAnswer(knownModels(profiles, this.#setup.models));
    const refusal = this.readError(answer);
    // Who may use models may often not list them; a wrong key must show.
    if (refusal.status === 401 || refusal.status === 429 || refusal.status >= 500) return refusal;
    return assumedList(knownModels(claudeModels, this.#setup.models));
  }

  async authorize(wire: WireRequest, secret: string | null): Promise<readonly string[]> {
    const right = await this.#rights.of(secret);
    if (right.kind === 'api-key') return ['authorization', `Bearer ${right.key}`];
    return signRequest(wire, right.keys, {
      origin: new URL(this.#addresses[wire.address ?? 'messages']),
      region: this.#addresses.region,
      service: 'bedrock',
      now: this.#context.now,
    });
  }

  decoder(headers: readonly string[]): AnswerDecoder | null {
    const type = headerValue(headers, 'content-type') ?? '';
    if (this.#codec === null || !type.startsWith('application/vnd.amazon.eventstream')) return null;
    return new BedrockStreamDecoder(this.#codec, headers);
  }

  readError({ status, headers, body }: PlainAnswer): PlainAnswer {
    const name = exceptionName(headerValue(headers, 'x-amzn-errortype'));
    return answerOf(awsTrouble(name, status, messageOf(body) ?? ''), headers);
  }
}

/** A count's request names no limit, which Bedrock asks for all the same; thinking must fit below it. */
function withTokenLimit(body: ByteParts): ByteParts {
  const text = new JsonText(body.whole());
  const root = text.root();
  const members = text.members(root);
  if (members.some(({ name }) => name === 'max_tokens')) return body;
  const thinking = members.findLast(({ name }) => name === 'thinking');
  const budget = thinking === undefined ? null : text.member(thinking, 'budget_tokens');
  const limit = budget === null ? 1 : Number(text.parse(budget)) + 1;
  return body.withReplaced(root.start, root.start + 1, Buffer.from(`{"max_tokens":${limit},`));
}

function readProfiles(answer: PlainAnswer): NamedModel[] | null {
  if (answer.status !== 200) return null;
  const list = (parseJson(answer.body) as { inferenceProfileSummaries?: unknown } | null)
    ?.inferenceProfileSummaries;
  if (!Array.isArray(list)) return null;
  return list.flatMap((one: unknown) => {
    const profile = (one ?? {}) as { inferenceProfileId?: unknown; inferenceProfileName?: unknown };
    const { inferenceProfileId: id, inferenceProfileName: name } = profile;
    if (typeof id !== 'string' || !id.includes('anthropic.')) return [];
    return [{ id, name: typeof name === 'string' ? name : null }];
  });
}

function json(value: object): PlainAnswer {
  const body = Buffer.from(JSON.stringify(value));
  return {
    status: 200,
    headers: ['content-type', 'application/json', 'content-length', String(body.length)],
    body,
  };
}
