// Failures in which no provider answered, errors inside streams, and the forms in which errors arrive.
import {
  APICallError,
  InvalidResponseDataError,
  LoadAPIKeyError,
  NoSuchModelError,
  TypeValidationError,
  UnsupportedFunctionalityError,
} from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { GatewayError } from '../../../../src/gateway/gateway-error.ts';
import {
  answerForError,
  describeError,
} from '../../../../src/gateway/translation/errors/answer-for-error.ts';
import { BrokenAnswer } from '../../../../src/gateway/translation/errors/broken-answer.ts';
import { maskIdentifiers } from '../../../../src/gateway/translation/errors/mask-identifiers.ts';
import { targetWith } from '../answer/answer-setup.ts';

const target = targetWith();
const says = (error: unknown, asked?: Parameters<typeof describeError>[2]) => {
  const { status, type, message } = describeError(error, target, asked);
  return [status, type, message] as const;
};
const coded = (code: string): Error => Object.assign(new Error('socket'), { code });
const callError = (changes: Partial<ConstructorParameters<typeof APICallError>[0]>): APICallError =>
  new APICallError({ message: 'm', url: 'https://u.example', requestBodyValues: {}, ...changes });

describe('T160: no answer of the provider', () => {
  it.each([
    'ECONNREFUSED',
    'ECONNRESET',
    'ENOTFOUND',
    'UND_ERR_SOCKET',
    'CERT_HAS_EXPIRED',
    'SELF_SIGNED_CERT_IN_CHAIN',
  ])('T160: %s is a 502 that names the provider and the reason', (code) => {
    const [status, type, message] = says(
      callError({ message: 'Cannot connect to API: socket', cause: coded(code) }),
    );
    expect([status, type]).toEqual([502, 'api_error']);
    expect(message).toContain(`provider p could not be reached`);
    expect(message).toContain(code);
  });

  it.each([
    ['a time-out', new DOMException('The operation timed out', 'TimeoutError')],
    [
      'headers that never came',
      callError({ message: 'Cannot connect to API', cause: coded('UND_ERR_HEADERS_TIMEOUT') }),
    ],
    ['a fetch that failed on a time-out', new TypeError('fetch failed', { cause: coded('ETIMEDOUT') })],
  ])('T160: %s is a 504 timeout_error', (_name, error) => {
    expect(says(error).slice(0, 2)).toEqual([504, 'timeout_error']);
  });

  it.each([
    'The prelude checksum specified in the message (1) does not match the calculated CRC32 checksum (2)',
    'Reported message length does not match received message length',
    'Incomplete Amazon Bedrock event-stream frame: 12 buffered bytes remain at end of stream.',
  ])('T144, T160: bytes that are no frames are the provider’s fault: %s', (message) => {
    const [status, type, said] = says(new Error(message));
    expect([status, type]).toEqual([502, 'api_error']);
    expect(said).toBe('The provider p sent an answer that could not be read (Error); try again.');
  });

  it('T160: a connection lost inside a sound answer is a 502', () => {
    const error = callError({
      message: 'Failed to process successful response',
      statusCode: 200,
      cause: new Error('terminated'),
    });
    expect(says(error).slice(0, 2)).toEqual([502, 'api_error']);
  });

  it.each([
    ['no key', new LoadAPIKeyError({ message: 'OpenAI API key is missing.' }), 401, 'authentication_error'],
    [
      'an unknown model',
      new NoSuchModelError({ modelId: 'x', modelType: 'languageModel' }),
      404,
      'not_found_error',
    ],
    [
      'an unsupported feature',
      new UnsupportedFunctionalityError({ functionality: 'x' }),
      400,
      'invalid_request_error',
    ],
    [
      'an unreadable answer',
      new InvalidResponseDataError({ data: {}, message: 'no finish reason' }),
      502,
      'api_error',
    ],
    [
      'a sound status with a page',
      callError({ statusCode: 200, message: 'Invalid JSON response', responseBody: '<html>' }),
      502,
      'api_error',
    ],
    ['a broken answer', new BrokenAnswer('It broke off; try again.'), 502, 'api_error'],
    ['an error of the gateway', new GatewayError('PROVIDER_TIMEOUT', 'Too slow.'), 504, 'timeout_error'],
    ['a fault of ours', new RangeError('secret detail'), 500, 'api_error'],
    ['nothing at all', undefined, 500, 'api_error'],
  ])('T160, T161: %s', (_name, error, status, type) => {
    expect(says(error).slice(0, 2)).toEqual([status, type]);
  });

  it('T160: a fault of ours does not quote what it stumbled over', () => {
    expect(says(new RangeError('secret detail'))[2]).not.toContain('secret detail');
    const cause = new Error('expected string');
    expect(says(new TypeValidationError({ value: { text: 'private' }, cause }))[2]).not.toContain('private');
  });
});

