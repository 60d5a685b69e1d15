// A mock of Gemini's API: `generateContent`, `streamGenerateContent?alt=sse`, `countTokens` and the model list, under
// AI Studio's paths or Vertex's.
import { valuesOf } from '../fake-upstream.ts';
import {
  checkCountRequest,
  checkGenerateRequest,
  geminiModels,
  invalid,
  type GeminiModel,
} from './gemini-rules.ts';
import {
  startMock,
  textFrame,
  type Frame,
  type GenerationContext,
  type Judged,
  type Mock,
  type SeenRequest,
} from './mock-server.ts';
import { isObject, Refusal, type JsonObject } from './refusal.ts';
import {
  inPieces,
  roughTokens,
  type Script,
  type ScriptedCall,
  type ScriptedError,
  type ScriptedUsage,
} from './script.ts';

export interface GeminiOptions {
  readonly keys?: readonly string[];
  readonly model?: string;
  readonly profile?: 'ai-studio' | 'vertex';
  /** Overrides the models' input limits, so that a small request can overflow. */
  readonly contextTokens?: number;
  /** Whether calls carry ids; by default those of Gemini 3 do (T113). */
  readonly callIds?: boolean;
}

interface Mint {
  signature(): string;
  id(): string;
}

const statusNames: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
};

const wrongKey = (): Refusal =>
  new Refusal(400, 'API key not valid. Please pass a valid API key.', { type: 'API_KEY_INVALID' });

function scriptedRefusal(error: ScriptedError, model: string): Refusal {
  const say = (status: number, usual: string): Refusal => new Refusal(status, error.message ?? usual);
  switch (error.kind) {
    case 'overflow':
      return say(
        400,
        'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
      );
    case 'rate-limit':
      return say(
        429,
        'You exceeded your current quota, please check your plan and billing details. For more information on this error, head to: https://ai.google.dev/gemini-api/docs/rate-limits.\n* Quota exceeded for metric: generativelanguage.googleapis.com/generate_content_free_tier_requests, limit: 5\nPlease retry in 24.5s.',
      );
    case 'quota':
      return say(
        429,
        'Your project has exceeded its monthly spending cap. Please go to AI Studio at https://ai.studio/spend to manage your project spend cap.',
      );
    case 'overloaded':
      return say(503, 'The model is overloaded. Please try again later.');
    case 'server':
      return say(
        500,
        'An internal error has occurred. Please retry or report in https://developers.generativeai.google/guide/troubleshooting',
      );
    case 'wrong-key':
      return wrongKey();
    case 'forbidden':
      return say(403, 'Generative Language API has not been used in project 123 before or it is disabled.');
    case 'model-not-found':
      return say(
        404,
        `models/${model} is not found for API version v1beta, or is not supported for generateContent. Call ListModels to see the list of available models and their supported methods.`,
      );
    case 'filter':
      return say(
        400,
        'The prompt could not be submitted. This prompt contains sensitive words that violate our policies.',
      );
  }
}

function errorBody(refusal: Refusal): JsonObject {
  const details =
    refusal.type === 'API_KEY_INVALID'
      ? {
          details: [
            {
              '@type': 'type.googleapis.com/google.rpc.ErrorInfo',
              reason: 'API_KEY_INVALID',
              domain: 'googleapis.com',
            },
          ],
        }
      : refusal.status === 429
        ? { details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '24s' }] }
        : {};
  return {
    error: {
      code: refusal.status,
      message: refusal.message,
      status: statusNames[refusal.status] ?? 'UNKNOWN',
      ...details,
    },
  };
}

function usageMetadata(usage: ScriptedUsage, share: number): JsonObject {
  const visible = Math.round((usage.output - usage.reasoning) * share);
  const thoughts = usage.reasoning;
  return {
    promptTokenCount: usage.input,
    ...(usage.cacheRead > 0 ? { cachedContentTokenCount: usage.cacheRead } : {}),
    ...(visible > 0 ? { candidatesTokenCount: visible } : {}),
    ...(thoughts > 0 ? { thoughtsTokenCount: thoughts } : {}),
    totalTokenCount: usage.input + visible + thoughts,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: usage.input }],
  };
}

function finishOf(script: Script): string {
  switch (script.finish) {
    case 'length':
      return 'MAX_TOKENS';
    case 'filter':
      return 'SAFETY';
    case 'error':
      return 'MALFORMED_FUNCTION_CALL';
    default:
      return 'STOP';
  }
}

