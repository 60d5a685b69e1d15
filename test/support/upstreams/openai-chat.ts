// A mock of Chat Completions in the profile of one of its many servers: `POST …/chat/completions`, the model lists,
// and Azure's, Ollama's and LM Studio's own side routes.
import { valuesOf } from '../fake-upstream.ts';
import { startMock, type Judged, type Mock, type SeenRequest } from './mock-server.ts';
import type { ChatProfile } from './openai-chat-profile.ts';
import { chatProfiles, type ChatProfileName } from './openai-chat-profiles.ts';
import { checkChatRequest } from './openai-chat-rules.ts';
import { chatDocument, chatFrame, streamChat } from './openai-chat-stream.ts';
import { listedModels } from './openai-models.ts';
import { accountOf, modelListDocument } from './openai-responses.ts';
import { isObject, Refusal, type JsonObject } from './refusal.ts';
import { textFrame } from './mock-server.ts';

export interface ChatOptions {
  readonly profile?: ChatProfileName;
  readonly keys?: readonly string[];
  readonly model?: string;
  /** Overrides the models' windows, so that a small request can overflow. */
  readonly contextTokens?: number;
  /** Azure: deployment names and the models behind them. */
  readonly deployments?: Readonly<Record<string, string>>;
}

function bodyOf(request: SeenRequest): JsonObject {
  if (isObject(request.body)) return request.body;
  throw new Refusal(400, 'We could not parse the JSON body of your request.');
}

/** The models as the profile lists them, with sizes where the server gives them. */
function modelList(profile: ChatProfile): unknown {
  const { name, models } = profile;
  if (models.length === 0) return modelListDocument(listedModels);
  const data = models.map((model) => {
    const base = { id: model.id, object: 'model', created: 1_790_000_000, owned_by: name };
    switch (name) {
      case 'openrouter':
        return {
          id: model.id,
          name: model.id,
          created: 1_790_000_000,
          context_length: model.contextTokens,
          architecture: {
            input_modalities: model.images ? ['text', 'image'] : ['text'],
            output_modalities: ['text'],
          },
          top_provider: { context_length: model.contextTokens, max_completion_tokens: model.outputTokens },
          supported_parameters: ['tools', 'tool_choice', 'max_tokens'],
        };
      case 'groq':
        return {
          ...base,
          active: true,
          context_window: model.contextTokens,
          max_completion_tokens: model.outputTokens,
        };
      case 'mistral':
        return {
          ...base,
          max_context_length: model.contextTokens,
          capabilities: {
            completion_chat: model.id !== 'mistral-embed',
            function_calling: model.id !== 'mistral-embed',
            vision: model.images,
          },
        };
      case 'moonshot':
        return { ...base, context_length: model.contextTokens };
      case 'vllm':
        return { ...base, max_model_len: model.contextTokens, root: model.id };
      default:
        return base;
    }
  });
  return { object: 'list', data };
}

/** Ollama's own routes, which say what its OpenAI face does not. */
function ollamaRoute(route: string, request: SeenRequest, profile: ChatProfile): unknown {
  if (route === 'GET /api/tags') {
    return {
      models: profile.models.map(({ id }) => ({
        name: id,
        model: id,
        modified_at: '2026-08-01T00:00:00Z',
        size: 1,
        details: { family: id.startsWith('nomic') ? 'nomic-bert' : 'qwen3' },
      })),
    };
  }
  if (route === 'GET /api/version') return { version: '0.14.0' };
  if (route === 'POST /api/show') {
    const { model } = bodyOf(request);
    const found = profile.models.find(({ id }) => id === model);
    if (found === undefined)
      throw new Refusal(404, `model '${String(model)}' not found`, { type: 'not_found_error' });
    const embeds = found.id.startsWith('nomic');
    return {
      parameters: `num_ctx                        ${found.contextTokens}`,
      details: { family: 'qwen3' },
      model_info: { 'general.architecture': 'qwen3', 'qwen3.context_length': 262_144 },
      capabilities: embeds ? ['embedding'] : ['completion', 'tools'],
    };
  }
  return null;
}

function lmStudioRoute(route: string, profile: ChatProfile): unknown {
  if (route !== 'GET /api/v0/models') return null;
  const data = profile.models.map((model) => ({
    id: model.id,
    object: 'model',
    type: 'llm',
    state: 'loaded',
    max_context_length: 262_144,
    loaded_context_length: model.contextTokens,
  }));
  return { object: 'list', data };
}

