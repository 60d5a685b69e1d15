// The strict Anthropic mock refuses histories that the real one refuses; each refusal is shown once, with its words.
import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { startStrictAnthropic } from '../support/upstreams/anthropic-strict.ts';
import { post, type RefusedCase } from './ask.ts';

const user = { role: 'user', content: 'hi' };
const assistant = (...content: object[]) => ({ role: 'assistant', content });
const back = (...content: object[]) => ({ role: 'user', content });
const use = (id: string) => ({ type: 'tool_use', id, name: 'Read', input: {} });
const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' });
const foreign = { type: 'thinking', thinking: 'hm', signature: 'gAAAAAforeign' };
const { signature: _signature, ...unsigned } = foreign;
const thinking = { type: 'enabled', budget_tokens: 1024 };

const refused: readonly RefusedCase[] = [
  [
    'T81, T82: thinking that another model signed',
    { messages: [user, assistant(foreign), user] },
    400,
    'messages.1.content.0: Invalid `signature` in `thinking` block',
  ],
  [
    'T81: thinking without a signature',
    { messages: [user, assistant(unsigned), user] },
    400,
    'messages.1.content.0.thinking.signature: Field required',
  ],
  [
    'T82: redacted thinking of another model',
    { messages: [user, assistant({ type: 'redacted_thinking', data: 'x' }), user] },
    400,
    'Invalid `data` in `redacted_thinking` block',
  ],
  [
    'T83: a budget and a tool turn that does not begin with thinking',
    { thinking, messages: [user, assistant(use('a')), back(result('a'))] },
    400,
    'Expected `thinking` or `redacted_thinking`, but found `tool_use`',
  ],
  [
    'T7: a call without its result',
    { messages: [user, assistant(use('a')), user] },
    400,
    '`tool_use` ids were found without `tool_result` blocks immediately after: a',
  ],
  [
    'T7: a result without its call',
    { messages: [back(result('a'))] },
    400,
    'unexpected `tool_use_id` found in `tool_result` blocks: a',
  ],
  [
    'T5: text before a result',
    { messages: [user, assistant(use('a')), back({ type: 'text', text: 'x' }, result('a'))] },
    400,
    '`tool_use` ids were found without',
  ],
  [
    'T13: a call id with a dot',
    { messages: [user, assistant(use('functions.Bash:0')), back(result('functions.Bash:0'))] },
    400,
    "String should match pattern '^[a-zA-Z0-9_-]+$'",
  ],
  ['an unknown field', { reasoning_effort: 'high' }, 400, 'reasoning_effort: Extra inputs are not permitted'],
  [
    'a field whose beta was not named',
    { context_management: { edits: [] } },
    400,
    'context_management: Extra inputs are not permitted',
  ],
  [
    'T29: an empty text block',
    { messages: [back({ type: 'text', text: '' })] },
    400,
    'text content blocks must be non-empty',
  ],
  [
    'T2: a system message without its beta',
    { messages: [user, { role: 'system', content: 'x' }] },
    400,
    "messages.1.role: Input should be 'user' or 'assistant'",
  ],
  [
    'T16: a tool of another vendor',
    { tools: [{ type: 'function', function: { name: 'a' } }] },
    400,
    "Input tag 'function'",
  ],
];

describe('the strict Anthropic mock refuses', () => {
  it.each(refused)('%s', async (_title, change, status, words) => {
    const mock = await startStrictAnthropic();
    const headers = { 'x-api-key': mock.key, 'anthropic-version': '2023-06-01' };
    const told = await post(
      mock,
      '/v1/messages',
      { model: mock.model, max_tokens: 4096, messages: [user], ...change },
      headers,
    );
    await mock.close();
    expect(told.text).toContain(JSON.stringify(words).slice(1, -1));
    expect(told.status).toBe(status);
  });
});

it('T80: its own thinking comes back accepted, the official client reads its stream, a changed text is noticed', async () => {
  const mock = await startStrictAnthropic();
  const client = new Anthropic({ apiKey: mock.key, baseURL: mock.url, maxRetries: 0 });
  mock.answer({ thinking: 'Hm…', text: 'Grüße', calls: [{ name: 'Read', input: { path: 'a' } }] });
  const tools = [{ name: 'Read', input_schema: { type: 'object' as const } }];
  const question = { role: 'user' as const, content: 'hi' };
  const first = await client.messages
    .stream({ model: mock.model, max_tokens: 4096, tools, messages: [question] })
    .finalMessage();
  expect(first.content.map(({ type }) => type)).toEqual(['thinking', 'text', 'tool_use']);
  expect(first.stop_reason).toBe('tool_use');
  const called = first.content.find((block) => block.type === 'tool_use');
  const done = {
    role: 'user' as const,
    content: [{ type: 'tool_result' as const, tool_use_id: called?.id ?? '', content: 'ok' }],
  };
  const messages = [question, { role: 'assistant' as const, content: first.content }, done];
  await client.messages.create({ model: mock.model, max_tokens: 4096, tools, messages });
  expect(mock.seen.problems).toEqual([]);
  const changed = first.content.map((block) =>
    block.type === 'thinking' ? { ...block, thinking: 'Hm.' } : block,
  );
  const again = [question, { role: 'assistant' as const, content: changed }, done];
  await expect(
    client.messages.create({ model: mock.model, max_tokens: 4096, tools, messages: again }),
  ).rejects.toThrow('Invalid `signature`');
  await mock.close();
});
