// Limits, sampling, effort, identity and structured output (T19, T21 to T26, T33, T86, T93).
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { translateRequest } from '../../../../src/gateway/translation/request/translate-request.ts';
import type { Effort, ReasoningControl } from '../../../../src/gateway/translation/types.ts';
import { bodyOf, promptOf, refusalOf, targetWith, translate, user } from './support.ts';

const settings = (more: object, target = targetWith()): ReturnType<typeof translate> =>
  translate(bodyOf([user('hi')], more), target);
const levels = (...names: Effort[]): ReturnType<typeof targetWith> =>
  targetWith({ reasoning: { kind: 'effort', levels: names } });
const usual = levels('none', 'low', 'medium', 'high');

describe('limits and sampling', () => {
  it('T19: max_tokens is clamped to what the model gives, and raised to the least it takes', () => {
    expect(settings({ max_tokens: 128_000 }).options.maxOutputTokens).toBe(100_000);
    expect(settings({ max_tokens: 500 }).options.maxOutputTokens).toBe(500);
    const unknown = targetWith({ leastOutputTokens: 16 }, { maxOutputTokens: null });
    expect(settings({ max_tokens: 128_000 }, unknown).options.maxOutputTokens).toBe(128_000);
    expect(settings({ max_tokens: 1 }, unknown).options.maxOutputTokens).toBe(16);
    expect(settings({ max_tokens: undefined }).options).not.toHaveProperty('maxOutputTokens');
  });

  it('T19: sampling is passed where it is taken, else dropped and named', () => {
    const asked = { temperature: 0.2, top_p: 0.9, top_k: 40 };
    expect(settings(asked).options).toMatchObject({ temperature: 0.2, topP: 0.9 });
    expect(settings(asked).dropped).toEqual(['top_k']);
    const none = settings(asked, targetWith({ temperature: false, topP: false, topK: false }));
    expect(none.dropped).toEqual(['temperature', 'top_p', 'top_k']);
    expect(none.options).not.toHaveProperty('temperature');
    expect(settings(asked, targetWith({ topK: true })).options.topK).toBe(40);
  });

  it('T21: stop sequences are cut to what the model takes, blank ones go', () => {
    const asked = { stop_sequences: ['a', '', ' \n', 'b', 'c'] };
    expect(settings(asked).options.stopSequences).toEqual(['a', 'b', 'c']);
    expect(settings(asked).dropped).toEqual([]);
    const two = settings(asked, targetWith({ stopSequences: 2 }));
    expect([two.options.stopSequences, two.stopSequences, two.dropped]).toEqual([
      ['a', 'b'],
      ['a', 'b', 'c'],
      ['stop_sequences'],
    ]);
    const none = settings(asked, targetWith({ stopSequences: 0 }));
    expect(none.options).not.toHaveProperty('stopSequences');
    expect(none.dropped).toEqual(['stop_sequences']);
  });

  it('the stream is asked for only by true', () => {
    expect([
      settings({ stream: true }).stream,
      settings({ stream: false }).stream,
      settings({}).stream,
    ]).toEqual([true, false, false]);
  });
});

