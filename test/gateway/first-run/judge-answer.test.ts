// What a provider's answer to a test means, as a table; and that no sentence repeats any piece of the key.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeAnswer } from '../../../src/gateway/first-run/judge-answer.ts';
import type { Verdict } from '../../../src/gateway/first-run/judge-answer.ts';

const secret = 'sk-ant-api03-Zyxwvutsrqponml-0123456789';
const host = 'provider.example';

function judge(
  status: number,
  body: unknown,
  more: { model?: string; contentType?: string; location?: string; api?: string; local?: string } = {},
): Verdict {
  return judgeAnswer(
    {
      kind: 'answered',
      status,
      contentType: more.contentType ?? 'application/json',
      location: more.location ?? null,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    },
    { host, secret, model: more.model ?? null, api: more.api ?? null, local: more.local ?? null },
  );
}

const refusal = (type: string, message: string) => ({ type: 'error', error: { type, message } });
const openaiRefusal = (message: string, code: string) => ({
  error: { message, type: 'invalid_request_error', code },
});
const html = { contentType: 'text/html; charset=utf-8' };
const models = {
  data: [{ type: 'model', id: 'claude-opus-5-5' }],
  has_more: false,
  first_id: 'a',
  last_id: 'a',
};

test.each<[string, Verdict['outcome'], Verdict]>([
  ['a model list', 'works', judge(200, models)],
  ['an empty model list', 'works', judge(200, { data: [], has_more: false })],
  [
    'a list in OpenAI’s shape',
    'needs-message',
    judge(200, { object: 'list', data: [{ id: 'gpt', object: 'model' }] }),
  ],
  ['a web page', 'not-anthropic', judge(200, '<!doctype html><title>Welcome</title>', html)],
  ['JSON of another API', 'not-anthropic', judge(200, { status: 'ok' })],
  ['JSON that is no object', 'not-anthropic', judge(200, '[1,2]')],
  ['nothing at all', 'not-anthropic', judge(200, '')],
  ['401 of Anthropic', 'wrong-key', judge(401, refusal('authentication_error', 'invalid x-api-key'))],
  ['401 of OpenAI', 'wrong-key', judge(401, openaiRefusal('Incorrect API key provided', 'invalid_api_key'))],
  ['401 as a page', 'wrong-key', judge(401, '<h1>401</h1>', html)],
  ['403 of the API', 'forbidden', judge(403, refusal('permission_error', 'Not allowed in your region.'))],
  ['403 of a firewall', 'forbidden', judge(403, '<h1>Blocked</h1>', html)],
  ['402', 'no-credit', judge(402, { error: { message: 'Insufficient credits', code: 402 } })],
  [
    'no credit, by Anthropic',
    'no-credit',
    judge(
      400,
      refusal('invalid_request_error', 'Your credit balance is too low to access the Anthropic API.'),
      { model: 'm' },
    ),
  ],
  [
    'no credit, by 429',
    'no-credit',
    judge(429, {
      error: {
        type: 'exceeded_current_quota_error',
        message: 'You exceeded_current_quota, please check billing',
      },
    }),
  ],
  ['a rate limit', 'rate-limited', judge(429, refusal('rate_limit_error', 'Too many requests.'))],
  ['overload', 'provider-failing', judge(529, refusal('overloaded_error', 'Overloaded'))],
  ['a failing server', 'provider-failing', judge(500, '<h1>oops</h1>', html)],
  ['a failing proxy', 'provider-failing', judge(502, '')],
  ['no model list', 'needs-message', judge(404, refusal('not_found_error', 'Not found'))],
  ['no model list, in few words', 'needs-message', judge(404, 'Not Found', { contentType: 'text/plain' })],
  ['a page that is not there', 'wrong-address', judge(404, '<h1>404</h1>', html)],
  [
    'a redirection',
    'wrong-address',
    judge(308, '', { location: 'https://elsewhere.example/login?next=secret' }),
  ],
  ['a teapot', 'not-anthropic', judge(418, { error: 'no coffee' })],
  ['a message', 'works', judge(200, { type: 'message', content: [] }, { model: 'm' })],
  ['something else instead of a message', 'not-anthropic', judge(200, { choices: [] }, { model: 'm' })],
  ['a model that is not known', 'works', judge(404, refusal('not_found_error', 'model: m'), { model: 'm' })],
  ['no messages there', 'wrong-address', judge(404, { error: 'not found' }, { model: 'm' })],
  [
    'a test message that was refused',
    'works',
    judge(400, refusal('invalid_request_error', 'max_tokens: too small'), { model: 'm' }),
  ],
])('%s → %s', (_name, outcome, verdict) => {
  expect(verdict.outcome).toBe(outcome);
  expect(verdict.sentence).toMatch(/[.”]$/);
});

