// Contract: the official SDK works through the gateway as it does against the API: streaming helper, tools, JSON messages,
// error classes, token counting, model list and abort.
import Anthropic from '@anthropic-ai/sdk';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  answerMessage,
  encodeEvent,
  errorJson,
  messageEvents,
  sendJson,
  sseHeaders,
} from '../support/anthropic-answers.ts';
import { sumTotals, tokens, totalsOf } from '../support/expected-cost.ts';
import { startRig, type Rig } from '../support/rig.ts';

const model = 'claude-opus-5-5';
const usage = tokens({ inputTokens: 25, cacheReadTokens: 4000, cacheWrite5mTokens: 120, outputTokens: 61 });
const question = { role: 'user' as const, content: 'What is the weather in Zürich?' };
const tool = {
  name: 'get_weather',
  description: 'Weather of a city',
  input_schema: { type: 'object' as const, properties: { city: { type: 'string' } }, required: ['city'] },
};

let rig: Rig;
let client: Anthropic;
beforeAll(async () => {
  rig = await startRig();
  client = new Anthropic({ baseURL: rig.gateway.url, apiKey: rig.gateway.ready.clientKey, maxRetries: 0 });
});
afterAll(() => rig.close());
beforeEach(() => rig.gateway.control.waitForExchanges((rows) => rows.every((row) => row.state !== 'live')));

test('the streaming helper assembles text, thinking and usage', async () => {
  rig.upstream.enqueue(
    answerMessage({
      model,
      usage,
      blocks: [
        { type: 'thinking', thinking: 'Let me think é漢🙂', signature: 'c2ln' },
        { type: 'text', text: 'It is sunny in Zürich 🌤' },
      ],
    }),
  );
  const texts: string[] = [];
  const stream = client.messages.stream({ model, max_tokens: 100, messages: [question] });
  stream.on('text', (delta) => void texts.push(delta));
  const message = await stream.finalMessage();
  expect(texts.join('')).toBe('It is sunny in Zürich 🌤');
  expect(message.content[0]).toMatchObject({
    type: 'thinking',
    thinking: 'Let me think é漢🙂',
    signature: 'c2ln',
  });
  expect(message.usage).toMatchObject({ input_tokens: 25, cache_read_input_tokens: 4000, output_tokens: 61 });
  expect(message.stop_reason).toBe('end_turn');
});

test('a tool loop: the call is read from the stream, the result goes back, the answer comes as JSON', async () => {
  const before = await rig.gateway.control.totals();
  rig.upstream.enqueue(
    answerMessage({
      model,
      usage,
      blocks: [
        { type: 'tool_use', id: 'toolu_01', name: tool.name, input: { city: 'Zürich', days: [1, 2] } },
      ],
    }),
    answerMessage({ model, usage, blocks: [{ type: 'text', text: 'Sunny.' }] }),
  );
  const base = { model, max_tokens: 100, tools: [tool] };
  const first = await client.messages.stream({ ...base, messages: [question] }).finalMessage();
  expect(first.stop_reason).toBe('tool_use');
  const call = first.content.find((block) => block.type === 'tool_use');
  expect(call?.input).toEqual({ city: 'Zürich', days: [1, 2] });
  const second = await client.messages.create({
    ...base,
    messages: [
      question,
      { role: 'assistant', content: first.content },
      { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'toolu_01', content: 'sunny' }] },
    ],
  });
  expect(second.content).toEqual([{ type: 'text', text: 'Sunny.' }]);
  await rig.gateway.control.waitForExchanges((rows) => rows.every((row) => row.state !== 'live'));
  const turn = totalsOf(model, usage);
  expect(await rig.gateway.control.totals()).toEqual(sumTotals([before, turn, turn]));
});

const failures: [status: number, type: string, kind: abstract new (...args: never[]) => Error][] = [
  [400, 'invalid_request_error', Anthropic.BadRequestError],
  [403, 'permission_error', Anthropic.PermissionDeniedError],
  [404, 'not_found_error', Anthropic.NotFoundError],
  [429, 'rate_limit_error', Anthropic.RateLimitError],
  [500, 'api_error', Anthropic.InternalServerError],
];
test.each(failures)(
  'an upstream %i arrives as its error class with the request id',
  async (status, type, kind) => {
    rig.upstream.enqueue(sendJson(status, errorJson(type, 'no é'), [['request-id', 'req_011X']]));
    const error: unknown = await client.messages.create({ model, max_tokens: 1, messages: [question] }).then(
      () => null,
      (caught: unknown) => caught,
    );
    expect(error).toBeInstanceOf(kind);
    expect(error).toMatchObject({ status, requestID: 'req_011X', error: errorJson(type, 'no é') });
  },
);

test('a wrong key is an AuthenticationError after one try, although the SDK would retry', async () => {
  const before = rig.upstream.requests.length;
  const stranger = new Anthropic({ baseURL: rig.gateway.url, apiKey: 'tg-wrong', maxRetries: 5 });
  await expect(stranger.messages.create({ model, max_tokens: 1, messages: [question] })).rejects.toThrow(
    Anthropic.AuthenticationError,
  );
  expect(rig.upstream.requests.length).toBe(before);
});

test('an error event in the middle of a stream is thrown by the helper', async () => {
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    await exchange.send(
      encodeEvent(messageEvents({ model, usage, blocks: [] })[0] ?? { event: '', data: '' }),
    );
    exchange.end(encodeEvent({ event: 'error', data: errorJson('overloaded_error', 'Overloaded') }));
  });
  const stream = client.messages.stream({ model, max_tokens: 1, messages: [question] });
  await expect(stream.finalMessage()).rejects.toThrow('Overloaded');
});

test('a stream whose upstream died is an error for the helper, never a short message', async () => {
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    const events = messageEvents({ model, usage, blocks: [{ type: 'text', text: 'half an answer' }] });
    for (const event of events.slice(0, 4)) await exchange.send(encodeEvent(event));
    exchange.reset();
  });
  const stream = client.messages.stream({ model, max_tokens: 1, messages: [question] });
  await expect(stream.finalMessage()).rejects.toThrow(/upstream/);
});

test('abort() closes the upstream connection, and the row says aborted', async () => {
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    const events = messageEvents({ model, usage, blocks: [{ type: 'text', text: 'a long answer' }] });
    for (const event of events.slice(0, 4)) await exchange.send(encodeEvent(event));
  });
  const next = rig.upstream.nextRequest();
  const stream = client.messages.stream({ model, max_tokens: 1, messages: [question] });
  stream.once('text', () => stream.abort());
  await expect(stream.done()).rejects.toThrow(Anthropic.APIUserAbortError);
  await (
    await next
  ).socketClosed;
  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  expect(rows[0]).toMatchObject({ state: 'aborted', inputTokens: 25 });
});

test('countTokens and the model list work', async () => {
  rig.upstream.enqueue(sendJson(200, { input_tokens: 42 }));
  expect(await client.messages.countTokens({ model, messages: [question] })).toMatchObject({
    input_tokens: 42,
  });
  const entry = {
    type: 'model',
    id: model,
    display_name: 'Claude Opus 5.5',
    created_at: '2026-09-23T00:00:00Z',
  };
  rig.upstream.setAnswer(sendJson(200, { data: [entry], has_more: false, first_id: model, last_id: model }));
  const ids: string[] = [];
  for await (const info of client.models.list()) ids.push(info.id);
  expect(ids).toContain(model);
});
