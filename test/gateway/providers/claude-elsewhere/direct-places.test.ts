// Places that speak the Messages API at its usual paths, over real sockets: the right address, the right key, the client's
// bytes, and Anthropic's shape for what is not theirs.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ByteParts } from '../../../../src/gateway/lib/byte-parts.ts';
import { descriptorOf } from '../../../../src/gateway/providers/registry.ts';
import type { ProviderSetup, UpstreamContext } from '../../../../src/gateway/providers/provider.ts';
import { sendJson } from '../../../support/anthropic-answers.ts';
import { startFakeUpstream } from '../../../support/fake-upstream.ts';
import type { FakeUpstream } from '../../../support/fake-upstream.ts';

let fake: FakeUpstream;
let opened: { destroy(): Promise<void> }[] = [];
beforeEach(async () => {
  fake = await startFakeUpstream();
  fake.setAnswer(
    sendJson(200, { id: 'msg_1', type: 'message', usage: { input_tokens: 1, output_tokens: 1 } }),
  );
});
afterEach(async () => {
  await Promise.all(opened.map((upstream) => upstream.destroy()));
  opened = [];
  await fake.close();
  expect(fake.failures).toEqual([]);
});

interface Heard {
  status: number;
  headers: readonly string[];
  body: string;
  error: Error | null;
}

interface Asking {
  type: string;
  setup?: Partial<ProviderSetup>;
  env?: UpstreamContext['env'];
  secret?: string | null;
  headers?: readonly string[];
}

function open(asking: Asking) {
  const { type, setup = {}, env = {}, secret = 'key-1', headers = [] } = asking;
  const descriptor = descriptorOf(type);
  const path = new URL(descriptor.defaultBaseUrl ?? 'https://x').pathname.replace(/\/$/, '');
  const whole = {
    id: 'p',
    baseUrl: fake.url + path,
    options: {},
    models: {},
    repairToolCalls: true,
    http: {},
    ...setup,
  };
  const upstream = descriptor.createUpstream(whole, {
    now: () => Date.UTC(2026, 10, 22, 12),
    randomBytes: (length) => Buffer.alloc(length),
    env,
  });
  opened.push(upstream);
  return (text: string | null, requestPath = '/v1/messages?beta=true'): Promise<Heard> => {
    const { promise, resolve } = Promise.withResolvers<Heard>();
    const heard: Heard = { status: 0, headers: [], body: '', error: null };
    const credential = secret === null ? [] : descriptor.authorize(secret);
    upstream.send(
      {
        method: text === null ? 'GET' : 'POST',
        path: requestPath,
        headers: [
          'content-type',
          'application/json',
          'anthropic-version',
          '2023-06-01',
          ...headers,
          ...credential,
        ],
        body: text === null ? null : ByteParts.of(Buffer.from(text)),
        secret,
        asked: null,
        model: 'm',
      },
      {
        onStart: (status, received) => Object.assign(heard, { status, headers: received }),
        onData: (chunk) => void (heard.body += chunk.toString('utf8')),
        onEnd: () => resolve(heard),
        onError: (error) => resolve({ ...heard, error }),
      },
    );
    return promise;
  };
}

const betas = [
  'anthropic-beta',
  'claude-code-20250219,effort-2025-11-24,interleaved-thinking-2025-05-14,new-2027-01-01',
];
const simple = '{"model":"m", "max_tokens":5,"messages":[ {"role":"user","content":"\\u00e9"} ]}';
const ids = (heard: Heard): string[] =>
  (JSON.parse(heard.body) as { data: { id: string }[] }).data.map(({ id }) => id);

