// The mock of OpenAI's Responses API refuses what the service refuses; each refusal is shown once, with its words.
import { createOpenAI } from '@ai-sdk/openai';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Mock } from '../support/upstreams/mock-server.ts';
import { startOpenAiResponses } from '../support/upstreams/openai-responses.ts';
import { post, readStream, type RefusedCase } from './ask.ts';

const user = { role: 'user', content: [{ type: 'input_text', text: 'hi' }] };
const call = { type: 'function_call', call_id: 'call_1', name: 'Read', arguments: '{}' };
const output = { type: 'function_call_output', call_id: 'call_1', output: 'ok' };
const tool = {
  type: 'function',
  name: 'Read',
  parameters: { type: 'object', properties: { path: { type: 'string' } } },
  strict: false,
};
const plain = { model: 'gpt-5.5', store: false, input: [user], tools: [tool] };
const pixel = 'data:image/png;base64,iVBORw0KGgo=';
const image = (url: string) => ({ role: 'user', content: [{ type: 'input_image', image_url: url }] });

let mock: Mock;
beforeEach(async () => {
  mock = await startOpenAiResponses();
});
afterEach(() => mock.close());

const refused: readonly RefusedCase[] = [
  ['an unknown parameter', { top_k: 4 }, 400, "Unknown parameter: 'top_k'."],
  [
    'an unknown field of an item',
    { input: [{ ...user, cache_control: {} }] },
    400,
    "Unknown parameter: 'input[0].cache_control'.",
  ],
  [
    'a status on a reasoning item',
    { input: [user, { type: 'reasoning', id: 'rs_1', summary: [], status: 'completed' }] },
    400,
    "Unknown parameter: 'input[1].status'.",
  ],
  [
    'T92: nested tools',
    { tools: [{ type: 'function', function: { name: 'Read' } }] },
    400,
    "Missing required parameter: 'tools[0].name'.",
  ],
  [
    'T14: a tool name with a dot',
    { tools: [{ ...tool, name: 'a.b' }] },
    400,
    'string does not match pattern',
  ],
  [
    'T14: a tool name of 65 characters',
    { tools: [{ ...tool, name: 'a'.repeat(65) }] },
    400,
    'maximum length 64',
  ],
  [
    'T15: a schema that is no object',
    { tools: [{ ...tool, parameters: { type: 'string' } }] },
    400,
    'schema must be a JSON Schema of \'type: \\"object\\"\'',
  ],
  [
    'T15: a schema without properties',
    { tools: [{ ...tool, parameters: { type: 'object' } }] },
    400,
    'object schema missing properties',
  ],
  [
    'an array schema without items',
    { tools: [{ ...tool, parameters: { type: 'object', properties: { a: { type: 'array' } } } }] },
    400,
    'array schema missing items',
  ],
  [
    'a strict schema left open',
    { tools: [{ ...tool, strict: true }] },
    400,
    "'additionalProperties' is required to be supplied and to be false",
  ],
  [
    'T7: a call without its output',
    { input: [user, call] },
    400,
    'No tool output found for function call call_1.',
  ],
  [
    'T7: an output without its call',
    { input: [user, output] },
    400,
    'No tool call found for function call output with call_id call_1.',
  ],
  [
    'T88: an rs_ id that was not stored',
    { input: [user, { type: 'reasoning', id: 'rs_1', summary: [] }, call, output] },
    404,
    "Item with id 'rs_1' not found.",
  ],
  [
    'T88: a reference to an item that was not stored',
    { input: [user, { type: 'item_reference', id: 'msg_1' }] },
    404,
    "Item with id 'msg_1' not found.",
  ],
  [
    'T87: encrypted content it never made',
    { input: [user, { type: 'reasoning', summary: [], encrypted_content: 'gAAAAAforeign' }, call, output] },
    400,
    'invalid_encrypted_content',
  ],
  [
    'an item id of another kind',
    { input: [user, { ...call, id: 'call_1' }, output] },
    400,
    "Expected an ID that begins with 'fc'",
  ],
  [
    'T91: input text in an assistant turn',
    { input: [user, { role: 'assistant', content: [{ type: 'input_text', text: 'a' }] }] },
    400,
    "Invalid value: 'input_text'",
  ],
  ['T93: max_output_tokens under 16', { max_output_tokens: 8 }, 400, 'Expected a value >= 16'],
  [
    'max_output_tokens above the model',
    { max_output_tokens: 900_000 },
    400,
    'max_output_tokens is too large',
  ],
  [
    'T19: temperature for a reasoning model',
    { temperature: 0.5 },
    400,
    "Unsupported parameter: 'temperature'",
  ],
  [
    'T22: an effort of another model',
    { model: 'gpt-5.1', reasoning: { effort: 'minimal' } },
    400,
    "Unsupported value: 'minimal' is not supported with the 'gpt-5.1' model",
  ],
  [
    'T22: effort for a model that does not reason',
    { model: 'gpt-4.1', reasoning: { effort: 'low' } },
    400,
    "Unsupported parameter: 'reasoning.effort'",
  ],
  [
    'encrypted reasoning of a model that does not reason',
    { model: 'gpt-4.1', include: ['reasoning.encrypted_content'] },
    400,
    'Encrypted content is not supported with this model.',
  ],
  [
    'T16: a forced tool that is not there',
    { tool_choice: { type: 'function', name: 'Bash' } },
    400,
    "Tool choice 'function' not found",
  ],
  [
    'T16: a forced choice without tools',
    { tools: [], tool_choice: 'required' },
    400,
    "must be specified with 'tools'",
  ],
  ['T25: a user of 65 characters', { user: 'u'.repeat(65) }, 400, 'maximum length 64'],
  [
    'an image of an unknown type',
    { input: [image('data:image/tiff;base64,AAAA')] },
    400,
    "unsupported MIME type 'image/tiff'",
  ],
  [
    'an image that is not base64',
    { input: [image('data:image/png;base64,%%%')] },
    400,
    'invalid base64-encoded value',
  ],
  [
    'an image for a text model',
    { model: 'o3-mini', input: [image(pixel)] },
    400,
    'image_url is only supported by certain models',
  ],
  [
    'T11: a file without a name',
    {
      input: [
        { role: 'user', content: [{ type: 'input_file', file_data: 'data:application/pdf;base64,AAAA' }] },
      ],
    },
    400,
    "'input[0].content[0].filename'",
  ],
  ['a model that does not exist', { model: 'gpt-9' }, 404, 'model_not_found'],
];

