// A provider that answers from a small recorded shape and remembers what it was asked, so that a test sees the very
// request an adapter and its package send.
import type { LanguageModelV4CallOptions, LanguageModelV4FunctionTool } from '@ai-sdk/provider';
import type {
  ListedModel,
  ModelAdapter,
  ModelSetup,
  TranslatedRequest,
  Wish,
} from '../../../../src/gateway/translation/types.ts';

export interface SentRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Record<string, unknown>;
}

export interface Recording {
  readonly fetch: typeof globalThis.fetch;
  readonly requests: SentRequest[];
}

export type Answer = (request: SentRequest) => { status?: number; json?: unknown; sse?: readonly unknown[] };

export function record(answer: Answer): Recording {
  const requests: SentRequest[] = [];
  return {
    requests,
    fetch: async (input, init) => {
      const text = typeof init?.body === 'string' ? init.body : '';
      const request: SentRequest = {
        method: init?.method ?? 'GET',
        url: input instanceof Request ? input.url : String(input),
        headers: Object.fromEntries(new Headers(init?.headers)),
        body: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
      };
      requests.push(request);
      const { status = 200, json, sse } = answer(request);
      if (sse === undefined)
        return new Response(JSON.stringify(json ?? {}), {
          status,
          headers: { 'content-type': 'application/json' },
        });
      const lines = sse.map(
        (event) => `data: ${typeof event === 'string' ? event : JSON.stringify(event)}\n\n`,
      );
      return new Response(lines.join(''), { status, headers: { 'content-type': 'text/event-stream' } });
    },
  };
}

/** The one answer of a Chat Completions server. */
export const chatAnswer: Answer = ({ body }) =>
  body['stream'] === true
    ? {
        sse: [
          {
            id: 'c1',
            created: 1,
            model: 'm',
            choices: [{ index: 0, delta: { role: 'assistant', content: 'Hi' } }],
          },
          { id: 'c1', created: 1, model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
          '[DONE]',
        ],
      }
    : {
        json: {
          id: 'c1',
          object: 'chat.completion',
          created: 1,
          model: 'm',
          choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
          usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
        },
      };

/** The one answer of a Responses server. */
export const responsesAnswer: Answer = () => ({
  json: {
    id: 'resp_1',
    created_at: 1,
    model: 'm',
    status: 'completed',
    output: [
      {
        type: 'message',
        role: 'assistant',
        id: 'msg_1',
        content: [{ type: 'output_text', text: 'Hi', annotations: [] }],
      },
    ],
    usage: { input_tokens: 1, output_tokens: 1, total_tokens: 2 },
  },
});

export const plainWish: Wish = {
  effort: null,
  thinkingBudget: null,
  showThinking: false,
  parallelTools: null,
  cacheKey: null,
  user: null,
  serviceTier: null,
};

export const readTool: LanguageModelV4FunctionTool = {
  type: 'function',
  name: 'Read',
  description: 'Reads a file.',
  inputSchema: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

export const helloOptions: LanguageModelV4CallOptions = {
  prompt: [
    { role: 'system', content: 'Be brief.' },
    { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
  ],
  maxOutputTokens: 512,
};

/** A turn with a call, its result, and words of the user's right after it. */
export const toolTurn: LanguageModelV4CallOptions['prompt'] = [
  { role: 'user', content: [{ type: 'text', text: 'Read a.txt' }] },
  {
    role: 'assistant',
    content: [
      { type: 'tool-call', toolCallId: 'toolu_01ABCdef', toolName: 'Read', input: { path: 'a.txt' } },
    ],
  },
  {
    role: 'tool',
    content: [
      {
        type: 'tool-result',
        toolCallId: 'toolu_01ABCdef',
        toolName: 'Read',
        output: { type: 'text', value: 'contents' },
      },
    ],
  },
  { role: 'user', content: [{ type: 'text', text: 'And now?' }] },
];

export function setupOf(
  setup: Partial<ModelSetup> & Pick<ModelSetup, 'model' | 'baseUrl' | 'fetch'>,
): ModelSetup {
  return { secret: 'sk-test', options: {}, headers: {}, ...setup };
}

export interface Call {
  readonly setup: Omit<ModelSetup, 'secret' | 'options' | 'headers' | 'fetch'> &
    Partial<Pick<ModelSetup, 'secret' | 'options' | 'headers'>>;
  readonly wish?: Partial<Wish>;
  readonly options?: Partial<LanguageModelV4CallOptions>;
  readonly answer?: Answer;
  readonly stream?: boolean;
}

/** Sends one call through the adapter as the gateway does, and returns the request that left. */
export async function sent(adapter: ModelAdapter, call: Call): Promise<SentRequest> {
  const recording = record(call.answer ?? chatAnswer);
  const setup = setupOf({ ...call.setup, fetch: recording.fetch });
  const model = await adapter.createModel(setup);
  const options: LanguageModelV4CallOptions = {
    ...helloOptions,
    ...call.options,
    providerOptions: adapter.providerOptions({ ...plainWish, ...call.wish }, setup.name ?? setup.model),
  };
  if (call.stream === true) {
    const { stream } = await model.doStream(options);
    for await (const part of stream) if (part.type === 'error') throw part.error;
  } else {
    await model.doGenerate(options);
  }
  const [request] = recording.requests;
  if (request === undefined) throw new Error('no request left');
  return request;
}

/** The models an adapter reads from a provider's list, and the requests it sent for it. */
export async function listed(
  adapter: ModelAdapter,
  setup: Call['setup'],
  answer: Answer,
): Promise<{ models: readonly ListedModel[]; requests: readonly SentRequest[] }> {
  const recording = record(answer);
  const models = await adapter.listModels(setupOf({ ...setup, fetch: recording.fetch }));
  return { models, requests: recording.requests };
}

/** A translated request as far as counting tokens looks at it. */
export const helloRequest: TranslatedRequest = {
  options: helloOptions,
  wish: plainWish,
  names: { sent: (name) => name, original: (name) => name },
  stream: false,
  dropped: [],
  promptTokens: 10,
  stopSequences: [],
  toolProperties: new Map(),
};