describe('endpoints for models of others', () => {
  it.each([
    ['deepseek-anthropic', '/anthropic', 'x-api-key', 'key-1', 'effort-2025-11-24', '/models'],
    ['moonshot-anthropic', '/anthropic', 'authorization', 'Bearer key-1', '', '/v1/models'],
    ['zai-anthropic', '/api/anthropic', 'authorization', 'Bearer key-1', '', '/api/paas/v4/models'],
    ['minimax-anthropic', '/anthropic', 'authorization', 'Bearer key-1', '', '/v1/models'],
    [
      'openrouter-anthropic',
      '/api',
      'authorization',
      'Bearer key-1',
      'claude-code-20250219,effort-2025-11-24,interleaved-thinking-2025-05-14',
      '/api/v1/models',
    ],
    ['ollama-anthropic', '', 'authorization', 'Bearer key-1', '', '/v1/models'],
    ['lm-studio-anthropic', '', 'authorization', 'Bearer key-1', '', '/v1/models'],
  ])(
    'T153: %s gets its path, its key and only the betas it knows',
    async (type, path, header, key, sentBetas, list) => {
      const ask = open({ type, headers: betas });
      expect((await ask(simple)).status).toBe(200);
      const request = fake.requests[0];
      expect(request?.url).toBe(`${path}/v1/messages?beta=true`);
      expect(request?.values(header)).toEqual([key]);
      expect(request?.values('anthropic-beta').join()).toBe(sentBetas);
      expect(request?.body.toString('utf8')).toBe(simple);
      fake.setAnswer(sendJson(200, { object: 'list', data: [{ id: 'their-model', object: 'model' }] }));
      expect(ids(await ask(null, '/v1/models?limit=1000'))).toEqual(['their-model']);
      expect(fake.requests[1]?.path).toBe(list);
      expect(
        fake.requests[1]?.values('authorization').join() || fake.requests[1]?.values('x-api-key').join(),
      ).toContain('key-1');
    },
  );

  it('a local server without a key is sent none', async () => {
    await open({ type: 'ollama-anthropic', secret: null })(simple);
    expect([fake.requests[0]?.values('authorization'), fake.requests[0]?.values('x-api-key')]).toEqual([
      [],
      [],
    ]);
  });

  it('P11: without a list of its own the models it is known to serve are listed; a wrong key shows', async () => {
    const ask = open({ type: 'minimax-anthropic' });
    fake.setAnswer(sendJson(404, '404 page not found'));
    const assumed = await ask(null, '/v1/models');
    expect(ids(assumed)).toContain('MiniMax-M3');
    // A list nobody gave proves no key; the mark makes the test of a provider send a message.
    expect(JSON.parse(assumed.body)).toMatchObject({ object: 'list' });
    fake.setAnswer(sendJson(401, { error: { message: 'bad key' } }));
    const refused = await ask(null, '/v1/models');
    expect(refused.status).toBe(401);
    expect(JSON.parse(refused.body)).toMatchObject({
      type: 'error',
      error: { type: 'authentication_error', message: 'bad key' },
    });
  });

  it('T73: where tokens cannot be counted the answer is 404, and a count passes', async () => {
    const ask = open({ type: 'ollama-anthropic', secret: null });
    fake.setAnswer(sendJson(404, '404 page not found'));
    expect((await ask(simple, '/v1/messages/count_tokens')).status).toBe(404);
    fake.setAnswer(sendJson(200, { input_tokens: 12 }));
    expect((await ask(simple, '/v1/messages/count_tokens')).body).toBe('{"input_tokens":12}');
  });

  it('P13: an error in Anthropic’s words passes untouched, a web page is said in a sentence', async () => {
    const ask = open({ type: 'zai-anthropic' });
    const own = '{"type":"error", "error":{"type":"overloaded_error","message":"x"}}';
    fake.setAnswer(sendJson(529, own, [['retry-after', '3']]));
    const passed = await ask(simple);
    expect([passed.status, passed.body]).toEqual([529, own]);
    expect(passed.headers).toContain('3');
    fake.setAnswer(sendJson(502, '<html>bad gateway</html>'));
    expect(JSON.parse((await ask(simple)).body)).toEqual({
      type: 'error',
      error: { type: 'overloaded_error', message: 'Z.ai answered with status 502.' },
    });
  });

  it('P14, T162: a request too large for a model of others is said in the words Claude Code compacts at', async () => {
    const message =
      "This model's maximum context length is 131072 tokens. However, you requested 150000 tokens (142000 in the messages, 8000 in the completion).";
    fake.setAnswer(sendJson(400, { error: { message, type: 'invalid_request_error' } }));
    const heard = await open({ type: 'deepseek-anthropic' })(simple);
    expect(heard.status).toBe(400);
    expect((JSON.parse(heard.body) as { error: { message: string } }).error.message).toBe(
      'prompt is too long: 142000 tokens > 131072 maximum',
    );
  });

  it('what was left out and which model answers is told in the head', async () => {
    const heard = await open({ type: 'deepseek-anthropic' })(
      '{"model":"deepseek-flash","context_management":{},"messages":[]}',
    );
    const head = heard.headers.join('|');
    expect(head).toContain('x-tollgate-model|deepseek-flash');
    expect(head).toContain('x-tollgate-dropped|context_management');
  });

  it('a body that is no JSON is refused before anything is sent', async () => {
    const heard = await open({ type: 'deepseek-anthropic' })('{"model":');
    expect([heard.status, fake.requests.length]).toEqual([400, 0]);
  });
});

