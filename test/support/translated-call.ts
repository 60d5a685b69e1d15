// A translated provider without a gateway: a Messages request goes through the product's own translation and the
// provider's package, and what the package reads is in the test's hand: the mock's answer, or recorded bytes in any pieces.
import { randomBytes } from 'node:crypto';
import { azureOpenAiAdapter } from '../../src/gateway/providers/azure-openai/adapter.ts';
import { bedrockConverseAdapter } from '../../src/gateway/providers/bedrock-converse/adapter.ts';
import { deepSeekAdapter } from '../../src/gateway/providers/deepseek/adapter.ts';
import { googleAdapter } from '../../src/gateway/providers/google/adapter.ts';
import { groqAdapter } from '../../src/gateway/providers/groq/adapter.ts';
import { mistralAdapter } from '../../src/gateway/providers/mistral/adapter.ts';
import { moonshotAdapter } from '../../src/gateway/providers/moonshot/adapter.ts';
import { ollamaAdapter } from '../../src/gateway/providers/ollama/adapter.ts';
import { openAiCompatibleAdapter } from '../../src/gateway/providers/openai-compatible/adapter.ts';
import { openAiAdapter } from '../../src/gateway/providers/openai/adapter.ts';
import { openRouterAdapter } from '../../src/gateway/providers/openrouter/adapter.ts';
import { vertexGeminiAdapter } from '../../src/gateway/providers/vertex-gemini/adapter.ts';
import { xaiAdapter } from '../../src/gateway/providers/xai/adapter.ts';
import { zaiAdapter } from '../../src/gateway/providers/zai/adapter.ts';
import { unknownLimits, type UpstreamRequest } from '../../src/gateway/providers/provider.ts';
import { ByteParts } from '../../src/gateway/lib/byte-parts.ts';
import { ModelCache } from '../../src/gateway/providers/translated/model-cache.ts';
import {
  prepareCall,
  targetOf,
  type CallParts,
} from '../../src/gateway/providers/translated/prepare-call.ts';
import { TranslatedCall } from '../../src/gateway/providers/translated/translated-call.ts';
import type { ModelAdapter } from '../../src/gateway/translation/types.ts';
import { createToolNames } from '../../src/gateway/translation/tool-names.ts';
import type { Family } from './upstreams/families.ts';
import type { Mock } from './upstreams/mock-server.ts';

const adapters: Readonly<Record<string, ModelAdapter>> = {
  openai: openAiAdapter,
  'azure-openai': azureOpenAiAdapter,
  google: googleAdapter,
  'vertex-gemini': vertexGeminiAdapter,
  openrouter: openRouterAdapter,
  mistral: mistralAdapter,
  xai: xaiAdapter,
  groq: groqAdapter,
  deepseek: deepSeekAdapter,
  moonshot: moonshotAdapter,
  zai: zaiAdapter,
  'openai-compatible': openAiCompatibleAdapter,
  ollama: ollamaAdapter,
  'bedrock-converse': bedrockConverseAdapter,
};

/** An answer as the client gets it. */
export interface CallAnswer {
  readonly status: number;
  readonly text: string;
}

/** One answer of the provider's, to be read again in other pieces. */
export interface RecordedBody {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
}

/** How recorded bytes come: in these pieces, and then cleanly to an end or broken off. */
export interface Delivery {
  readonly pieces: readonly Uint8Array[];
  readonly breaksOff: boolean;
}

export interface FamilyCaller {
  readonly model: string;
  /** Asks the mock. */
  call(body: object): Promise<CallAnswer>;
  /** The last answer that came from the mock. */
  recorded(): RecordedBody;
  /** The same request, answered with the recorded answer. */
  replay(body: object, delivery: Delivery): Promise<CallAnswer>;
  /** The names of tools as the provider sees them. */
  sentNames(tools: readonly string[]): (name: string) => string;
}

function deliver({ status, headers }: RecordedBody, { pieces, breaksOff }: Delivery): Response {
  let next = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const piece = pieces[next++];
      if (piece !== undefined) controller.enqueue(piece);
      else if (breaksOff) controller.error(Object.assign(new Error('closed'), { code: 'UPSTREAM_CLOSED' }));
      else controller.close();
    },
  });
  return new Response(body, { status, headers });
}

function run(parts: CallParts, body: object, model: string): Promise<CallAnswer> {
  const request: UpstreamRequest = {
    method: 'POST',
    path: '/v1/messages',
    headers: ['x-claude-code-session-id', '0f5b7c1e-6a43-4a56-9c0d-2f6f1f0f7a11'],
    body: ByteParts.of(Buffer.from(JSON.stringify({ ...body, model }))),
    secret: secretOf(parts),
    asked: 'claude-asked',
    model,
  };
  const { promise, resolve, reject } = Promise.withResolvers<CallAnswer>();
  const chunks: Buffer[] = [];
  let status = 0;
  const call = new TranslatedCall(
    {
      onStart: (given) => void (status = given),
      onData: (bytes) => void chunks.push(bytes),
      onEnd: () => resolve({ status, text: Buffer.concat(chunks).toString('utf8') }),
      onError: reject,
    },
    () => undefined,
  );
  void call.run(
    (signal) => prepareCall(parts, request, unknownLimits, signal),
    () => targetOf(parts, request, model, unknownLimits),
  );
  return promise;
}

const secrets = new WeakMap<CallParts, string>();
const secretOf = (parts: CallParts): string => secrets.get(parts) ?? '';

/** A caller of one family; `mock` runs. */
export function callerOf(family: Family, mock: Mock): FamilyCaller {
  const settings = family.settings(mock.url);
  const adapter = adapters[family.providerType];
  if (adapter === undefined) throw new Error(`no adapter for ${family.providerType}`);
  let answer: (input: string | URL | Request, init?: RequestInit) => Promise<Response>;
  let last: RecordedBody | null = null;
  const parts: CallParts = {
    adapter,
    setup: {
      id: settings.id,
      baseUrl: settings.baseUrl ?? '',
      options: settings.options ?? {},
      models: settings.models ?? {},
      repairToolCalls: true,
      http: {},
    },
    fetch: (input, init) => answer(input, init),
    models: new ModelCache(adapter),
    context: { now: Date.now, randomBytes, env: {} },
  };
  secrets.set(parts, mock.key);
  const ask: typeof answer = async (input, init) => {
    const response = await fetch(input, init);
    const bytes = new Uint8Array(await response.arrayBuffer());
    last = { status: response.status, headers: response.headers, bytes };
    return deliver(last, { pieces: [bytes], breaksOff: false });
  };
  const recorded = (): RecordedBody => {
    if (last === null) throw new Error('nothing was recorded yet');
    return last;
  };
  return {
    model: family.model,
    recorded,
    call(body) {
      answer = ask;
      return run(parts, body, family.model);
    },
    replay(body, delivery) {
      const body0 = recorded();
      answer = () => Promise.resolve(deliver(body0, delivery));
      return run(parts, body, family.model);
    },
    sentNames(tools) {
      const { toolNameLength } = adapter.traits(family.model, settings.options ?? {});
      const names = createToolNames(tools, toolNameLength);
      return (name) => names.sent(name);
    },
  };
}
