// What is known of models without asking: found under every spelling that providers and clients use, from a table that
// is dated and complete.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { knownModel, KnownModelRow, modelsOfVendor } from '../../../src/gateway/models/known-models.ts';
import { isClaudeName, isPlainClaudeName, spellingsOf } from '../../../src/gateway/models/model-names.ts';

const table = JSON.parse(
  readFileSync(new URL('../../../src/gateway/models/known-models.json', import.meta.url), 'utf8'),
) as { header: { date: string }; rows: KnownModelRow[] };

describe('trap 44: one model under many names', () => {
  it.each([
    ['anthropic', 'claude-opus-5-5', 'claude-opus-5-5'],
    ['anthropic', 'claude-opus-5-5[1m]', 'claude-opus-5-5'],
    ['anthropic', 'Claude-Opus-5-5', 'claude-opus-5-5'],
    ['anthropic', 'claude-haiku-4-5-20251001', 'claude-haiku-4-5'],
    ['bedrock', 'us.anthropic.claude-opus-4-8-20260501-v1:0', 'claude-opus-4-8'],
    ['bedrock', 'global.anthropic.claude-sonnet-5', 'claude-sonnet-5'],
    [
      'bedrock',
      'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-opus-4-8',
      'claude-opus-4-8',
    ],
    ['vertex', 'claude-haiku-4-5@20251001', 'claude-haiku-4-5'],
    ['vertex', 'claude-opus-4-8@default', 'claude-opus-4-8'],
    ['openrouter', 'anthropic/claude-opus-4.8', 'claude-opus-4-8'],
    ['openrouter-anthropic', 'anthropic/claude-opus-4.8', 'claude-opus-4-8'],
    ['openrouter', 'openai/gpt-5.6', 'gpt-5.6'],
    ['openrouter', 'openai/gpt-5.6:nitro', 'gpt-5.6'],
    ['openai', 'gpt-5.6', 'gpt-5.6'],
    ['openai', 'gpt-5.5-2026-04-23', 'gpt-5.5'],
    ['azure-openai', 'gpt-5.6', 'gpt-5.6'],
    ['google', 'models/gemini-3.5-flash', 'gemini-3.5-flash'],
    ['vertex-gemini', 'gemini-2.5-pro', 'gemini-2.5-pro'],
    ['bedrock-converse', 'us.meta.llama4-scout-17b-instruct-v1:0', 'meta.llama4-scout-17b-instruct-v1:0'],
    ['groq', 'openai/gpt-oss-120b', 'openai/gpt-oss-120b'],
    ['deepseek-anthropic', 'deepseek-v4-pro', 'deepseek-v4-pro'],
    ['moonshot', 'kimi-k2.6', 'kimi-k2.6'],
    ['zai-anthropic', 'glm-4.7', 'glm-4.7'],
    ['a-type-of-tomorrow', 'gpt-5.6', 'gpt-5.6'],
  ])('%s: %s is %s', (type, asked, id) => {
    expect(knownModel(type, asked)?.id).toBe(id);
  });

  it.each([
    '',
    '/',
    'my-own-model',
    'claude',
    'gpt',
    'x'.repeat(5000),
    'arn:aws:bedrock:eu:1:application-inference-profile/abc',
  ])('nothing is made up for %j', (name) => {
    expect(knownModel('openai', name)).toBeNull();
  });

  it('a host that gives less room than the maker is believed', () => {
    expect(knownModel('bedrock-converse', 'openai.gpt-5.5')?.contextWindow).toBe(272_000);
    expect(knownModel('openai', 'gpt-5.5')?.contextWindow).toBe(1_050_000);
  });
});

it('the table has every row in order, whole and under a name that finds it', () => {
  expect(table.rows.length).toBeGreaterThan(500);
  expect(table.header.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  for (const row of table.rows) {
    expect(KnownModelRow.parse(row)).toEqual(row);
    expect([row.id, knownModel(row.vendor, row.id)]).toEqual([row.id, row]);
  }
});

it('Claude’s current models are known by the names that Claude Code uses, old ones are not offered', () => {
  const ids = modelsOfVendor('anthropic').map(({ id }) => id);
  expect(ids).toEqual(
    expect.arrayContaining(['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-haiku-5-5', 'claude-haiku-4-5']),
  );
  expect(ids.filter((id) => /claude-3|-4-0$|-2025/.test(id))).toEqual([]);
});

it('the newest models of a vendor come first', () => {
  const dates = modelsOfVendor('openai').flatMap(({ released }) => released ?? []);
  expect(dates.length).toBeGreaterThan(10);
  expect(dates).toEqual(dates.toSorted().reverse());
});

it('P11: Claude Code lists names that hold "claude" or "anthropic"; only Anthropic’s own spelling is good anywhere', () => {
  expect(['claude-opus-5-5', 'us.anthropic.claude-z', 'Claude-Cap', 'anthropic/x'].map(isClaudeName)).toEqual(
    Array(4).fill(true),
  );
  expect(['gpt-5', 'fable-x'].map(isClaudeName)).toEqual([false, false]);
  expect(
    ['claude-opus-5-5', 'us.anthropic.claude-z', 'claude/a/b', 'claude-x@1'].map(isPlainClaudeName),
  ).toEqual([true, false, false, false]);
});

it('spellings are few, and the same for a name in other letters', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), (name) => {
      const spellings = spellingsOf(name);
      expect(spellings.length).toBeLessThanOrEqual(4);
      expect(new Set(spellings).size).toBe(spellings.length);
      expect(spellings.every((one) => one !== '' && one.length <= 256)).toBe(true);
    }),
  );
});