describe('a provider that is translated to is called by its own name', () => {
  test.each<[string, Verdict, Verdict['outcome'], RegExp]>([
    [
      'a page',
      judge(200, '<p>', { ...html, api: 'OpenAI' }),
      'not-anthropic',
      /not with the API of OpenAI\./,
    ],
    ['a path too much', judge(404, '<p>', { ...html, api: 'OpenAI' }), 'wrong-address', /no API of OpenAI/],
    [
      'a teapot',
      judge(418, { error: 'x' }, { api: 'OpenAI' }),
      'not-anthropic',
      /the API of OpenAI would not/,
    ],
    [
      'what stopped it on the way',
      judge(502, refusal('api_error', 'connect refused'), { api: 'OpenAI' }),
      'provider-failing',
      /connect refused/,
    ],
  ])('%s', (_name, verdict, outcome, words) => {
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.sentence).toMatch(words);
  });
});

describe('a program of the user’s own is called by its name, with its own mend', () => {
  const list = (count: number) => ({
    data: Array.from({ length: count }, (_, index) => ({ id: `m${index}` })),
  });
  test.each<[string, Verdict, Verdict['outcome'], string]>([
    ['models', judge(200, list(3), { local: 'Ollama' }), 'works', 'Ollama runs and offers 3 models.'],
    [
      'no models',
      judge(200, list(0), { local: 'Ollama' }),
      'no-models',
      'Ollama runs, but has no models: get one with',
    ],
    [
      'no models',
      judge(200, list(0), { local: 'LM Studio' }),
      'no-models',
      'LM Studio runs, but has no models: download',
    ],
    [
      'no models',
      judge(200, list(0), { local: 'llama.cpp' }),
      'no-models',
      'llama.cpp runs, but has no models: start it',
    ],
    [
      'no answer',
      judge(502, {}, { local: 'Ollama' }),
      'unreachable',
      `Ollama does not answer at ${host}: start it`,
    ],
  ])('%s: %s', (_name, verdict, outcome, begin) => {
    expect(verdict.outcome).toBe(outcome);
    expect(verdict.sentence.startsWith(begin)).toBe(true);
  });

  test('that does not run is to be started', () => {
    const error = Object.assign(new Error('x'), { code: 'ECONNREFUSED' });
    const verdict = judgeAnswer(
      { kind: 'failed', error },
      { host, secret: null, model: null, api: null, local: 'Ollama' },
    );
    expect([verdict.outcome, verdict.sentence.startsWith(`Ollama does not run at ${host}`)]).toEqual([
      'unreachable',
      true,
    ]);
  });
});

test('a redirection is named by host, without path and query', () => {
  expect(judge(302, '', { location: 'https://elsewhere.example/a?token=1' }).sentence).toContain(
    'to https://elsewhere.example.',
  );
});

describe('connections that fail', () => {
  test.each<[string, Verdict['outcome'], RegExp]>([
    ['ECONNREFUSED', 'unreachable', /Nothing listens/],
    ['ENOTFOUND', 'unreachable', /could not be found/],
    ['EAI_AGAIN', 'unreachable', /could not be found/],
    ['EHOSTUNREACH', 'unreachable', /no way/],
    ['ENETUNREACH', 'unreachable', /no way/],
    ['ECONNRESET', 'unreachable', /closed the connection/],
    ['UPSTREAM_CLOSED', 'unreachable', /closed the connection/],
    ['ETIMEDOUT', 'timeout', /in time/],
    ['CERT_HAS_EXPIRED', 'tls', /expired/],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls', /not trusted/],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'tls', /not trusted/],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls', /network\.caFile/],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls', /network\.caFile/],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls', /another name/],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'tls', /http:\/\//],
    ['EPROTO', 'tls', /http:\/\//],
    ['', 'not-anthropic', /http:\/\/ or https:\/\//],
  ])('%s → %s', (code, outcome, words) => {
    const error = Object.assign(new Error('low level words'), { code });
    const verdict = judgeAnswer(
      { kind: 'failed', error },
      { host, secret, model: null, api: null, local: null },
    );
    expect([verdict.outcome, verdict.status]).toEqual([outcome, null]);
    expect(verdict.sentence).toMatch(words);
  });
});

test('no piece of the key comes back in a sentence, however the provider repeats it', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(400, 401, 402, 403, 404, 418, 429, 500),
      fc.integer({ min: 0, max: secret.length - 6 }),
      fc.integer({ min: 6, max: secret.length }),
      fc.string({ maxLength: 12 }),
      fc.constantFrom('', '*****', '.', '"'),
      fc.boolean(),
      (status, start, length, before, glue, isMessage) => {
        const piece = secret.slice(start, start + length);
        const message = `${before}${glue}${piece}${glue} is not a key; key=${piece}`;
        const verdict = judge(status, refusal('some_error', message), isMessage ? { model: 'm' } : {});
        for (let index = 0; index + 6 <= piece.length; index++) {
          expect(verdict.sentence).not.toContain(piece.slice(index, index + 6));
        }
      },
    ),
    { numRuns: 300 },
  );
});
