// The mock of Bedrock's Converse refuses what the service refuses, and frames its stream as Amazon's own codec reads it.
import { createAmazonBedrock } from '@ai-sdk/amazon-bedrock';
import { describe, expect, it } from 'vitest';
import { startBedrockConverse } from '../support/upstreams/bedrock-converse.ts';
import { post, type RefusedCase } from './ask.ts';

const user = { role: 'user', content: [{ text: 'hi' }] };
const use = (id: string) => ({ toolUse: { toolUseId: id, name: 'Read', input: {} } });
const result = (id: string) => ({ toolResult: { toolUseId: id, content: [{ text: 'ok' }] } });
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const back = (...content: object[]) => ({ role: 'user', content });
const spec = (name: string, json: object = { type: 'object' }) => ({
  toolSpec: { name, inputSchema: { json } },
});
const toolConfig = { tools: [spec('Read')] };
const picture = { image: { format: 'png', source: { bytes: 'AAAA' } } };

const refused: readonly RefusedCase[] = [
  [
    'T142: tool blocks in the history without toolConfig',
    { messages: [user, assistant(use('a')), back(result('a'))] },
    400,
    'The toolConfig field must be defined',
  ],
  [
    'T142: toolChoice none',
    { toolConfig: { ...toolConfig, toolChoice: { none: {} } } },
    400,
    'toolChoice.none',
  ],
  ['an empty tool list', { toolConfig: { tools: [] } }, 400, 'greater than or equal to 1'],
  ['T14: a tool name with a dot', { toolConfig: { tools: [spec('a.b')] } }, 400, '[a-zA-Z0-9_-]+'],
  [
    'T15: a schema that is no object',
    { toolConfig: { tools: [spec('a', {})] } },
    400,
    'inputSchema.json.type',
  ],
  [
    'T13: a call id with a slash',
    { toolConfig, messages: [user, assistant(use('a/b')), back(result('a/b'))] },
    400,
    'toolUseId',
  ],
  [
    'T7: a call without its result',
    { toolConfig, messages: [user, assistant(use('a')), user] },
    400,
    'Expected toolResult blocks at messages.2.content for the following Ids: a',
  ],
  [
    'T7: a result without its call',
    { toolConfig, messages: [back(result('a'))] },
    400,
    'exceeds the number of toolUse blocks',
  ],
  [
    'T142: two user turns in a row',
    { messages: [user, user] },
    400,
    'must alternate between user and assistant',
  ],
  [
    'an assistant turn first',
    { messages: [assistant({ text: 'a' }), user] },
    400,
    'must start with a user message',
  ],
  [
    'T31: an assistant turn last',
    { messages: [user, assistant({ text: 'a' })] },
    400,
    'must end with a user message',
  ],
  ['T29: blank text', { messages: [back({ text: ' ' })] }, 400, 'is blank'],
  ['T29: no content', { messages: [back()] }, 400, 'is empty. Add a ContentBlock'],
  [
    'T24: cache_control inside a block',
    { messages: [back({ text: 'a', cache_control: {} })] },
    400,
    'exactly one of its members',
  ],
  ['an unknown member', { top_k: 1 }, 400, "'top_k' is not a member"],
  [
    'T19: more output than the model has',
    { inferenceConfig: { maxTokens: 99_999 } },
    400,
    'exceeds the model limit of 65535',
  ],
  [
    'T21: five stop sequences',
    { inferenceConfig: { stopSequences: ['a', 'b', 'c', 'd', 'e'] } },
    400,
    'less than or equal to 4',
  ],
];

describe('the Converse mock refuses', () => {
  it.each(refused)('%s', async (_title, change, status, words) => {
    const mock = await startBedrockConverse();
    const told = await post(mock, `/model/${encodeURIComponent(mock.model)}/converse`, {
      messages: [user],
      ...change,
    });
    await mock.close();
    expect(told.text).toContain(words);
    expect(told.status).toBe(status);
  });

  it('T9, T18: an image and a forced choice for models without them; a wrong key; a wrong model', async () => {
    const mock = await startBedrockConverse();
    const path = '/model/openai.gpt-oss-120b-1%3A0/converse';
    expect((await post(mock, path, { messages: [back(picture)] })).text).toContain(
      "doesn't support the image",
    );
    const forced = { messages: [user], toolConfig: { ...toolConfig, toolChoice: { any: {} } } };
    expect((await post(mock, path, forced)).text).toContain('toolConfig.toolChoice.any');
    expect((await post(mock, path, { messages: [user] }, { authorization: 'Bearer no' })).status).toBe(403);
    expect((await post(mock, '/model/none/converse', { messages: [user] })).text).toContain(
      'model identifier is invalid',
    );
    await mock.close();
  });
});

it.each([
  { apiKey: 'bedrock-api-key-mock-first' },
  { apiKey: '', accessKeyId: 'AKIAMOCKMOCKMOCKMOCK', secretAccessKey: 'fake' },
])('T144: the official package reads the frames and their checksums (%o)', async (credential) => {
  const mock = await startBedrockConverse();
  mock.answer({
    text: 'Grüße 🙂',
    calls: [{ name: 'Read', input: { path: 'a' } }],
    usage: { input: 50, cacheRead: 20 },
  });
  const model = createAmazonBedrock({ ...credential, baseURL: mock.url, region: 'us-east-1' })(mock.model);
  const { stream } = await model.doStream({
    prompt: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
    tools: [{ type: 'function', name: 'Read', inputSchema: { type: 'object' } }],
  });
  const parts = await Array.fromAsync(
    stream as unknown as AsyncIterable<{ type: string; delta?: string; input?: string }>,
  );
  expect(
    parts
      .filter(({ type }) => type === 'text-delta')
      .map(({ delta }) => delta)
      .join(''),
  ).toBe('Grüße 🙂');
  expect(parts.find(({ type }) => type === 'tool-call')?.input).toBe('{"path":"a"}');
  expect(parts.at(-1)).toMatchObject({
    finishReason: { unified: 'tool-calls' },
    usage: { inputTokens: { total: 50, cacheRead: 20 } },
  });
  await mock.close();
});
