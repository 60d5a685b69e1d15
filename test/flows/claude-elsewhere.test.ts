// Contract: Claude on Amazon Bedrock and Google Cloud answers Claude Code as Anthropic does. The upstreams refuse what the
// real ones refuse, so every accepted request proves that what must be taken out was, and everything else was not.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import {
  encodeEvents,
  messageEvents,
  messageJson,
  streamMessage,
  type MessageScript,
} from '../support/anthropic-answers.ts';
import { costOf, listPrices, tokens } from '../support/expected-cost.ts';
import { createGate, startFakeUpstream } from '../support/fake-upstream.ts';
import { fetchRaw, sendRequest, type ReceivedAnswer } from '../support/raw-http.ts';
import { sessionHeader } from '../support/rig.ts';
import { dispatchedEvents } from '../support/sse-reader.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import { startTestGateway } from '../support/test-gateway.ts';
import {
  awsKeys,
  bedrockKey,
  claudeCodeBetas,
  encodeFrames,
  startBedrockMock,
  type BedrockMock,
} from '../support/upstreams/bedrock-invoke.ts';
import {
  startVertexMock,
  vertexProject,
  vertexToken,
  type VertexMock,
} from '../support/upstreams/vertex-claude.ts';

const script: MessageScript = {
  model: 'claude-opus-5-5',
  usage: tokens({ inputTokens: 21, cacheReadTokens: 4000, cacheWrite5mTokens: 300, outputTokens: 77 }),
  blocks: [
    { type: 'thinking', thinking: 'Let me look – ünd listen.', signature: 'c2lnbmF0dXJl' },
    { type: 'text', text: 'I look at the files.' },
    {
      type: 'tool_use',
      id: 'toolu_01A',
      name: 'Bash',
      input: { command: 'ls -la "a b"', description: 'List' },
    },
  ],
};

/** Odd white space and escapes: written again, these bytes would differ. */
const thinkingTurn =
  '{"role":"assistant","content":[ {"type":"thinking","thinking":"a\\u00e9 1.0  \\/","signature":"RXE\\u003d"},{"type":"tool_use","id":"toolu_00","name":"Bash","input":{"n":1.0,"big":12345678901234567890}} ]}';
const body = (more = ''): string =>
  `{"model":"claude-opus-5-5","messages":[{"role":"user","content":"Hi"},${thinkingTurn},{"role":"user","content":[{"type":"tool_result","tool_use_id":"toolu_00","content":"ok"}]}],` +
  '"system":[{"type":"text","text":"x-anthropic-billing-header: cc_version=2.1.330.440;"},{"type":"text","text":"You are Claude Code.","cache_control":{"type":"ephemeral","scope":"global"}}],' +
  '"tools":[{"name":"Bash","description":"Run","input_schema":{"type":"object"}},{"name":"Later","description":"","input_schema":{"type":"object"},"defer_loading":true}],' +
  `"metadata":{"user_id":"u"},"max_tokens":64000,"thinking":{"type":"adaptive"},"context_management":{"edits":[]},"output_config":{"effort":"high"},"stream":true${more}}`;

let gateway: TestGateway | null = null;
let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await gateway?.dispose();
  for (const close of closing) await close();
  gateway = null;
  closing = [];
});

async function startBedrock(
  more: Record<string, unknown> = {},
  credential = 'env:TEST_KEY',
): Promise<BedrockMock> {
  const mock = await startBedrockMock();
  closing.push(() => mock.close());
  mock.answer = { events: messageEvents(script) };
  gateway = await startGateway({
    config: {
      providers: [
        {
          id: 'bedrock',
          type: 'bedrock',
          baseUrl: mock.url,
          credential,
          options: { region: 'us-west-2' },
          ...more,
        },
      ],
      routes: [{ match: {}, to: [{ provider: 'bedrock' }] }],
    },
    environment: {
      TEST_KEY: bedrockKey,
      WRONG_PAIR: `${awsKeys.accessKeyId}:wrongWRONGwrong0123456789+/wrongWRONGwr`,
      AWS_ACCESS_KEY_ID: awsKeys.accessKeyId,
      AWS_SECRET_ACCESS_KEY: awsKeys.secretAccessKey,
    },
  });
  return mock;
}