function argumentsObject(call: ScriptedCall): unknown {
  if (call.rawArguments === undefined) return call.input;
  return call.rawArguments === '' ? {} : (JSON.parse(call.rawArguments) as unknown);
}

function wantsThoughts(context: GenerationContext): boolean {
  const config = context.body['generationConfig'];
  const thinking = isObject(config) ? config['thinkingConfig'] : undefined;
  return isObject(thinking) && thinking['includeThoughts'] === true;
}

/** The parts of the answer in order; the signature rides on the first call, else on an empty text at the end. */
function answerParts(
  script: Script,
  context: GenerationContext,
  mint: Mint,
  withIds: boolean,
  whole: boolean,
): JsonObject[] {
  const cut = (text: string): string[] => (whole ? [text] : inPieces(text, script.pieces ?? 8));
  const parts: JsonObject[] = [];
  const thinks = script.thinking !== undefined;
  if (thinks && wantsThoughts(context)) {
    for (const text of cut(script.thinking)) parts.push({ text, thought: true });
  }
  if (script.text !== undefined) for (const text of cut(script.text)) parts.push({ text });
  const calls = script.calls ?? [];
  calls.forEach((call, at) => {
    const id = withIds ? { id: call.id ?? mint.id() } : {};
    const signed = at === 0 && (thinks || context.model.startsWith('gemini-3'));
    parts.push({
      functionCall: { ...id, name: call.name, args: argumentsObject(call) },
      ...(signed ? { thoughtSignature: mint.signature() } : {}),
    });
  });
  if (calls.length === 0 && thinks) {
    if (whole && parts.length > 0) Object.assign(parts.at(-1) ?? {}, { thoughtSignature: mint.signature() });
    else parts.push({ text: '', thoughtSignature: mint.signature() });
  }
  return parts;
}

function responseOf(
  context: GenerationContext,
  candidate: JsonObject | null,
  usage: JsonObject | null,
): JsonObject {
  return {
    ...(candidate === null ? {} : { candidates: [{ ...candidate, index: 0 }] }),
    ...(usage === null ? {} : { usageMetadata: usage }),
    modelVersion: context.model,
    responseId: 'mock-response',
  };
}

/** The service ends its lines with CRLF. */
function frame(value: JsonObject, role: Frame['role']): Frame {
  return textFrame(`data: ${JSON.stringify(value)}\r\n\r\n`, role);
}

const blocked = { promptFeedback: { blockReason: 'PROHIBITED_CONTENT' } };

function streamFrames(
  script: Script,
  usage: ScriptedUsage,
  context: GenerationContext,
  mint: Mint,
  withIds: boolean,
): readonly Frame[] {
  const counted = (share: number): JsonObject | null =>
    script.usage === null ? null : usageMetadata(usage, share);
  if (script.finish === 'refusal') {
    return [frame({ ...responseOf(context, null, counted(0)), ...blocked }, 'end')];
  }
  const parts = answerParts(script, context, mint, withIds, false);
  const frames = parts.map((part, at) =>
    frame(
      responseOf(context, { content: { parts: [part], role: 'model' } }, counted((at + 1) / parts.length)),
      'content',
    ),
  );
  const finish = finishOf(script);
  const last =
    finish === 'STOP' || finish === 'MAX_TOKENS'
      ? { content: { parts: [{ text: '' }], role: 'model' }, finishReason: finish }
      : { finishReason: finish };
  return [...frames, frame(responseOf(context, last, counted(1)), 'end')];
}

function wholeDocument(
  script: Script,
  usage: ScriptedUsage,
  context: GenerationContext,
  mint: Mint,
  withIds: boolean,
): unknown {
  const counted = script.usage === null ? null : usageMetadata(usage, 1);
  if (script.finish === 'refusal') return { ...responseOf(context, null, counted), ...blocked };
  const parts = answerParts(script, context, mint, withIds, true);
  const content = parts.length === 0 ? {} : { content: { parts, role: 'model' } };
  return responseOf(context, { ...content, finishReason: finishOf(script) }, counted);
}

function findModel(id: string): GeminiModel {
  const model = geminiModels.find((known) => known.id === id);
  if (model === undefined) throw scriptedRefusal({ kind: 'model-not-found' }, id);
  return model;
}

function describe(model: GeminiModel): JsonObject {
  return {
    name: `models/${model.id}`,
    version: '001',
    displayName: model.id,
    inputTokenLimit: model.inputTokens,
    outputTokenLimit: model.outputTokens,
    supportedGenerationMethods: ['generateContent', 'countTokens'],
    thinking: model.levels !== null || model.budget !== null,
  };
}