describe('Microsoft Foundry', () => {
  it('T136: a key goes into x-api-key, an Entra token is a bearer, the deployment is the model', async () => {
    const models = { 'claude-opus-5-5': { deployment: 'our-opus' } };
    const body = '{"model":"claude-opus-5-5","messages":[]}';
    await open({ type: 'foundry', setup: { baseUrl: `${fake.url}/anthropic/v1/messages`, models } })(body);
    expect(fake.requests[0]?.url).toBe('/anthropic/v1/messages?beta=true');
    expect(fake.requests[0]?.values('x-api-key')).toEqual(['key-1']);
    expect(fake.requests[0]?.json()).toMatchObject({ model: 'our-opus' });
    await open({ type: 'foundry', secret: 'eyJhbGciOi.eyJhdWQiOi.c2ln' })(body);
    expect(fake.requests[1]?.values('authorization')).toEqual(['Bearer eyJhbGciOi.eyJhdWQiOi.c2ln']);
    expect(fake.requests[1]?.values('x-api-key')).toEqual([]);
  });

  it('T136: a deployment that refuses tool search gets the tools without it, once and for all', async () => {
    const ask = open({ type: 'foundry', headers: ['anthropic-beta', 'advanced-tool-use-2025-11-20'] });
    const body = '{"model":"m","messages":[],"tools":[{"name":"a","defer_loading":true},{"name":"b"}]}';
    fake.enqueue(
      sendJson(400, {
        type: 'error',
        error: {
          type: 'invalid_request_error',
          message: 'tools.0.custom.defer_loading: Extra inputs are not permitted',
        },
      }),
    );
    expect((await ask(body)).status).toBe(200);
    expect(fake.requests).toHaveLength(2);
    expect(fake.requests[1]?.json()).toMatchObject({ tools: [{ name: 'a' }, { name: 'b' }] });
    expect(fake.requests[1]?.body.toString()).not.toContain('defer_loading');
    await ask(body);
    expect(fake.requests).toHaveLength(3);
  });

  it('P3: fields and betas that Foundry is not known to refuse go there as they are', async () => {
    await open({ type: 'foundry', headers: betas })(
      '{"model":"m", "fancy":1.0,"context_management":{},"messages":[]}',
    );
    expect(fake.requests[0]?.values('anthropic-beta').join()).toBe(betas[1]);
    expect(fake.requests[0]?.body.toString()).toBe(
      '{"model":"m", "fancy":1.0,"context_management":{},"messages":[]}',
    );
  });
});

