// Errors and model lists of others in Anthropic's shape.
import { describe, expect, it } from 'vitest';
import {
  answerOf,
  isAnthropicError,
  maskMessage,
  messageOf,
} from '../../../../src/gateway/providers/claude-elsewhere/error-answers.ts';
import {
  isAnthropicList,
  knownModels,
  listAnswer,
  readModelList,
} from '../../../../src/gateway/providers/claude-elsewhere/model-lists.ts';

const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));

describe('error answers', () => {
  it('P23: account numbers, ARNs, projects and service accounts are masked; the words and other numbers stay', () => {
    const text =
      'Account 123456789012 (arn:aws:iam::123456789012:user/jo) lacks projects/acme-prod/locations/x for bot@acme-prod.iam.gserviceaccount.com: 200000 tokens > 1000000 maximum';
    const masked = maskMessage(text);
    expect(masked).not.toMatch(/123456789012|acme-prod/);
    expect(masked).toContain('200000 tokens > 1000000 maximum');
  });

  it('P16: a refused credential is not tried again; a throttled request keeps when to', () => {
    const refused = answerOf({ status: 401, type: 'authentication_error', message: 'm' });
    expect(refused.headers.join()).toContain('x-should-retry,false');
    const throttled = answerOf({ status: 429, type: 'rate_limit_error', message: 'm' }, [
      'Retry-After',
      '7',
      'x-amzn-RequestId',
      'r1',
    ]);
    expect(throttled.headers.join()).toContain('retry-after,7');
    expect(JSON.parse(throttled.body.toString())).toMatchObject({ request_id: 'r1' });
    expect(throttled.headers).not.toContain('x-should-retry');
  });

  it.each([
    [{ error: { code: 429, message: 'a' } }, 'a'],
    [[{ error: { message: 'b' } }], 'b'],
    [{ Message: 'c' }, 'c'],
    [{ error: 'd' }, 'd'],
    [{ detail: 'e' }, null],
    ['text', null],
  ])('T160: the message of %j is found', (body, message) => {
    expect(messageOf(json(body))).toBe(message);
  });

  it('P13: only a body in Anthropic’s own words passes for one', () => {
    expect(isAnthropicError(json({ type: 'error', error: { type: 'x', message: 'm' } }))).toBe(true);
    expect(isAnthropicError(json({ type: 'error', error: 'm' }))).toBe(false);
    expect(isAnthropicError(Buffer.from('<html>'))).toBe(false);
  });
});

describe('model lists', () => {
  it('P11: lists of OpenAI’s and Ollama’s shape become Anthropic’s', () => {
    const listed = readModelList(
      json({
        object: 'list',
        data: [
          { id: 'a', created: 1_700_000_000, context_length: 8192, max_completion_tokens: 512 },
          { id: 'b', name: 'B', created: 0 },
          {},
        ],
      }),
    );
    const answer = JSON.parse(listAnswer(listed ?? []).body.toString()) as unknown;
    expect(answer).toEqual({
      data: [
        {
          type: 'model',
          id: 'a',
          display_name: 'a',
          created_at: '2023-11-14T22:13:20.000Z',
          context_window: 8192,
          max_output_tokens: 512,
        },
        { type: 'model', id: 'b', display_name: 'B' },
      ],
      has_more: false,
      first_id: 'a',
      last_id: 'b',
    });
    expect(readModelList(json({ models: [{ name: 'qwen3:8b', model: 'qwen3:8b' }] }))?.[0]?.id).toBe(
      'qwen3:8b',
    );
    expect(readModelList(json({ error: 'no' }))).toBeNull();
  });

  it('P11: Anthropic’s own list is recognised, and an empty one is a list too', () => {
    expect(isAnthropicList(json({ data: [], has_more: false }))).toBe(true);
    expect(isAnthropicList(json({ data: [], object: 'list' }))).toBe(false);
    expect(JSON.parse(listAnswer([]).body.toString())).toMatchObject({
      data: [],
      first_id: null,
      last_id: null,
    });
  });

  it('models the user named come first and once', () => {
    const known = [{ id: 'a', name: 'A', contextWindow: null, maxOutputTokens: null }];
    expect(
      knownModels(known, { a: { label: 'Mine' }, b: { deployment: 'x' } }).map(({ id, name }) => [id, name]),
    ).toEqual([
      ['a', 'Mine'],
      ['b', null],
    ]);
  });
});