/** Azure names the deployment in the path and wants a version; the model in the body is not looked at (T130). */
function azureBody(request: SeenRequest, path: string, options: ChatOptions): JsonObject {
  const deployment = /^\/openai\/deployments\/([^/]+)\/chat\/completions$/.exec(path)?.[1];
  if (deployment === undefined) throw new Refusal(404, 'Resource not found', { code: '404' });
  const version = new URL(request.url, 'http://mock').searchParams.get('api-version');
  if (version === null || !/^\d{4}-\d{2}-\d{2}(-preview)?$/.test(version)) {
    throw new Refusal(404, 'Resource not found', { code: '404' });
  }
  const model = options.deployments?.[decodeURIComponent(deployment)];
  if (model === undefined) {
    throw new Refusal(
      404,
      'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.',
      { code: 'DeploymentNotFound' },
    );
  }
  return { ...bodyOf(request), model };
}

function account(request: SeenRequest, profile: ChatProfile, keys: readonly string[]): string {
  if (profile.auth === 'none') return valuesOf(request.headers, 'authorization')[0] ?? 'nobody';
  if (profile.auth === 'azure') return accountOf(request, keys, true);
  const key = valuesOf(request.headers, 'authorization')[0]?.replace(/^Bearer /, '') ?? '';
  if (keys.includes(key)) return key;
  if (profile.name === 'openai') return accountOf(request, keys, false);
  throw profile.refusal({ kind: 'wrong-key' }, '');
}

function judge(
  request: SeenRequest,
  path: string,
  profile: ChatProfile,
  keys: readonly string[],
  options: ChatOptions,
): Judged {
  const route = `${request.method} ${path}`;
  const side =
    profile.name === 'ollama'
      ? ollamaRoute(route, request, profile)
      : profile.name === 'lm-studio'
        ? lmStudioRoute(route, profile)
        : null;
  if (side !== null) return { kind: 'document', body: side };
  const who = account(request, profile, keys);
  if (profile.auth !== 'azure' && route === `GET ${profile.root}/models`) {
    return { kind: 'document', body: modelList(profile) };
  }
  if (profile.auth !== 'azure' && route !== `POST ${profile.root}/chat/completions`) {
    throw new Refusal(404, `Invalid URL (${route})`);
  }
  if (request.method !== 'POST') throw new Refusal(404, 'Resource not found', { code: '404' });
  const body = profile.auth === 'azure' ? azureBody(request, path, options) : bodyOf(request);
  const sizes = checkChatRequest(body, profile, options.contextTokens ?? null);
  return {
    kind: 'generation',
    stream: body['stream'] === true,
    context: { model: sizes.id, body, account: who },
  };
}

export async function startOpenAiChat(options: ChatOptions = {}): Promise<Mock> {
  const profile: ChatProfile = chatProfiles[options.profile ?? 'openai'];
  const keys = options.keys ?? ['sk-mock-first-account', 'sk-mock-second-account'];
  let made = 0;
  const mint = { next: () => ++made };
  return startMock(
    {
      judge: (request, path) => judge(request, path, profile, keys, options),
      stream: (script, usage, context) => streamChat(script, usage, context, profile, mint),
      document: (script, usage, context) => chatDocument(script, usage, context, profile, mint),
      streamHeaders: [
        ['content-type', 'text/event-stream; charset=utf-8'],
        ['x-request-id', 'req_mock'],
      ],
      refusal: (error, context) => profile.refusal(error, context?.model ?? 'no-such-model'),
      refusalBody: (refusal) => profile.errorBody(refusal),
      refusalHeaders: () => [['x-request-id', 'req_mock']],
      errorFrame: (refusal) => {
        const body = profile.errorBody(refusal);
        if (profile.name === 'lm-studio') {
          return textFrame(
            `event: error\ndata: ${JSON.stringify({ error: { message: refusal.message } })}\n\n`,
            'end',
          );
        }
        return chatFrame(isObject(body) ? body : { error: body }, 'end');
      },
      garbageFrame: () => textFrame('data: {"choices": [{"delta": {"content"\n\n'),
    },
    { keys, model: options.model ?? profile.models[0]?.id ?? 'gpt-4.1' },
  );
}