describe('effort', () => {
  const effortOf = (more: object, target = usual): Effort | null => settings(more, target).wish.effort;
  const effort = (name: string, thinking?: object): object => ({
    output_config: { effort: name },
    ...(thinking && { thinking }),
  });

  it.each<[string, ReturnType<typeof targetWith>, Effort | null]>([
    ['high', usual, 'high'],
    ['max', usual, 'high'],
    ['xhigh', usual, 'high'],
    ['xhigh', levels('low', 'high', 'xhigh'), 'xhigh'],
    ['max', levels('low', 'high', 'xhigh', 'max'), 'max'],
    ['minimal', usual, 'low'],
    ['low', levels('medium', 'high'), 'medium'],
    ['none', usual, 'none'],
    ['sideways', usual, null],
  ])('T22: %s is the nearest level the model has', (asked, target, expected) => {
    expect(effortOf(effort(asked), target)).toBe(expected);
  });

  it.each([
    [1_024, 'low'],
    [3_999, 'low'],
    [8_000, 'medium'],
    [31_999, 'high'],
  ])('T22, T86: a budget of %i tokens is %s effort', (budget_tokens, expected) => {
    expect(effortOf({ thinking: { type: 'enabled', budget_tokens } })).toBe(expected);
  });

  it('T22: adaptive thinking without effort, and none at all, leave the default of the model', () => {
    expect(effortOf({ thinking: { type: 'adaptive' } })).toBeNull();
    expect(effortOf({})).toBeNull();
  });

  it('T22, T23: thinking switched off is no effort or the least; an explicit effort wins over it and over a budget', () => {
    expect(effortOf({ thinking: { type: 'disabled' } })).toBe('none');
    expect(effortOf({ thinking: { type: 'disabled' } }, levels('high', 'low'))).toBe('low');
    expect(effortOf(effort('high', { type: 'disabled' }))).toBe('high');
    expect(effortOf(effort('low', { type: 'enabled', budget_tokens: 30_000 }))).toBe('low');
  });

  it('P12: a model that cannot be told gets nothing, and what it was told is named', () => {
    const fixed = settings(
      effort('high', { type: 'adaptive' }),
      targetWith({ reasoning: { kind: 'fixed' } }),
    );
    expect([fixed.wish.effort, fixed.wish.thinkingBudget]).toEqual([null, null]);
    expect(fixed.dropped).toEqual(['output_config.effort', 'thinking']);
  });

  it('T22: thinking is shown when it was asked for and not omitted', () => {
    const shown = (thinking?: object): boolean => settings({ thinking }).wish.showThinking;
    expect([
      shown({ type: 'adaptive' }),
      shown({ type: 'enabled', budget_tokens: 2_000, display: 'updates' }),
      shown({ type: 'adaptive', display: 'omitted' }),
      shown({ type: 'disabled' }),
      shown(),
    ]).toEqual([true, true, false, false, false]);
  });
});

describe('a budget of thinking', () => {
  const control: ReasoningControl = { kind: 'budget', least: 128, most: 32_768 };
  const budgetOf = (more: object, reasoning = control): number | null =>
    settings({ max_tokens: 64_000, ...more }, targetWith({ reasoning })).wish.thinkingBudget;

  it.each([
    [{ thinking: { type: 'enabled', budget_tokens: 8_000 } }, 8_000],
    [{ thinking: { type: 'enabled', budget_tokens: 60_000 } }, 32_768],
    [{ thinking: { type: 'disabled' } }, 128],
    [{ thinking: { type: 'adaptive' } }, null],
    [{}, null],
    [{ output_config: { effort: 'max' } }, 32_768],
    [{ output_config: { effort: 'low' }, thinking: { type: 'adaptive' } }, 2_048],
    [{ thinking: { type: 'enabled', budget_tokens: 8_000 }, max_tokens: 4_000 }, 3_999],
  ])('T86, T118: %j is %j tokens', (more, expected) => {
    expect(budgetOf(more)).toBe(expected);
  });

  it('T118: switched off is zero where the model allows it', () => {
    expect(budgetOf({ thinking: { type: 'disabled' } }, { kind: 'budget', least: 0, most: 24_576 })).toBe(0);
  });
});

