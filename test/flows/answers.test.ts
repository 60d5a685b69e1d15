// Contract: what the upstream answers is what the client gets: status, body and headers of errors byte for byte (the client
// matches their wording), JSON messages with their usage metered, and whatever `stream` said. (P13, P14, P16, P17, trap 35)
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { answerMessage, messageJson, sendJson } from '../support/anthropic-answers.ts';
import { tokens, totalsOf } from '../support/expected-cost.ts';
import { pairHeaders, sha256, valuesOf, type HeaderList } from '../support/fake-upstream.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';

const model = 'claude-opus-4-8';

let rig: Rig;
beforeAll(async () => {
  rig = await startRig();
});
afterAll(() => rig.close());

const oddHeaders: HeaderList = [
  ['request-id', 'req_011CSomething'],
  ['retry-after', '17'],
  ['x-should-retry', 'true'],
  ['anthropic-ratelimit-requests-remaining', '0'],
  ['anthropic-ratelimit-unified-status', 'rejected'],
  ['anthropic-organization-id', 'org-1'],
  ['X-Never-Heard', 'Value  with spaces'],
];
const errors: [status: number, body: string][] = [
  [
    400,
    '{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 215000 tokens > 200000 maximum"}}',
  ],
  [401, '{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}'],
  [
    402,
    '{ "type" : "error",\n "error":{"type":"billing_error","message":"Your credit balance is too low"} }\n',
  ],
  [403, '{"type":"error","error":{"type":"permission_error","message":"caf\\u00e9 é"},"request_id":"req_1"}'],
  [404, '{"type":"error","error":{"type":"not_found_error","message":"model: nope"},"extra":[1,2]}'],
  [413, '{"type":"error","error":{"type":"request_too_large","message":"context window"}}'],
  [418, 'plain text, not JSON'],
  [429, '{"type":"error","error":{"type":"rate_limit_error","message":"slow down"}}'],
  [500, '<html><body>Internal</body></html>'],
  [529, '{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}'],
];

test.each(errors)(
  'an upstream %i passes with body and headers unchanged and costs nothing',
  async (status, body) => {
    const session = `error ${status}`;
    rig.upstream.enqueue(sendJson(status, body, oddHeaders));
    const answer = await rig.post(messagesBody({ model }), [sessionHeader(session)]);
    expect(answer.status).toBe(status);
    expect(answer.body.toString('utf8')).toBe(body);
    for (const [name, value] of oddHeaders) expect([name, answer.values(name)]).toEqual([name, [value]]);
    expect(answer.values('content-type')).toEqual(['application/json']);
    const rows = await rig.gateway.control.waitForExchanges((all) =>
      all.every((row) => row.state !== 'live'),
    );
    const mine = rows.filter((row) => row.sessionId === session);
    expect(mine.map((row) => [row.state, row.status, row.costNanoUsd])).toEqual([['failed', status, 0]]);
  },
);