async function startVertex(credential = 'env:TEST_KEY'): Promise<VertexMock> {
  const mock = await startVertexMock(script);
  closing.push(() => mock.close());
  gateway = await startGateway({
    config: {
      providers: [
        {
          id: 'vertex',
          type: 'vertex',
          baseUrl: mock.url,
          credential,
          options: { project: vertexProject, location: 'europe-west1' },
        },
      ],
      routes: [{ match: {}, to: [{ provider: 'vertex' }] }],
    },
    environment: { TEST_KEY: vertexToken, WRONG_KEY: 'ya29.expired' },
  });
  return mock;
}

function running(): TestGateway {
  if (gateway === null) throw new Error('no gateway was started');
  return gateway;
}

function post(text: string, path = '/v1/messages?beta=true'): Promise<ReceivedAnswer> {
  const own = running();
  return fetchRaw(`${own.url}${path}`, {
    body: text,
    headers: [
      own.key(),
      ['Content-Type', 'application/json'],
      ['anthropic-version', '2023-06-01'],
      ...claudeCodeBetas,
      sessionHeader('elsewhere'),
    ],
  });
}
const get = (path: string): Promise<ReceivedAnswer> =>
  fetchRaw(`${running().url}${path}`, { headers: [running().key()] });
const errorOf = (answer: ReceivedAnswer): { type: string; message: string } =>
  (answer.json() as { error: { type: string; message: string } }).error;

test('T140, T144: a streamed turn with thinking and a tool call comes from Bedrock as Anthropic would send it', async () => {
  const mock = await startBedrock();
  const answer = await post(body());
  expect(mock.refusals.filter((text) => !text.includes('invalid beta'))).toEqual([]);
  expect(answer.status).toBe(200);
  expect(answer.values('content-type').join()).toContain('text/event-stream');
  expect(answer.text()).toBe(encodeEvents(messageEvents(script)).toString('utf8'));
  expect(mock.accepted[0]).toMatchObject({ model: 'us.anthropic.claude-opus-5-5', streamed: true });
});

test('T80: thinking and tool input reach Bedrock with the bytes the client wrote; no other provider’s mark goes along', async () => {
  const mock = await startBedrock();
  await post(body());
  const sent = mock.accepted[0];
  expect(sent?.bytes.toString('utf8')).toContain(thinkingTurn);
  expect(sent?.bytes.toString('utf8')).not.toContain('x-anthropic-billing-header');
  expect(sent?.body).toMatchObject({
    anthropic_version: 'bedrock-2023-05-31',
    output_config: { effort: 'high' },
  });
});

test('T70: usage and cost of a turn on Bedrock are those of its model’s price', async () => {
  await startBedrock();
  await post(body());
  const report = await running().run('usage', '--since', 'all', '--by', 'model', '--json');
  const { totals } = JSON.parse(report.stdout) as { totals: Record<string, number> };
  expect(totals).toMatchObject({
    inputTokens: 21,
    cacheReadTokens: 4000,
    cacheWrite5mTokens: 300,
    outputTokens: 77,
  });
  expect(totals['costNanoUsd']).toBe(costOf(listPrices['claude-opus-5-5'], script.usage));
});

test('T141: a beta that the model refuses is left out with its field, the request succeeds, and the next one knows', async () => {
  const mock = await startBedrock();
  mock.betas = new Set(['interleaved-thinking-2025-05-14']);
  expect((await post(body())).status).toBe(200);
  const refused = mock.refusals.length;
  expect(refused).toBeGreaterThan(0);
  expect(mock.accepted[0]?.body).not.toHaveProperty('context_management');
  expect(JSON.stringify(mock.accepted[0]?.body)).not.toContain('defer_loading');
  expect((await post(body())).status).toBe(200);
  expect(mock.refusals.length).toBe(refused);
  expect(mock.accepted).toHaveLength(2);
});