describe('identity', () => {
  const userId = (session: string): string =>
    JSON.stringify({ device_id: 'd'.repeat(64), account_uuid: '', session_id: session });
  const wishOf = (user_id: string, sessionId: string | null): ReturnType<typeof translate>['wish'] =>
    translateRequest(bodyOf([user('hi')], { metadata: { user_id } }), targetWith(), { sessionId }).wish;

  it('T25: the caller is a hash that is the same in every session, and never the id itself', () => {
    const [one, two] = [wishOf(userId('s1'), 's1'), wishOf(userId('s2'), 's2')];
    expect(one.user).toMatch(/^[0-9a-f]{64}$/);
    expect(two.user).toBe(one.user);
    expect(wishOf('user_abc_account__session_1', null).user).toBe(
      wishOf('user_abc_account__session_2', null).user,
    );
    expect(wishOf('somebody', null).user).not.toBe(wishOf('somebody else', null).user);
    expect(settings({}).wish.user).toBeNull();
  });

  it('T25, T93: the cache key is the session, hashed, stable, and taken from the identity without a header', () => {
    const key = wishOf(userId('s1'), 's1').cacheKey;
    expect(key).toBe(createHash('sha256').update('session s1').digest('hex').slice(0, 32));
    expect(wishOf(userId('s1'), null).cacheKey).toBe(key);
    expect(wishOf(userId('s2'), 's2').cacheKey).not.toBe(key);
    expect(wishOf('somebody', null).cacheKey).toBeNull();
  });
});

describe('structured output', () => {
  const closed = {
    type: 'object',
    properties: { title: { type: 'string' } },
    required: ['title'],
    additionalProperties: false,
  };
  const format = { type: 'json_schema', schema: closed };

  it('T26: goes on as JSON with the schema as written and a name, from either field', () => {
    const expected = { type: 'json', name: 'answer', schema: closed };
    expect(settings({ output_config: { format } }).options.responseFormat).toEqual(expected);
    expect(settings({ output_format: format }).options.responseFormat).toEqual(expected);
    expect(settings({ output_format: { ...format, name: 'title' } }).options.responseFormat).toMatchObject({
      name: 'title',
    });
    expect(settings({}).options).not.toHaveProperty('responseFormat');
  });

  it.each([
    [closed, true],
    [{ ...closed, required: [] }, false],
    [{ ...closed, additionalProperties: undefined }, false],
    [{ ...closed, properties: { title: { type: 'object', properties: {} } } }, false],
    [{ ...closed, properties: { title: { type: 'array', items: closed } } }, true],
    [{ ...closed, $defs: { a: { type: 'object' } } }, false],
  ])('T26: is strict only when every object is closed and complete', (schema, strict) => {
    const translated = settings({ output_config: { format: { type: 'json_schema', schema } } });
    expect(translated.wish.strictSchema).toBe(strict);
    expect(translated.options.responseFormat).toMatchObject({ schema });
  });

  it('T26: is an instruction for a model without it, and named', () => {
    const target = targetWith({ structuredOutput: false });
    const prompt = promptOf([user('hi')], target, { output_config: { format } });
    expect(prompt[0]?.content).toContain(JSON.stringify(closed));
    expect(settings({ output_config: { format } }, target).dropped).toEqual(['output_config.format']);
    expect(
      refusalOf(bodyOf([user('hi')], { output_config: { format: { type: 'json_schema' } } })).message,
    ).toMatch(/^output_config\.format\.schema: /);
  });
});

describe('what has no equivalent', () => {
  it('T33: is dropped and named, once, in order; service_tier is mapped', () => {
    const translated = settings({
      context_management: { edits: [] },
      container: 'c',
      mcp_servers: [],
      speed: 'fast',
      inference_geo: 'us',
      gw_tag: 'demo',
      nothing: null,
      service_tier: 'standard_only',
      output_config: { task_budget: 1 },
    });
    expect(translated.dropped).toEqual([
      'context_management',
      'container',
      'mcp_servers',
      'speed',
      'inference_geo',
      'gw_tag',
      'output_config.task_budget',
    ]);
    expect(translated.wish.serviceTier).toBe('default');
    expect(settings({ service_tier: 'auto' }).wish.serviceTier).toBe('auto');
    expect(settings({ service_tier: 'gold' }).dropped).toEqual(['service_tier']);
  });

  it('T33: a name that no header could carry is not repeated', () => {
    expect(settings({ 'a\r\nset-cookie: b': 1 }).dropped).toEqual(['unnamed_field']);
  });
});