describe('T54: error objects inside streams', () => {
  it.each([
    ['OpenAI frame', { type: 'error', code: 'rate_limit_exceeded', message: 'Slow down' }, 429, 'Slow down'],
    [
      'status of the package',
      { message: 'Overloaded', statusCode: 503, data: { error: { message: 'Busy' } } },
      503,
      'Busy',
    ],
    [
      'failed response',
      { type: 'response.failed', response: { error: { code: 'server_error', message: 'Sorry' } } },
      500,
      'Sorry',
    ],
    ['OpenRouter', { code: 502, message: 'Provider disconnected' }, 502, 'Provider disconnected'],
    ['overloaded without a status', { type: 'overloaded_error', message: 'Overloaded' }, 529, 'Overloaded'],
    ['plain text', 'the model crashed', 500, 'the model crashed'],
    [
      'a frame of unknown shape',
      new TypeValidationError({ value: { error: 'model unloaded' }, cause: new Error('x') }),
      500,
      'model unloaded',
    ],
    [
      'Mistral’s frame',
      new TypeValidationError({
        value: { object: 'error', message: 'Broken', type: 'internal_server_error', code: '1000' },
        cause: new Error('x'),
      }),
      500,
      'Broken',
    ],
    [
      'quota',
      { code: 'insufficient_quota', message: 'You exceeded your current quota' },
      429,
      'You exceeded your current quota',
    ],
    ['content filter', { code: 'content_filter', message: 'Filtered' }, 400, 'Filtered'],
  ])('T54, T163: %s', (_name, error, status, message) => {
    const [gotStatus, , gotMessage] = says(error);
    expect([gotStatus, gotMessage]).toEqual([status, message]);
  });

  it('T162: an overflow inside a stream is told in the words that make the client compact', () => {
    const frame = {
      type: 'error',
      code: 'context_length_exceeded',
      message: 'Your input exceeds the context window of this model.',
    };
    expect(says(frame, { promptTokens: 300_000, maxTokens: null })).toEqual([
      400,
      'invalid_request_error',
      'prompt is too long: 300000 tokens > 200000 maximum',
    ]);
  });
});

describe('T162: sizes without numbers', () => {
  it('T162, P14: without any number the client is still told by the token it knows', () => {
    const frame = { code: 'context_length_exceeded', message: 'Too big.' };
    const unknown = targetWith({ contextWindow: null });
    expect(describeError(frame, unknown).message).toBe(
      'prompt is too long: Too big. (capability_rejected: prompt_too_long)',
    );
  });

  it('T162: a mention of the context alone is no overflow', () => {
    const error = callError({
      statusCode: 400,
      responseBody: '{"error":{"message":"context_management is not supported"}}',
    });
    expect(says(error)[2]).toBe('context_management is not supported');
  });
});

describe('retry advice', () => {
  const headersOf = (responseHeaders: Record<string, string>, message = 'Slow down') => {
    const answer = answerForError(
      callError({ statusCode: 429, responseHeaders, responseBody: JSON.stringify({ error: { message } }) }),
      target,
    );
    return z.array(z.string()).parse(answer.headers);
  };
  const wait = (...given: Parameters<typeof headersOf>): string | undefined => {
    const headers = headersOf(...given);
    const at = headers.indexOf('retry-after');
    return at === -1 ? undefined : headers[at + 1];
  };

  it.each([
    [{ 'Retry-After': '7' }, '7'],
    [{ 'retry-after': '1.2' }, '2'],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, 'Wed, 21 Oct 2026 07:28:00 GMT'],
    [{ 'retry-after-ms': '2500' }, '3'],
    [{ 'x-ratelimit-reset-requests': '6m0s', 'x-ratelimit-reset-tokens': '250ms' }, '360'],
    [
      {
        'x-ratelimit-reset-requests': '6m0s',
        'x-ratelimit-remaining-requests': '9',
        'x-ratelimit-reset-tokens': '1.5s',
        'x-ratelimit-remaining-tokens': '0',
      },
      '2',
    ],
    [{ 'x-ratelimit-reset': '1790000000000' }, undefined],
    [{}, undefined],
  ])('P13: %j gives retry-after %s', (headers, expected) => {
    expect(wait(headers)).toBe(expected);
  });

  it.each([
    ['Please try again in 1m30.5s.', '91'],
    ['Please try again in 250ms.', '1'],
    ['Please retry after 20 seconds.', '20'],
    ['Try again later.', undefined],
  ])('P13: the sentence %j gives retry-after %s', (message, expected) => {
    expect(wait({}, message)).toBe(expected);
  });
});

describe('P23: names of the account', () => {
  it.each([
    ['key sk-ant-api03-abcdef123 refused.', 'key [key] refused.'],
    ['AIzaSyA1234567890abcdefg is invalid', '[key] is invalid'],
    ['model arn:aws:bedrock:eu-west-1:123456789012:inference-profile/x, sorry', 'model [arn], sorry'],
    ['in organization org-abc123def456', 'in organization [organization]'],
    ['on projects/acme-prod/locations/us', 'on projects/[project]/locations/us'],
    ['/subscriptions/0a1b2c3d-1111-2222-3333-444455556666/x', '/subscriptions/[subscription]/x'],
    ['ask admin@acme.example', 'ask [address]'],
    ['model claude@2026.01 is not found', 'model claude@2026.01 is not found'],
    ['prompt is too long: 9 tokens > 8 maximum', 'prompt is too long: 9 tokens > 8 maximum'],
    ['model gpt-5.6-mini-2026-01-01 is not found', 'model gpt-5.6-mini-2026-01-01 is not found'],
  ])('P23: %j', (text, masked) => {
    expect(maskIdentifiers(text)).toBe(masked);
  });
});
