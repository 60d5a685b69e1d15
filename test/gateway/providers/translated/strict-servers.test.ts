// Whole requests as Claude Code writes them, through every translated provider, to servers that refuse what the real ones
// refuse. Nothing may be refused, and a conversation goes on with what the first answer brought.
import { randomBytes } from 'node:crypto';
import { afterEach, describe, expect, it } from 'vitest';
import { ByteParts } from '../../../../src/gateway/lib/byte-parts.ts';
import { descriptorOf } from '../../../../src/gateway/providers/registry.ts';
import type { Upstream } from '../../../../src/gateway/providers/provider.ts';
import { startBedrockConverse } from '../../../support/upstreams/bedrock-converse.ts';
import { startGemini } from '../../../support/upstreams/gemini.ts';
import type { Mock } from '../../../support/upstreams/mock-server.ts';
import { chatProfiles } from '../../../support/upstreams/openai-chat-profiles.ts';
import type { ChatProfileName } from '../../../support/upstreams/openai-chat-profiles.ts';
import { startOpenAiChat } from '../../../support/upstreams/openai-chat.ts';
import { startOpenAiResponses } from '../../../support/upstreams/openai-responses.ts';

interface Place {
  readonly mock: Mock;
  readonly type: string;
  readonly model: string;
  readonly baseUrl: string;
  readonly options?: Record<string, string>;
}

const chat =
  (profile: ChatProfileName, type: string, model: string, options?: Record<string, string>) =>
  async (): Promise<Place> => {
    const mock = await startOpenAiChat({ profile, deployments: { [model]: model } });
    const root = profile === 'azure' ? '' : chatProfiles[profile].root;
    return { mock, type, model, baseUrl: mock.url + root, ...(options === undefined ? {} : { options }) };
  };

const places: Readonly<Record<string, () => Promise<Place>>> = {
  'OpenAI by Responses': async () => {
    const mock = await startOpenAiResponses();
    return { mock, type: 'openai', model: 'gpt-5.6', baseUrl: `${mock.url}/v1` };
  },
  'OpenAI by Chat': chat('openai', 'openai', 'gpt-4o', { api: 'chat' }),
  'Azure v1': async () => {
    const mock = await startOpenAiResponses({ profile: 'azure', deployments: { 'gpt-5.6': 'gpt-5.6' } });
    return { mock, type: 'azure-openai', model: 'gpt-5.6', baseUrl: mock.url };
  },
  'Azure classic': chat('azure', 'azure-openai', 'gpt-5', { apiVersion: '2024-10-21' }),
  'AI Studio': async () => {
    const mock = await startGemini();
    return { mock, type: 'google', model: 'gemini-3.5-flash', baseUrl: `${mock.url}/v1beta` };
  },
  'Vertex AI': async () => {
    const mock = await startGemini({ profile: 'vertex' });
    return { mock, type: 'vertex-gemini', model: 'gemini-2.5-pro', baseUrl: mock.url };
  },
  xAI: async () => {
    const mock = await startOpenAiResponses({ profile: 'xai' });
    return { mock, type: 'xai', model: 'grok-4.3', baseUrl: `${mock.url}/v1` };
  },
  Bedrock: async () => {
    const mock = await startBedrockConverse();
    const options = { region: 'us-east-1' };
    return { mock, type: 'bedrock-converse', model: 'openai.gpt-oss-120b-1:0', baseUrl: mock.url, options };
  },
  OpenRouter: chat('openrouter', 'openrouter', 'google/gemini-3.5-flash'),
  DeepSeek: chat('deepseek', 'deepseek', 'deepseek-v4-pro'),
  Moonshot: chat('moonshot', 'moonshot', 'kimi-k2.6'),
  'Z.ai': chat('zai', 'zai', 'glm-5.1'),
  Mistral: chat('mistral', 'mistral', 'mistral-medium-latest'),
  Groq: chat('groq', 'groq', 'openai/gpt-oss-120b'),
  Ollama: chat('ollama', 'ollama', 'gpt-oss:20b'),
  vLLM: chat('vllm', 'openai-compatible', 'Qwen/Qwen3-Coder-30B-A3B-Instruct'),
  'LM Studio': chat('lm-studio', 'lm-studio', 'qwen3-coder-30b'),
};

const cached = { cache_control: { type: 'ephemeral' } };
const schema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  properties: {
    path: { type: 'string' },
    limit: { type: 'integer', exclusiveMinimum: 0 },
    answers: { type: 'object', propertyNames: { type: 'string' }, additionalProperties: { type: 'string' } },
  },
  required: ['path'],
  additionalProperties: false,
};
const tools = ['Read', `mcp__${'a_server_with_a_long_name_'.repeat(3)}tool`].map((name) => ({
  name,
  description: 'A tool.',
  input_schema: schema,
}));
const text = (words: string) => [{ type: 'text', text: words }];
const afterTool = [
  { role: 'user', content: [{ type: 'text', text: 'Read', ...cached }] },
  {
    role: 'assistant',
    content: [
      ...text('Reading.'),
      { type: 'tool_use', id: 'toolu_01AbCdEfGh', name: 'Read', input: { path: 'a' } },
    ],
  },
  {
    role: 'user',
    content: [
      { type: 'tool_result', tool_use_id: 'toolu_01AbCdEfGh', content: text('contents'), ...cached },
      ...text('<system-reminder>Be quick.</system-reminder>'),
    ],
  },
];
const thinking = { thinking: { type: 'adaptive' }, output_config: { effort: 'high' } };

