// Models that are not Claude on Bedrock, by Converse.
import { afterEach, describe, expect, it, vi } from 'vitest';
import { bedrockConverseAdapter } from '../../../../src/gateway/providers/bedrock-converse/adapter.ts';
import { listed, readTool, sent, toolTurn } from '../translated/recording.ts';
import type { Answer, Call } from '../translated/recording.ts';

const answer: Answer = () => ({
  json: {
    output: { message: { role: 'assistant', content: [{ text: 'Hi' }] } },
    stopReason: 'end_turn',
    usage: { inputTokens: 1, outputTokens: 1, totalTokens: 2 },
  },
});
const call = (model: string, rest: Partial<Call> & { secret?: string | null; region?: string } = {}) =>
  sent(bedrockConverseAdapter, {
    setup: {
      model,
      baseUrl: '',
      secret: rest.secret === undefined ? 'bedrock-key' : rest.secret,
      options: { region: rest.region ?? 'eu-central-1' },
    },
    answer,
    ...rest,
  });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a call', () => {
  it('T140: goes to the region with the model in the path, and the key as a bearer', async () => {
    const { url, headers, body } = await call('us.amazon.nova-pro-v1:0');
    expect(url).toBe(
      'https://bedrock-runtime.eu-central-1.amazonaws.com/model/us.amazon.nova-pro-v1%3A0/converse',
    );
    expect(headers['authorization']).toBe('Bearer bedrock-key');
    expect(body).toMatchObject({ system: [{ text: 'Be brief.' }], inferenceConfig: { maxTokens: 512 } });
  });

  it('is signed with the AWS credentials of the environment when there is no key', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', undefined);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const { headers } = await call('us.amazon.nova-pro-v1:0', { secret: null });
    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKIATEST\/.*\/eu-central-1\/bedrock/,
    );
  });

  it('is signed with a pair of keys stored as the secret, whatever the environment holds', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', 'not-this-one');
    const secret = 'AKIAABCDEFGHIJKL:abcdefghijklmnopqrstuvwxyz';
    const { headers } = await call('us.amazon.nova-pro-v1:0', { secret });
    expect(headers['authorization']).toContain('Credential=AKIAABCDEFGHIJKL/');
  });

  it('T142: declares the tools that the history speaks of though the request has none', async () => {
    const { body } = await call('us.amazon.nova-pro-v1:0', { options: { prompt: toolTurn } });
    const { tools } = body['toolConfig'] as { tools: { toolSpec: { name: string } }[] };
    expect(tools.map(({ toolSpec }) => toolSpec.name)).toEqual(['Read']);
    expect(JSON.stringify(body['messages'])).toContain('toolResult');
    expect(body['system']).toEqual([{ text: 'Do not call any tool in this answer.' }]);
  });

  it('T6: says that a tool had no output, since Converse refuses blank text', async () => {
    const prompt = toolTurn.map((message) =>
      message.role === 'tool'
        ? {
            ...message,
            content: message.content.map((part) => ({
              ...part,
              output: { type: 'text' as const, value: ' ' },
            })),
          }
        : message,
    ) as typeof toolTurn;
    const { body } = await call('us.amazon.nova-pro-v1:0', { options: { prompt } });
    expect(JSON.stringify(body['messages'])).toContain('"content":[{"text":"(no output)"}]');
  });

  it('T142: says in words that no tool is to be called, since Converse has no other way', async () => {
    const options: Call['options'] = {
      tools: [{ ...readTool, strict: false }],
      toolChoice: { type: 'none' },
    };
    const { body } = await call('us.amazon.nova-pro-v1:0', { options });
    expect(body['toolConfig']).toEqual({
      tools: [
        {
          toolSpec: {
            name: 'Read',
            description: 'Reads a file.',
            inputSchema: { json: readTool.inputSchema },
          },
        },
      ],
    });
    expect(body['system']).toEqual([{ text: 'Be brief.\n\nDo not call any tool in this answer.' }]);
  });

  it('T142: joins results and the words after them in one turn', async () => {
    const { body } = await call('us.amazon.nova-pro-v1:0', {
      options: { prompt: toolTurn, tools: [readTool] },
    });
    const messages = body['messages'] as { role: string; content: object[] }[];
    expect(messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(messages[2]?.content).toHaveLength(2);
  });

  it.each([
    ['openai.gpt-oss-120b-1:0', { reasoning_effort: 'low' }],
    ['openai.gpt-5.5', { reasoning: { effort: 'low' } }],
    ['us.amazon.nova-2-lite-v1:0', { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'low' } }],
  ])('T22: tells %s its effort as %j', async (model, fields) => {
    expect((await call(model, { wish: { effort: 'low' } })).body['additionalModelRequestFields']).toEqual(
      fields,
    );
  });
});

it.each([
  ['us.amazon.nova-pro-v1:0', 'all', true, true],
  ['openai.gpt-oss-120b-1:0', 'auto-only', false, false],
  ['meta.llama4-maverick-17b-instruct-v1:0', 'auto-only', true, false],
  ['us.deepseek.r1-v1:0', 'auto-only', false, false],
])('T9, T18: %s: choice %s, images %s, PDF %s', (model, toolChoice, images, pdf) => {
  const traits = bedrockConverseAdapter.traits(model, {});
  expect(traits).toMatchObject({
    toolChoice,
    images,
    pdf,
    topK: false,
    mediaUrls: false,
    laterSystem: 'user',
  });
  expect(traits.tools).toBe(!model.includes('r1'));
});

describe('the list of models', () => {
  it('has the models on demand and the profiles, without Claude', async () => {
    const setup = { model: '', baseUrl: '', options: { region: 'us-east-1' } };
    const { models, requests } = await listed(bedrockConverseAdapter, setup, ({ url }) => ({
      json: url.includes('inference-profiles')
        ? {
            inferenceProfileSummaries: [
              { inferenceProfileId: 'us.amazon.nova-pro-v1:0', inferenceProfileName: 'US Nova Pro' },
              { inferenceProfileId: 'us.anthropic.claude-sonnet-5' },
            ],
          }
        : {
            modelSummaries: [
              {
                modelId: 'openai.gpt-oss-20b-1:0',
                modelName: 'gpt-oss-20b',
                inferenceTypesSupported: ['ON_DEMAND'],
              },
              { modelId: 'amazon.nova-premier-v1:0', inferenceTypesSupported: ['INFERENCE_PROFILE'] },
              { modelId: 'anthropic.claude-3-haiku', inferenceTypesSupported: ['ON_DEMAND'] },
            ],
          },
    }));
    expect(models.map(({ id }) => id)).toEqual(['openai.gpt-oss-20b-1:0', 'us.amazon.nova-pro-v1:0']);
    expect(requests[0]?.url).toContain('https://bedrock.us-east-1.amazonaws.com/foundation-models');
  });

  it('is asked for by a signed request without a key', async () => {
    vi.stubEnv('AWS_BEARER_TOKEN_BEDROCK', undefined);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIATEST');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'secret');
    const setup = { model: '', baseUrl: '', secret: null, options: { region: 'us-east-1' } };
    const { requests } = await listed(bedrockConverseAdapter, setup, () => ({ json: {} }));
    expect(requests[0]?.headers['authorization']).toMatch(/^AWS4-HMAC-SHA256 Credential=AKIATEST/);
  });
});
