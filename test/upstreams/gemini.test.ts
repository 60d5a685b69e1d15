// The mock of Gemini refuses what the service refuses; each refusal is shown once, with its words.
import { describe, expect, it } from 'vitest';
import { startGemini } from '../support/upstreams/gemini.ts';
import type { JsonObject } from '../support/upstreams/refusal.ts';
import { post, type RefusedCase } from './ask.ts';

const user = { role: 'user', parts: [{ text: 'hi' }] };
const skip = 'skip_thought_signature_validator';
const call = (name: string, more: object = {}) => ({ functionCall: { name, args: {} }, ...more });
const model = (...parts: object[]) => ({ role: 'model', parts });
const results = (...names: string[]) => ({
  role: 'user',
  parts: names.map((name) => ({ functionResponse: { name, response: { output: 'ok' } } })),
});
const declared = (parameters: JsonObject) => ({
  tools: [{ functionDeclarations: [{ name: 'Read', description: 'reads', parameters }] }],
});
const property = (schema: JsonObject) => declared({ type: 'OBJECT', properties: { a: schema } });
const thinking = (config: JsonObject) => ({ generationConfig: { thinkingConfig: config } });

const refused: readonly RefusedCase[] = [
  ['an unknown field', { foo: 1 }, 400, 'Unknown name \\"foo\\": Cannot find field.'],
  [
    'T111: a schema keyword outside the OpenAPI subset',
    declared({ type: 'object', properties: {}, additionalProperties: false }),
    400,
    'Unknown name \\"additionalProperties\\" at \'tools[0].function_declarations[0].parameters\'',
  ],
  [
    'T111: exclusiveMinimum in a property',
    property({ type: 'integer', exclusiveMinimum: 0 }),
    400,
    'exclusiveMinimum',
  ],
  [
    'T111: a list of types',
    property({ type: ['string', 'null'] }),
    400,
    'Proto field is not repeating, cannot start list.',
  ],
  [
    'T111: a format it does not know',
    property({ type: 'string', format: 'uri' }),
    400,
    'supported for STRING type',
  ],
  [
    'T111: an enumeration of numbers',
    property({ type: 'integer', enum: ['1'] }),
    400,
    'only allowed for STRING type',
  ],
  ['T111: an array without items', property({ type: 'array' }), 400, 'items: missing field.'],
  [
    'T111: required names nothing',
    declared({ type: 'object', properties: { a: { type: 'string' } }, required: ['b'] }),
    400,
    'property is not defined',
  ],
  [
    'T14: a function name with a slash',
    { tools: [{ functionDeclarations: [{ name: 'a/b' }] }] },
    400,
    'Invalid function name.',
  ],
  [
    'two functions of one name',
    { tools: [{ functionDeclarations: [{ name: 'a' }, { name: 'a' }] }] },
    400,
    'Duplicate function declaration found: a',
  ],
  [
    'T110: a role of another vendor',
    { contents: [{ role: 'assistant', parts: [{ text: 'a' }] }] },
    400,
    'Please use a valid role: user, model.',
  ],
  [
    'T110: an empty part',
    { contents: [{ role: 'user', parts: [{ text: '' }] }] },
    400,
    "required oneof field 'data'",
  ],
  ['T110: no parts', { contents: [{ role: 'user', parts: [] }] }, 400, 'contents.parts must not be empty'],
  ['no contents', { contents: [] }, 400, 'contents is not specified'],
  [
    'T114: fewer responses than calls',
    { contents: [user, model(call('a', { thoughtSignature: skip }), call('b')), results('a')] },
    400,
    'number of function response parts is equal',
  ],
  [
    'T114: responses in another order',
    { contents: [user, model(call('a', { thoughtSignature: skip }), call('b')), results('b', 'a')] },
    400,
    'number of function response parts is equal',
  ],
  [
    'T7: a response without its call',
    { contents: [user, model({ text: 'a' }), results('a')] },
    400,
    'function response turn comes immediately after a function call turn',
  ],
  [
    'T115: a call without its signature',
    { contents: [user, model(call('a')), results('a')] },
    400,
    'Function call is missing a thought_signature in functionCall parts.',
  ],
  [
    'T115: a signature it never made',
    { contents: [user, model(call('a', { thoughtSignature: 'Zm9yZWlnbg==' })), results('a')] },
    400,
    'Corrupted thought signature.',
  ],
  [
    'T118: level and budget at once',
    thinking({ thinkingLevel: 'low', thinkingBudget: 1024 }),
    400,
    'You can only set only one of thinking budget and thinking level.',
  ],
  [
    'T118: a level the model does not have',
    thinking({ thinkingLevel: 'ultra' }),
    400,
    'Thinking level ULTRA is not supported for this model.',
  ],
  [
    'T119: an address on the web',
    {
      contents: [
        {
          role: 'user',
          parts: [{ fileData: { fileUri: 'https://example.com/a.png', mimeType: 'image/png' } }],
        },
      ],
    },
    400,
    'Unsupported file uri',
  ],
  [
    'an unknown media type',
    { contents: [{ role: 'user', parts: [{ inlineData: { mimeType: 'application/zip', data: 'AAAA' } }] }] },
    400,
    'Unsupported MIME type: application/zip',
  ],
  [
    'T120: a forced call without functions',
    { toolConfig: { functionCallingConfig: { mode: 'ANY' } } },
    400,
    'Function calling config is set without function_declarations.',
  ],
  ['T31: a model turn at the end', { contents: [user, model({ text: 'a' })] }, 400, 'end with a user role'],
  [
    'T21: six stop sequences',
    { generationConfig: { stopSequences: ['a', 'b', 'c', 'd', 'e', 'f'] } },
    400,
    'at most 5 stop sequences',
  ],
  [
    'T19: more output than the model has',
    { generationConfig: { maxOutputTokens: 70_000 } },
    400,
    'maxOutputTokens value of 70000',
  ],
];