test('T140: without stream the answer is Anthropic’s JSON, and access keys sign the request', async () => {
  const mock = await startBedrock({}, 'none');
  mock.answer = { message: messageJson(script) };
  const answer = await post(body().replace('"stream":true', '"stream":false'));
  expect(mock.refusals.filter((text) => !text.includes('invalid beta'))).toEqual([]);
  expect(answer.json()).toEqual(JSON.parse(JSON.stringify(messageJson(script))));
  expect(mock.upstream.requests.at(-1)?.values('authorization').join()).toContain(
    'us-west-2/bedrock/aws4_request',
  );
});

test('T140: a deployment names an inference profile; its ARN goes into the path encoded and reaches no client', async () => {
  const arn = 'arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc123';
  const mock = await startBedrock({ models: { 'claude-opus-5-5': { deployment: arn } } }, 'none');
  const answer = await post(body());
  expect(answer.status).toBe(200);
  expect(mock.accepted[0]?.model).toBe(arn);
  expect(mock.upstream.requests.at(-1)?.url).toContain('application-inference-profile%2Fabc123');
  expect(JSON.stringify(answer.headers)).not.toContain('123456789012');
});

test('T143: a request for web search is refused in one sentence, and nothing is sent', async () => {
  const mock = await startBedrock();
  const search = '{"type":"web_search_20250305","name":"web_search","max_uses":8}';
  const answer = await post(`{"model":"claude-opus-5-5","max_tokens":9,"messages":[],"tools":[${search}]}`);
  expect(answer.status).toBe(400);
  expect(errorOf(answer)).toMatchObject({ type: 'invalid_request_error' });
  expect(errorOf(answer).message).toContain('Amazon Bedrock does not run the tool web_search_20250305');
  expect(mock.upstream.requests).toHaveLength(0);
});

test('T144: an exception inside the stream becomes an error event behind what was said', async () => {
  const mock = await startBedrock();
  const events = messageEvents(script).slice(0, 6);
  mock.answer = { events, exception: { name: 'modelStreamErrorException', message: 'The model broke off.' } };
  const answer = await post(body());
  const seen = dispatchedEvents(answer.text());
  expect(seen.slice(0, 6).map(({ event }) => event)).toEqual(events.map(({ event }) => event));
  expect(seen[6]?.event).toBe('error');
  expect(JSON.parse(seen[6]?.data ?? '{}')).toEqual({
    type: 'error',
    error: { type: 'api_error', message: 'The model broke off.' },
  });
});

test('T144, T165: an exception before anything was said is an answer with its status', async () => {
  const mock = await startBedrock();
  mock.answer = { events: [], exception: { name: 'throttlingException', message: 'Too many tokens, wait.' } };
  const answer = await post(body());
  expect(answer.status).toBe(429);
  expect(errorOf(answer)).toEqual({ type: 'rate_limit_error', message: 'Too many tokens, wait.' });
});

test('T160: throttling, overload and a missing model keep a status Claude Code knows', async () => {
  const mock = await startBedrock();
  const refusals = [
    {
      name: 'ThrottlingException',
      status: 429,
      message: 'Too many requests',
      expected: [429, 'rate_limit_error'],
    },
    {
      name: 'ServiceUnavailableException',
      status: 503,
      message: 'busy',
      expected: [503, 'overloaded_error'],
    },
    { name: 'ModelTimeoutException', status: 408, message: 'slow', expected: [504, 'timeout_error'] },
    { name: 'ResourceNotFoundException', status: 404, message: 'gone', expected: [404, 'not_found_error'] },
    {
      name: 'ValidationException',
      status: 400,
      message: 'Input is too long for requested model.',
      expected: [400, 'invalid_request_error'],
    },
  ];
  for (const { expected, ...refusal } of refusals) {
    mock.answer = { refusal };
    const answer = await post(body());
    expect([answer.status, errorOf(answer).type]).toEqual(expected);
    expect(errorOf(answer).message).toBe(refusal.message);
    expect(answer.values('request-id').join()).not.toBe('');
  }
});

