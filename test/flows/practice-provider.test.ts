// Contract: on an empty machine, without config, key or network, the practice provider answers like the real API, labelled as
// practice everywhere, and moves the meter.
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const model = 'claude-opus-5-5';
const bash = {
  name: 'Bash',
  description: 'Runs a command',
  input_schema: {
    type: 'object' as const,
    properties: { command: { type: 'string' } },
    required: ['command'],
  },
};

let gateway: TestGateway;
let client: Anthropic;
beforeAll(async () => {
  gateway = await startGateway();
  client = new Anthropic({ baseURL: gateway.url, apiKey: gateway.ready.clientKey, maxRetries: 0 });
});
afterAll(() => gateway.dispose());

const ask = (content: string) => ({ model, max_tokens: 200, messages: [{ role: 'user' as const, content }] });

test('a streamed answer is a whole message, says that it is practice, and its usage is in the ledger', async () => {
  const message = await client.messages.stream(ask('Say hi')).finalMessage();
  const [block] = message.content;
  expect(block?.type === 'text' ? block.text : '').toMatch(/practice/i);
  expect(message.stop_reason).toBe('end_turn');
  const [row] = await gateway.control.settled(1);
  expect(row).toMatchObject({
    practice: true,
    provider: 'practice',
    state: 'completed',
    inputTokens: message.usage.input_tokens,
    cacheReadTokens: message.usage.cache_read_input_tokens,
    outputTokens: message.usage.output_tokens,
  });
  expect(row?.costNanoUsd).toBeGreaterThan(0);
});

test('the same as JSON', async () => {
  const message = await client.messages.create(ask('Say hi'));
  expect(message).toMatchObject({ type: 'message', role: 'assistant', stop_reason: 'end_turn' });
  expect(message.usage.output_tokens).toBeGreaterThan(0);
});

test('asked for a tool it calls it with input that fits the schema, and goes on after the result', async () => {
  const question = ask('Please use the Bash tool.');
  const first = await client.messages.stream({ ...question, tools: [bash] }).finalMessage();
  expect(first.stop_reason).toBe('tool_use');
  const call = first.content.find((one) => one.type === 'tool_use');
  expect(call?.name).toBe('Bash');
  expect(typeof (call?.input as { command?: unknown }).command).toBe('string');
  const second = await client.messages.create({
    ...question,
    tools: [bash],
    messages: [
      ...question.messages,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: call?.id ?? '', content: 'done' }] },
    ],
  });
  expect(second.stop_reason).toBe('end_turn');
});

test('token counting and the model list work without a network', async () => {
  expect((await client.messages.countTokens(ask('Say hi'))).input_tokens).toBeGreaterThan(0);
  const ids: string[] = [];
  for await (const info of client.models.list()) ids.push(info.id);
  expect(ids.length).toBeGreaterThan(0);
  for (const id of ids) expect(id).toMatch(/claude|anthropic/i);
});

test('the meter tells practice money from real money, and status labels the provider', async () => {
  const { meter, status } = await gateway.control.call('snapshot.get', {});
  expect(meter.todayPracticeNanoUsd).toBe(meter.today.costNanoUsd);
  expect(meter.today.costNanoUsd).toBeGreaterThan(0);
  expect(status.providers).toEqual([
    expect.objectContaining({ id: 'practice', practice: true, current: true, problem: null }) as unknown,
  ]);
});