function accountOf(request: SeenRequest, keys: readonly string[], vertex: boolean): string {
  const inQuery = new URL(request.url, 'http://mock').searchParams.get('key');
  const bearer = vertex ? valuesOf(request.headers, 'authorization')[0]?.replace(/^Bearer /, '') : undefined;
  const key = valuesOf(request.headers, 'x-goog-api-key')[0] ?? inQuery ?? bearer;
  if (key === undefined || key === '') {
    throw new Refusal(
      403,
      "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other form of API consumer identity to call this API.",
    );
  }
  if (keys.includes(key)) return key;
  throw bearer === undefined
    ? wrongKey()
    : new Refusal(
        401,
        'Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.',
      );
}

const studioPath = /^\/v1beta\/models(?:\/([^:/]+)(?::(\w+))?)?$/;
const vertexPath =
  /^\/v1(?:beta1)?(?:\/projects\/[^/]+\/locations\/[^/]+)?\/publishers\/google\/models(?:\/([^:/]+)(?::(\w+))?)?$/;

function judge(
  request: SeenRequest,
  path: string,
  keys: readonly string[],
  minted: (signature: string) => boolean,
  options: GeminiOptions,
): Judged {
  const vertex = options.profile === 'vertex';
  const match = (vertex ? vertexPath : studioPath).exec(path);
  if (match === null) throw new Refusal(404, `The requested URL ${path} was not found on this server.`);
  const account = accountOf(request, keys, vertex);
  const [, name, action] = match;
  if (name === undefined) {
    const list = [
      ...geminiModels.map(describe),
      {
        name: 'models/gemini-embedding-001',
        displayName: 'Embedding',
        supportedGenerationMethods: ['embedContent'],
      },
    ];
    return { kind: 'document', body: vertex ? { publisherModels: list } : { models: list } };
  }
  const model = findModel(decodeURIComponent(name));
  if (action === undefined) return { kind: 'document', body: describe(model) };
  const body = request.body;
  if (!isObject(body)) throw invalid('Invalid JSON payload received. Unexpected end of string.');
  if (action === 'countTokens') {
    checkCountRequest(body, vertex);
    const inner = isObject(body['generateContentRequest']) ? body['generateContentRequest'] : body;
    return {
      kind: 'document',
      body: {
        totalTokens: roughTokens(inner),
        promptTokensDetails: [{ modality: 'TEXT', tokenCount: roughTokens(inner) }],
      },
    };
  }
  const stream = action === 'streamGenerateContent';
  if (!stream && action !== 'generateContent')
    throw new Refusal(404, `The requested URL ${path} was not found on this server.`);
  if (stream && new URL(request.url, 'http://mock').searchParams.get('alt') !== 'sse') {
    throw invalid('This mock streams events only: add alt=sse.');
  }
  checkGenerateRequest(body, model, options.contextTokens ?? model.inputTokens, minted);
  return { kind: 'generation', stream, context: { model: model.id, body, account } };
}

export async function startGemini(options: GeminiOptions = {}): Promise<Mock> {
  const keys = options.keys ?? ['AIza-mock-first-account', 'AIza-mock-second-account'];
  const known = new Set<string>();
  let made = 0;
  const mint: Mint = {
    signature() {
      const signature = Buffer.from(`thought signature ${++made} of the mock`, 'utf8').toString('base64');
      known.add(signature);
      return signature;
    },
    id: () => `fc${(++made).toString(36).padStart(8, '0')}`,
  };
  const withIds = (context: GenerationContext): boolean =>
    options.callIds ?? context.model.startsWith('gemini-3');
  return startMock(
    {
      judge: (request, path) => judge(request, path, keys, (signature) => known.has(signature), options),
      stream: (script, usage, context) => streamFrames(script, usage, context, mint, withIds(context)),
      document: (script, usage, context) => wholeDocument(script, usage, context, mint, withIds(context)),
      streamHeaders: [['content-type', 'text/event-stream']],
      refusal: (error, context) => scriptedRefusal(error, context?.model ?? 'no-such-model'),
      refusalBody: errorBody,
      errorFrame: (refusal) => frame(errorBody(refusal), 'end'),
      garbageFrame: () => textFrame('data: {"candidates": [{"content": {"parts"\r\n\r\n'),
    },
    { keys, model: options.model ?? 'gemini-3.5-flash' },
  );
}