test('P23: a refused permission says what is missing without account numbers', async () => {
  const mock = await startBedrock();
  const message =
    'User: arn:aws:sts::123456789012:assumed-role/Admin/jo@example.com is not authorized to perform: bedrock:InvokeModel on resource: arn:aws:bedrock:us-west-2:123456789012:inference-profile/x';
  mock.answer = { refusal: { name: 'AccessDeniedException', status: 403, message } };
  const answer = await post(body());
  expect([answer.status, errorOf(answer).type]).toEqual([403, 'permission_error']);
  expect(errorOf(answer).message).toContain('is not authorized to perform: bedrock:InvokeModel');
  expect(answer.text()).not.toMatch(/123456789012|example\.com|assumed-role/);
});

test.each([
  ['API key', 'env:AWS_ACCESS_KEY_ID', 'API Key'],
  ['pair of access keys', 'env:WRONG_PAIR', 'signature'],
])('P16: a wrong %s is said once', async (_, credential, word) => {
  await startBedrock({}, credential);
  const answer = await post(body());
  expect(answer.status).toBe(401);
  expect(answer.values('x-should-retry')).toEqual(['false']);
  expect(errorOf(answer).message).toContain(word);
});

test('T73, T145: tokens are counted where Bedrock can, and otherwise 404 lets the client count', async () => {
  const mock = await startBedrock();
  const counted = await post(
    '{"model":"claude-haiku-4-5","messages":[{"role":"user","content":"x"}]}',
    '/v1/messages/count_tokens',
  );
  expect(counted.json()).toEqual({ input_tokens: 4321 });
  expect(mock.upstream.requests.at(-1)?.path).toBe(
    '/model/anthropic.claude-haiku-4-5-20251001-v1%3A0/count-tokens',
  );
  const arn = await post(
    '{"model":"arn:aws:bedrock:us-west-2:123456789012:application-inference-profile/abc","messages":[]}',
    '/v1/messages/count_tokens',
  );
  expect(arn.status).toBe(404);
});

test('a cut or damaged stream of Bedrock ends as a broken answer, never as a whole one', async () => {
  const mock = await startBedrock();
  const events = messageEvents(script);
  for (const cutAt of [5, encodeFrames(events.slice(0, 4)).length + 7]) {
    mock.answer = { events, cutAt };
    const answer = await post(body());
    const whole = dispatchedEvents(answer.text()).some(({ event }) => event === 'message_stop');
    expect(whole).toBe(false);
    expect(answer.status === 502 || dispatchedEvents(answer.text()).at(-1)?.event === 'error').toBe(true);
  }
  mock.answer = { events, damage: true };
  expect(dispatchedEvents((await post(body())).text()).some(({ event }) => event === 'message_stop')).toBe(
    false,
  );
});

test('P11: the model list of Bedrock holds the account’s Claude profiles in Anthropic’s shape', async () => {
  await startBedrock();
  const list = (await get('/v1/models?limit=1000')).json() as {
    data: { id: string; type: string }[];
    has_more: boolean;
  };
  expect(list.has_more).toBe(false);
  expect(list.data.every(({ type }) => type === 'model')).toBe(true);
  expect(JSON.stringify(list)).not.toContain('meta.llama');
});

test('T150, T151: a streamed turn comes from Google Cloud; model and version are where it wants them', async () => {
  const mock = await startVertex();
  const answer = await post(body());
  expect(answer.status).toBe(200);
  expect(answer.text()).toBe(encodeEvents(messageEvents(script)).toString('utf8'));
  const sent = mock.accepted[0];
  expect(sent).toMatchObject({ model: 'claude-opus-5-5', streamed: true });
  expect(sent?.body).not.toHaveProperty('context_management');
  expect(sent?.betas).toContain('tool-search-tool-2025-10-19');
  expect(mock.upstream.requests.at(-1)?.body.toString('utf8')).toContain(thinkingTurn);
});