describe('the Claude platform on AWS', () => {
  const type = 'claude-platform-aws';

  it('P3: the workspace is named on every request, with an API key or a signature', async () => {
    const options = { workspaceId: 'wrkspc_1', region: 'us-west-2' };
    await open({ type, setup: { baseUrl: fake.url, options } })(simple);
    expect(fake.requests[0]?.values('anthropic-workspace-id')).toEqual(['wrkspc_1']);
    expect(fake.requests[0]?.values('x-api-key')).toEqual(['key-1']);
    const env = {
      AWS_ACCESS_KEY_ID: 'AKIAFAKEFAKEFAKE0001',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_SESSION_TOKEN: 't',
    };
    await open({ type, secret: null, env, setup: { baseUrl: fake.url, options } })(simple);
    const signature = fake.requests[1]?.values('authorization').join();
    expect(signature).toContain(
      'Credential=AKIAFAKEFAKEFAKE0001/20261122/us-west-2/aws-external-anthropic/aws4_request',
    );
    expect(fake.requests[1]?.values('x-amz-security-token')).toEqual(['t']);
    expect(fake.requests[1]?.body.toString()).toBe(simple);
  });

  it('P3: the betas pass as they were written, a claude.ai login’s own excepted', async () => {
    const setup = { baseUrl: fake.url, options: { workspaceId: 'wrkspc_1' } };
    await open({ type, setup, headers: ['anthropic-beta', 'a-2025-01-01, b', 'Anthropic-Beta', 'c'] })(
      simple,
    );
    expect(fake.requests[0]?.values('anthropic-beta')).toEqual(['a-2025-01-01, b', 'c']);
    await open({ type, setup, headers: ['anthropic-beta', 'oauth-2025-04-20, b'] })(simple);
    expect(fake.requests[1]?.values('anthropic-beta')).toEqual(['b']);
  });

  it('without a workspace it says where to name one', async () => {
    const { error } = await open({ type, setup: { baseUrl: fake.url } })(simple);
    expect(error).toMatchObject({
      code: 'PROVIDER_UNUSABLE',
      message: expect.stringContaining('ANTHROPIC_AWS_WORKSPACE_ID') as string,
    });
  });
});

describe('gateways of others', () => {
  it.each([
    ['claude-gateway', '', 'authorization', 'Bearer key-1'],
    ['bifrost', '/anthropic', 'x-api-key', 'key-1'],
    ['litellm', '', 'authorization', 'Bearer key-1'],
  ])('P3, P13: %s gets and gives every byte as it is', async (type, path, header, key) => {
    const ask = open({ type, headers: betas });
    const odd = ' {"model":"m" ,"context_management":{},"x":1.0}\n';
    const error = '{"error":"odd"}';
    fake.setAnswer(sendJson(418, error));
    const heard = await ask(odd);
    expect([heard.status, heard.body]).toEqual([418, error]);
    const request = fake.requests[0];
    expect(request?.url).toBe(`${path}/v1/messages?beta=true`);
    expect([request?.values(header).join(), request?.values('anthropic-beta').join()]).toEqual([
      key,
      betas[1],
    ]);
    expect(request?.body.toString()).toBe(odd);
  });

  it('P11: a list in OpenAI’s shape becomes Anthropic’s, and Anthropic’s own passes with all its fields', async () => {
    const ask = open({ type: 'litellm' });
    fake.setAnswer(sendJson(200, { object: 'list', data: [{ id: 'claude-opus' }, { id: 'gpt-5' }] }));
    expect(ids(await ask(null, '/v1/models?limit=1000'))).toEqual(['claude-opus', 'gpt-5']);
    const own = '{"data":[{"type":"model","id":"a","max_input_tokens":5}],"has_more":false}';
    fake.setAnswer(sendJson(200, own));
    expect((await ask(null, '/v1/models')).body).toBe(own);
  });

  it('without an address it says so to each request and harms nobody else', async () => {
    const { error } = await open({ type: 'claude-gateway', setup: { baseUrl: '' } })(simple);
    expect(error).toMatchObject({
      code: 'PROVIDER_UNUSABLE',
      message: expect.stringContaining('it has no address') as string,
    });
    const other = await open({ type: 'bedrock', setup: { baseUrl: '', options: { region: 'no region' } } })(
      simple,
    );
    expect(other.error).toMatchObject({ code: 'PROVIDER_UNUSABLE' });
  });
});