describe('the Responses mock refuses', () => {
  it.each(refused)('%s', async (_title, change, status, words) => {
    const told = await post(mock, '/v1/responses', { ...plain, ...change });
    expect(told.text).toContain(words);
    expect(told.status).toBe(status);
    expect(mock.seen.problems.map((problem) => problem.status)).toEqual([status]);
  });

  it('a wrong key', async () => {
    const told = await post(mock, '/v1/responses', plain, { authorization: 'Bearer sk-wrong-wrong-wrong' });
    expect(told.status).toBe(401);
    expect(told.text).toContain('invalid_api_key');
  });

  it('T162: a prompt above the window', async () => {
    const small = await startOpenAiResponses({ contextTokens: 50 });
    const told = await post(small, '/v1/responses', { ...plain, instructions: 'long '.repeat(200) });
    expect(told.text).toContain('context_length_exceeded');
    await small.close();
  });

  it('T87, T88: reasoning of another account, without what followed it, or under an id the host looks up', async () => {
    mock.answer({ thinking: 'hm', calls: [{ name: 'Read', input: {} }] });
    const first = await post(mock, '/v1/responses', { ...plain, include: ['reasoning.encrypted_content'] });
    const made = JSON.parse(first.text) as { output: Record<string, unknown>[] };
    const [reasoning, called] = made.output;
    const { id: _id, ...bare } = reasoning ?? {};
    const done = { type: 'function_call_output', call_id: called?.['call_id'], output: 'ok' };
    const again = { ...plain, input: [user, bare, called, done] };
    expect((await post(mock, '/v1/responses', again)).status).toBe(200);
    const other = { authorization: `Bearer ${mock.keys[1]}` };
    expect((await post(mock, '/v1/responses', again, other)).text).toContain('invalid_encrypted_content');
    const alone = await post(mock, '/v1/responses', { ...plain, input: [user, bare] });
    expect(alone.text).toContain('was provided without its required following item');
    const without = await post(mock, '/v1/responses', { ...plain, input: [user, called, done] });
    expect(without.text).toContain("without its required 'reasoning' item");
    const strict = await startOpenAiResponses({ looksUpItemIds: true });
    const looked = await post(strict, '/v1/responses', { ...plain, input: [user, reasoning, called, done] });
    expect(looked.status).toBe(404);
    await strict.close();
  });
});

it('counts tokens and lists models', async () => {
  const counted = await post(mock, '/v1/responses/input_tokens', { model: 'gpt-5.5', input: [user] });
  expect(JSON.parse(counted.text)).toMatchObject({ object: 'response.input_tokens' });
  const list = await fetch(`${mock.url}/v1/models`, { headers: { authorization: `Bearer ${mock.key}` } });
  expect(JSON.stringify(await list.json())).toContain('"gpt-5.5"');
});

it('the official package reads what the mock streams: interleaved calls, usage, reasoning', async () => {
  mock.answer({
    thinking: 'hm',
    text: 'Grüße 🙂',
    calls: [
      { name: 'Read', input: { path: '/a/b/c' } },
      { name: 'Read', input: { path: '/d/e/f' } },
    ],
    usage: { input: 100, cacheRead: 40, output: 9, reasoning: 3 },
  });
  const model = createOpenAI({ apiKey: mock.key, baseURL: `${mock.url}/v1` })('gpt-5.5');
  const read = await readStream(model, {
    providerOptions: { openai: { store: false, reasoningSummary: 'auto' } },
  });
  expect(read).toMatchObject({
    thinking: 'hm',
    text: 'Grüße 🙂',
    calls: [
      { name: 'Read', input: { path: '/a/b/c' } },
      { name: 'Read', input: { path: '/d/e/f' } },
    ],
    finish: {
      usage: { inputTokens: { total: 100, cacheRead: 40 }, outputTokens: { total: 9, reasoning: 3 } },
    },
  });
  expect(mock.seen.problems).toEqual([]);
  expect(mock.seen.usage).toEqual([{ input: 100, cacheRead: 40, cacheWrite: 0, output: 9, reasoning: 3 }]);
});