test('T150: a dated model gets its date after an @, and tokens are counted at their own address', async () => {
  const mock = await startVertex();
  const model = 'claude-sonnet-4-5-20250929';
  const answer = await post(`{"model":"${model}","max_tokens":5,"messages":[]}`);
  expect(answer.status).toBe(200);
  expect(mock.accepted[0]?.model).toBe('claude-sonnet-4-5@20250929');
  const counted = await post(`{"model":"${model}","messages":[]}`, '/v1/messages/count_tokens');
  expect(counted.json()).toEqual({ input_tokens: 777 });
});

test('T152: newer web search is asked for under the name Google Cloud has; web fetch is refused', async () => {
  const mock = await startVertex();
  const ask = (tools: string): Promise<ReceivedAnswer> =>
    post(`{"model":"claude-opus-5-5","max_tokens":5,"messages":[],"tools":[${tools}]}`);
  const search = '{"type":"web_search_20260209","name":"web_search"}';
  const code = '{"type":"code_execution_20250825","name":"code_execution"}';
  expect((await ask(`${code},${search}`)).status).toBe(200);
  expect(mock.accepted[0]?.body['tools']).toEqual([{ type: 'web_search_20250305', name: 'web_search' }]);
  expect((await ask('{"type":"web_fetch_20250910","name":"web_fetch"}')).status).toBe(400);
  expect((await ask(code)).status).toBe(400);
});

test('P13, P23: Google’s refusals become Anthropic’s without project names; Anthropic’s own pass as they are', async () => {
  const mock = await startVertex();
  const missing = await post('{"model":"claude-unknown-9","max_tokens":5,"messages":[]}');
  expect([missing.status, errorOf(missing).type]).toEqual([404, 'not_found_error']);
  expect(missing.text()).not.toContain(vertexProject);
  const invalid = await post('{"model":"claude-opus-5-5","max_tokens":5,"messages":[],"fancy":1}');
  expect(invalid.json()).toMatchObject({
    type: 'error',
    error: { message: 'fancy: Extra inputs are not permitted' },
    request_id: 'req_vrtx_1',
  });
  expect(mock.refusals.filter((text) => !text.includes('anthropic-beta'))).toHaveLength(2);
});

test('P11: the publisher’s list names models with their dates', async () => {
  await startVertex();
  const list = (await get('/v1/models?limit=1000')).json() as { data: { id: string }[] };
  expect(JSON.stringify(list.data)).toContain('claude-opus-5-5');
});

test('P16: an expired token is a 401 that is not tried again', async () => {
  await startVertex('env:WRONG_KEY');
  const answer = await post(body());
  expect([answer.status, errorOf(answer).type]).toEqual([401, 'authentication_error']);
  expect(answer.values('x-should-retry')).toEqual(['false']);
});

test('T144, P10: while Bedrock is silent inside an answer the client hears pings between events, and the answer goes on', async () => {
  const mock = await startBedrockMock();
  closing.push(() => mock.close());
  const events = messageEvents(script);
  const gate = createGate();
  mock.answer = { events, pause: { at: encodeFrames(events.slice(0, 4)).length + 9, gate } };
  const own = await startTestGateway(
    {
      version: 1,
      providers: [{ id: 'bedrock', type: 'bedrock', baseUrl: mock.url, credential: 'env:TEST_KEY' }],
      routes: [{ match: {}, to: [{ provider: 'bedrock' }] }],
    },
    { pingAfterMs: 20, env: { TEST_KEY: bedrockKey } },
  );
  closing.unshift(() => own.close());
  const exchange = sendRequest(`${own.gateway.ready.url}/v1/messages`, {
    body: body(),
    headers: [['Authorization', `Bearer ${own.gateway.ready.clientKey}`]],
  });
  await exchange.received('event: ping\ndata: {"type": "ping"}');
  gate.open();
  const answer = await exchange.answer;
  const withoutPings = dispatchedEvents(answer.text()).filter(({ event }) => event !== 'ping');
  expect(withoutPings.map(({ data }) => JSON.parse(data) as unknown)).toEqual(
    events
      .filter(({ event }) => event !== 'ping')
      .map(({ data }) => JSON.parse(JSON.stringify(data)) as unknown),
  );
});