describe('a message as JSON', () => {
  const usage = tokens({ inputTokens: 210, cacheReadTokens: 3000, cacheWrite1hTokens: 40, outputTokens: 55 });
  const script = { model, usage, blocks: [{ type: 'text' as const, text: 'é漢🙂' }] };

  test.each<[string, Record<string, unknown>]>([
    ['absent', { stream: undefined }],
    ['false', { stream: false }],
  ])('with stream %s the body passes untouched and is metered', async (name, more) => {
    const session = `json ${name}`;
    rig.upstream.enqueue(answerMessage(script));
    const next = rig.upstream.nextRequest();
    const body = messagesBody({ model, ...more });
    const answer = await rig.post(body, [sessionHeader(session)]);
    expect((await next).sha256).toBe(sha256(body));
    expect(answer.body.toString('utf8')).toBe(JSON.stringify(messageJson(script)));
    expect(answer.values('content-type')).toEqual(['application/json']);
    const rows = await rig.gateway.control.waitForExchanges((all) =>
      all.every((row) => row.state !== 'live'),
    );
    expect(rows.find((row) => row.sessionId === session)).toMatchObject({
      state: 'completed',
      streaming: false,
      stopReason: 'end_turn',
      status: 200,
      usageBasis: 'reported',
    });
    expect((await rig.gateway.control.groups('session')).get(session)).toEqual(totalsOf(model, usage));
  });

  test('a JSON answer to a streamed request passes as JSON and is metered', async () => {
    rig.upstream.enqueue(sendJson(200, messageJson(script)));
    const answer = await rig.post(messagesBody({ model }), [sessionHeader('json for stream')]);
    expect(answer.json()).toEqual(messageJson(script));
    await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
    expect((await rig.gateway.control.groups('session')).get('json for stream')).toEqual(
      totalsOf(model, usage),
    );
  });

  test('a JSON answer in chunks of one byte, usage before and after a long text, is metered', async () => {
    const json = JSON.stringify({
      ...messageJson(script),
      content: [{ type: 'text', text: '"usage":{"input_tokens":9}' }],
    });
    rig.upstream.enqueue(async (exchange) => {
      await exchange.request.bodyEnded;
      exchange.head(200, [['Content-Type', 'application/json']]);
      for (const character of Buffer.from(json)) await exchange.send(Buffer.of(character));
      exchange.end();
    });
    const answer = await rig.post(messagesBody({ model, stream: false }), [sessionHeader('json by byte')]);
    expect(answer.text()).toBe(json);
    await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
    expect((await rig.gateway.control.groups('session')).get('json by byte')).toEqual(totalsOf(model, usage));
  });
});

test('a JSON answer of 12 MB with usage at its end, and false usage inside a tool input, is metered', async () => {
  const usage = tokens({ inputTokens: 77, outputTokens: 88 });
  const input = {
    usage: { input_tokens: 99, output_tokens: 99 },
    model: 'decoy',
    text: 'x'.repeat(12_000_000),
  };
  const { usage: wire, ...message } = messageJson({
    model,
    usage,
    blocks: [{ type: 'tool_use', id: 'toolu_1', name: 'Write', input }],
  });
  rig.upstream.enqueue(sendJson(200, { ...message, usage: wire }));
  const answer = await rig.post(messagesBody({ model, stream: false }), [sessionHeader('large json')]);
  expect(answer.sha256).toBe(sha256(JSON.stringify({ ...message, usage: wire })));
  await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  expect((await rig.gateway.control.groups('session')).get('large json')).toEqual(totalsOf(model, usage));
});

test('headers of a successful answer pass, hop-by-hop ones do not', async () => {
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, [
      ['Content-Type', 'text/event-stream; charset=utf-8'],
      ['Connection', 'keep-alive, X-Hop'],
      ['X-Hop', '1'],
      ['Keep-Alive', 'timeout=77'],
      ['anthropic-ratelimit-tokens-remaining', '5'],
      ['anthropic-ratelimit-tokens-remaining', '6'],
      ['x-unknown', 'yes'],
    ]);
    exchange.end('event: ping\ndata: {"type":"ping"}\n\n');
  });
  const answer = await rig.post(messagesBody());
  expect(answer.values('x-unknown')).toEqual(['yes']);
  expect(answer.values('anthropic-ratelimit-tokens-remaining').join(',').replaceAll(' ', '')).toBe('5,6');
  expect(answer.values('x-hop')).toEqual([]);
  expect(answer.values('keep-alive').join()).not.toContain('77');
  expect(valuesOf(pairHeaders(answer.headers.flat()), 'content-type')).toEqual([
    'text/event-stream; charset=utf-8',
  ]);
});

test('an error event inside a stream passes as it is, and the exchange failed', async () => {
  const bytes =
    'event: error\ndata: {"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}\n\n';
  rig.upstream.enqueue(async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, [['Content-Type', 'text/event-stream']]);
    exchange.end(bytes);
  });
  const answer = await rig.post(messagesBody(), [sessionHeader('error event')]);
  expect(answer.text()).toBe(bytes);
  const rows = await rig.gateway.control.waitForExchanges((all) => all.every((row) => row.state !== 'live'));
  expect(rows.find((row) => row.sessionId === 'error event')).toMatchObject({
    state: 'failed',
    costNanoUsd: 0,
  });
});