const shapes: Readonly<Record<string, object>> = {
  'T19, T21: sampling and stop sequences': {
    messages: [{ role: 'user', content: 'Hi' }],
    temperature: 0.5,
    top_p: 0.9,
    top_k: 4,
    stop_sequences: ['A', 'B', 'C', 'D', 'E', ' '],
  },
  'T4, T14, T24: a tool’s result with words after it': { messages: afterTool, tools, ...thinking },
  'T17: no parallel calls': {
    messages: afterTool,
    tools,
    tool_choice: { type: 'auto', disable_parallel_tool_use: true },
  },
  'T16, T18: a forced tool': {
    messages: [{ role: 'user', content: 'Hi' }],
    tools,
    tool_choice: { type: 'any' },
  },
  'T16: no tool at all': { messages: afterTool, tools, tool_choice: { type: 'none' } },
  'T142: results without declarations': { messages: afterTool },
  'T22: the highest effort': {
    messages: afterTool,
    tools,
    thinking: { type: 'adaptive' },
    output_config: { effort: 'max' },
  },
  'T22, T23: thinking switched off': { messages: afterTool, tools, thinking: { type: 'disabled' } },
  'T26: an answer by a schema, beside tools': {
    messages: [{ role: 'user', content: 'Hi' }],
    tools,
    output_config: { format: { type: 'json_schema', schema: { type: 'object', properties: {} } } },
  },
  'T2: system text between turns': {
    messages: [
      { role: 'user', content: 'Hi' },
      { role: 'system', content: 'The user is back.' },
      { role: 'assistant', content: 'Hello' },
      { role: 'user', content: 'Go on' },
    ],
  },
};

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((close) => close()));
});

async function reach(name: string): Promise<{ place: Place; upstream: Upstream }> {
  const place = await (places[name] ?? (() => Promise.reject(new Error(name))))();
  const upstream = descriptorOf(place.type).createUpstream(
    {
      id: place.type,
      baseUrl: place.baseUrl,
      options: place.options ?? { project: 'p' },
      models: {},
      repairToolCalls: false,
      http: {},
    },
    { now: Date.now, randomBytes, env: {} },
  );
  open.push(async () => {
    await upstream.destroy();
    await place.mock.close();
  });
  return { place, upstream };
}

function send(
  upstream: Upstream,
  { mock, model }: Place,
  request: object,
): Promise<{ status: number; body: string }> {
  const asked = {
    model,
    max_tokens: 2000,
    system: [{ type: 'text', text: 'Be brief.', ...cached }],
    ...request,
  };
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let status = 0;
    upstream.send(
      {
        method: 'POST',
        path: '/v1/messages',
        headers: [],
        body: ByteParts.of(Buffer.from(JSON.stringify(asked))),
        secret: mock.key,
        asked: model,
        model,
      },
      {
        onStart: (code) => (status = code),
        onData: (chunk) => chunks.push(chunk),
        onEnd: () => resolve({ status, body: Buffer.concat(chunks).toString('utf8') }),
        onError: reject,
      },
    );
  });
}

describe.each(Object.keys(places))('%s takes', (name) => {
  it.each(Object.entries(shapes))('%s', async (_shape, request) => {
    const { place, upstream } = await reach(name);
    for (const stream of [true, false]) {
      const { status, body } = await send(upstream, place, { ...request, stream });
      expect([status, place.mock.seen.problems.map(({ reason }) => reason), body]).toEqual([200, [], body]);
    }
  });

  it('T30, T87, T115: its own thinking and calls back, turn after turn', async () => {
    const { place, upstream } = await reach(name);
    const messages: object[] = [{ role: 'user', content: 'Read two files.' }];
    for (let turn = 0; turn < 3; turn++) {
      place.mock.answer({
        thinking: 'Two files.',
        text: 'Reading.',
        calls: ['a', 'b'].map((path) => ({ name: 'Read', input: { path } })),
      });
      const { status, body } = await send(upstream, place, { messages, tools, ...thinking });
      expect([status, place.mock.seen.problems.map(({ reason }) => reason)]).toEqual([200, []]);
      const { content } = JSON.parse(body) as { content: { type: string; id?: string }[] };
      const calls = content.filter(({ type }) => type === 'tool_use');
      expect(calls).toHaveLength(2);
      const results = calls.map(({ id }) => ({ type: 'tool_result', tool_use_id: id, content: 'done' }));
      messages.push({ role: 'assistant', content }, { role: 'user', content: results });
    }
  });
});