const generate = (name: string): string => `/v1beta/models/${name}:generateContent`;

describe('the Gemini mock refuses', () => {
  it.each(refused)('%s', async (_title, change, status, words) => {
    const mock = await startGemini();
    const body = { contents: [user], ...change };
    const told = await post(mock, generate('gemini-3.5-flash'), body, { 'x-goog-api-key': mock.key });
    await mock.close();
    expect(told.text).toContain(words);
    expect(told.status).toBe(status);
  });

  it('T118, T120, T162: by model and size; a wrong key; a model that does not exist', async () => {
    const mock = await startGemini({ contextTokens: 60 });
    const key = { 'x-goog-api-key': mock.key };
    const ask = (name: string, change: object, headers: Readonly<Record<string, string>> = key) =>
      post(mock, generate(name), { contents: [user], ...change }, headers);
    expect((await ask('gemini-2.5-pro', thinking({ thinkingLevel: 'low' }))).text).toContain(
      'Thinking level is not supported',
    );
    expect((await ask('gemini-2.5-pro', thinking({ thinkingBudget: 0 }))).text).toContain(
      'only works in thinking mode',
    );
    expect((await ask('gemini-2.5-flash', thinking({ thinkingBudget: 99_999 }))).text).toContain(
      'between 0 and 24576',
    );
    const both = { tools: [{ googleSearch: {} }, { functionDeclarations: [{ name: 'a' }] }] };
    expect((await ask('gemini-2.5-pro', both)).text).toContain(
      'Tool use with function calling is unsupported',
    );
    expect(
      (await ask('gemini-2.5-pro', { systemInstruction: { parts: [{ text: 'long '.repeat(99) }] } })).text,
    ).toContain('exceeds the maximum number of tokens allowed (60)');
    expect((await ask('gemini-9', {})).status).toBe(404);
    expect((await ask('gemini-2.5-pro', {}, { 'x-goog-api-key': 'wrong' })).text).toContain(
      'API_KEY_INVALID',
    );
    expect((await ask('gemini-2.5-pro', {}, {})).status).toBe(403);
    await mock.close();
  });

  it('T73: fields that its token count does not take', async () => {
    const mock = await startGemini();
    const key = { 'x-goog-api-key': mock.key };
    const path = '/v1beta/models/gemini-3.5-flash:countTokens';
    expect((await post(mock, path, { contents: [user], tools: [] }, key)).status).toBe(400);
    const wrapped = { generateContentRequest: { model: 'models/gemini-3.5-flash', contents: [user] } };
    expect((await post(mock, path, wrapped, key)).text).toContain('totalTokens');
    await mock.close();
  });
});

it('T115: a signature the mock made comes back accepted', async () => {
  const mock = await startGemini();
  const key = { 'x-goog-api-key': mock.key };
  mock.answer({ calls: [{ name: 'Read', input: { path: 'a' } }] });
  const first = await post(mock, generate(mock.model), { contents: [user] }, key);
  const { candidates } = JSON.parse(first.text) as { candidates: { content: { parts: JsonObject[] } }[] };
  const content = candidates[0]?.content;
  const called = content?.parts[0]?.['functionCall'] as { id: string; name: string };
  const answer = {
    role: 'user',
    parts: [{ functionResponse: { id: called.id, name: called.name, response: { output: 'x' } } }],
  };
  expect((await post(mock, generate(mock.model), { contents: [user, content, answer] }, key)).status).toBe(
    200,
  );
  expect(mock.seen.problems).toEqual([]);
  await mock.close();
});
