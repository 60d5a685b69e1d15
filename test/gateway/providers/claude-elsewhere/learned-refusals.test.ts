// What a refusal teaches: the least that has to be left out, per model, and never again what was learned already.
import { describe, expect, it } from 'vitest';
import { bedrockRules } from '../../../../src/gateway/providers/bedrock/body-rules.ts';
import { LearnedRefusals } from '../../../../src/gateway/providers/claude-elsewhere/learned-refusals.ts';

const sent = [
  'claude-code-20250219',
  'interleaved-thinking-2025-05-14',
  'effort-2025-11-24',
  'compact-2026-01-12',
  'brand-new-2026-11-01',
];

describe('LearnedRefusals', () => {
  it('T141: "invalid beta flag" costs the unknown first, then the newest, then all but the commonest, then all', () => {
    const learned = new LearnedRefusals(bedrockRules.betas);
    const rounds: string[][] = [];
    let betas = sent;
    while (learned.learn('m', 'The model returned the following errors: invalid beta flag', betas)) {
      const denied = learned.of('m').betas;
      betas = sent.filter((beta) => !denied.has(beta.replace(/-\d{4}-?\d{2}-?\d{2}$/, '')));
      rounds.push(betas);
    }
    expect(rounds).toEqual([sent.slice(0, 4), sent.slice(0, 3), sent.slice(0, 2), []]);
  });

  it('T141: a refusal that names a beta costs that one only', () => {
    const learned = new LearnedRefusals(bedrockRules.betas);
    const text = 'Unexpected value(s) `effort-2025-11-24` for the `anthropic-beta` header';
    expect(learned.learn('m', text, sent)).toBe(true);
    expect(learned.of('m').betas).toEqual(new Set(['effort']));
  });

  it('T141: what one model refuses says nothing about another', () => {
    const learned = new LearnedRefusals(bedrockRules.betas);
    learned.learn('a', 'invalid beta flag', sent);
    expect(learned.of('b').betas.size).toBe(0);
  });

  it.each([
    ['context_management: Extra inputs are not permitted', 'context_management'],
    ['tools.11.custom.defer_loading: Extra inputs are not permitted', 'tool search'],
    ['messages.1.output_config: Extra inputs are not permitted', 'effort per turn'],
    ["messages.1.role: Input should be 'user' or 'assistant'", 'system messages'],
    ['output_config: Extra inputs are not permitted', 'effort'],
    ['This model does not support the effort parameter.', 'effort'],
    ['system.1.cache_control.ephemeral.scope: Extra inputs are not permitted', 'cache scope'],
    ['thinking.adaptive.display: Extra inputs are not permitted', 'thinking display'],
  ])('T151: %j leaves out %s', (refusal, feature) => {
    const learned = new LearnedRefusals(bedrockRules.betas);
    expect(learned.learn('m', refusal, [])).toBe(true);
    expect(learned.of('m').features).toEqual(new Set([feature]));
    expect(learned.learn('m', refusal, [])).toBe(false);
  });

  it.each([
    'prompt is too long: 210000 tokens > 200000 maximum',
    'messages.3.content.0: Invalid `signature` in `thinking` block',
    'max_tokens: 128000 > 64000, which is the maximum allowed number of output tokens',
    'mcp_servers: Extra inputs are not permitted',
    '`tool_use` ids were found without `tool_result` blocks immediately after',
  ])('P13: %j is the client’s to act on', (refusal) => {
    expect(new LearnedRefusals(bedrockRules.betas).learn('m', refusal, sent)).toBe(false);
  });
});