test('T168: a client that leaves ends the request at Bedrock', async () => {
  const mock = await startBedrock();
  const events = messageEvents(script);
  const gate = createGate();
  mock.answer = { events, pause: { at: encodeFrames(events.slice(0, 5)).length, gate } };
  const exchange = sendRequest(`${running().url}/v1/messages`, { body: body(), headers: [running().key()] });
  await exchange.received('content_block_start');
  exchange.destroy();
  await mock.upstream.requests.at(-1)?.socketClosed;
  gate.open();
  expect(mock.accepted).toHaveLength(1);
});

test('an AWS profile named in the settings signs the requests', async () => {
  const folder = await createTemporaryFolder();
  closing.push(() => folder.remove());
  const file = join(folder.path, 'credentials');
  await writeFile(
    file,
    `[work]\naws_access_key_id = ${awsKeys.accessKeyId}\naws_secret_access_key = ${awsKeys.secretAccessKey}\n`,
  );
  const mock = await startBedrockMock();
  closing.push(() => mock.close());
  mock.answer = { events: messageEvents(script) };
  gateway = await startGateway({
    config: {
      providers: [{ id: 'bedrock', type: 'bedrock', baseUrl: mock.url, options: { awsProfile: 'work' } }],
      routes: [{ match: {}, to: [{ provider: 'bedrock' }] }],
    },
    environment: { AWS_SHARED_CREDENTIALS_FILE: file, AWS_CONFIG_FILE: join(folder.path, 'none') },
  });
  expect((await post(body())).status).toBe(200);
});

test('without any AWS credential the answer says what to do, and no key is asked of anybody', async () => {
  const mock = await startBedrockMock();
  closing.push(() => mock.close());
  gateway = await startGateway({
    config: {
      providers: [{ id: 'bedrock', type: 'bedrock', baseUrl: mock.url, options: { awsProfile: 'nobody' } }],
      routes: [{ match: {}, to: [{ provider: 'bedrock' }] }],
    },
  });
  const answer = await post(body());
  expect(answer.status).toBe(502);
  expect(errorOf(answer).message).toMatch(
    /The provider "bedrock" cannot be used: no AWS credentials were found .*aws sso login/,
  );
  expect(mock.upstream.requests).toHaveLength(0);
});

test('T153: a model of another vendor answers over its own Messages endpoint, at its own price', async () => {
  const upstream = await startFakeUpstream();
  closing.push(() => upstream.close());
  upstream.setAnswer(streamMessage({ ...script, model: 'glm-4.7' }));
  gateway = await startGateway({
    config: {
      providers: [
        {
          id: 'zai',
          type: 'zai-anthropic',
          baseUrl: `${upstream.url}/api/anthropic`,
          credential: 'env:TEST_KEY',
        },
      ],
      routes: [{ match: {}, to: [{ provider: 'zai', model: 'glm-4.7' }] }],
      prices: {
        'glm-4.7': {
          input: '0.6',
          output: '2.2',
          cacheRead: '0.1',
          cacheWrite5m: '0.6',
          cacheWrite1h: '0.6',
        },
      },
    },
    environment: { TEST_KEY: 'zai-key' },
  });
  const answer = await post(body());
  expect(answer.text()).toBe(encodeEvents(messageEvents({ ...script, model: 'glm-4.7' })).toString('utf8'));
  const request = upstream.requests[0];
  expect(request?.path).toBe('/api/anthropic/v1/messages');
  expect(request?.values('authorization')).toEqual(['Bearer zai-key']);
  expect(request?.values('anthropic-beta')).toEqual([]);
  expect(request?.json()).toMatchObject({
    model: 'glm-4.7',
    thinking: { type: 'enabled', budget_tokens: 31_999 },
  });
  expect(request?.body.toString('utf8')).toContain(thinkingTurn);
  const report = await running().run('usage', '--since', 'all', '--json');
  const { totals } = JSON.parse(report.stdout) as { totals: Record<string, number> };
  expect(totals['costNanoUsd']).toBe(21 * 600 + 4000 * 100 + 300 * 600 + 77 * 2200);
});
