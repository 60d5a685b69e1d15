// What the names of OpenAI's models say.
import { expect, it } from 'vitest';
import { openAiFamily } from '../../../../src/gateway/providers/translated/openai-family.ts';

it.each([
  ['gpt-4o-2024-08-06', false, false, true],
  ['openai/gpt-5.5', true, true, true],
  ['gpt-5', true, false, true],
  ['gpt-5.4-nano', true, true, true],
  ['gpt-5.1-codex-mini', true, true, true],
  ['codex-mini-latest', true, true, true],
  ['gpt-5.2-chat-latest', false, false, true],
  ['o3-mini', true, false, false],
  ['o1-pro', true, true, true],
  ['gpt-3.5-turbo', false, false, false],
])(
  'T19, T20: %s: thinks %s, Responses only %s, sees images %s',
  (model, reasoning, responsesOnly, images) => {
    expect(openAiFamily(model)).toMatchObject({ reasoning, responsesOnly, images });
  },
);

it('T19: o-series models and thinking GPTs take no temperature; GPT-4.1 does', () => {
  expect(['o3', 'gpt-5', 'gpt-5.6', 'gpt-6-sol'].map((model) => openAiFamily(model)?.temperature)).toEqual([
    false,
    false,
    false,
    false,
  ]);
  expect(openAiFamily('gpt-4.1')?.temperature).toBe(true);
});

it.each(['my-gpt', 'claude-sonnet-5', 'gpt-oss-120b', 'llama-3.3'])(
  '%s is none of OpenAI’s hosted models',
  (model) => {
    expect(openAiFamily(model)).toBeNull();
  },
);
