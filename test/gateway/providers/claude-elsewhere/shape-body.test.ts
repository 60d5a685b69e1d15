// The body a place gets: what it does not take is gone with its other half, what it must have is there, and the rest is the
// client's own bytes.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteParts } from '../../../../src/gateway/lib/byte-parts.ts';
import { bedrockRules } from '../../../../src/gateway/providers/bedrock/body-rules.ts';
import { foreignModels, untouched } from '../../../../src/gateway/providers/claude-elsewhere/body-rules.ts';
import type { BodyRules } from '../../../../src/gateway/providers/claude-elsewhere/body-rules.ts';
import { nothingDenied, shapeBody } from '../../../../src/gateway/providers/claude-elsewhere/shape-body.ts';
import type { Denied } from '../../../../src/gateway/providers/claude-elsewhere/shape-body.ts';
import { vertexRules } from '../../../../src/gateway/providers/vertex/body-rules.ts';

type Json = Record<string, unknown>;

function shape(
  body: Json | string,
  rules: BodyRules,
  betas: readonly string[] = [],
  denied: Denied = nothingDenied,
  rename = (model: string) => model,
) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const shaped = shapeBody(ByteParts.of(Buffer.from(text)), { rules, betas, denied, rename });
  if (shaped.kind === 'refused') throw new Error(shaped.sentence);
  const bytes = shaped.body.whole().toString('utf8');
  return { ...shaped, text: bytes, json: JSON.parse(bytes) as Json };
}

describe('shapeBody', () => {
  it('T140: Bedrock’s version and betas come first, model and stream go, the rest keeps its bytes', () => {
    const rest = '"max_tokens": 1.0 ,\n "messages":[ {"role":"user","content":"\\u00e9"} ]';
    const { text, model, stream } = shape(`{ "model":"m", ${rest}, "stream":true }`, bedrockRules, [
      'interleaved-thinking-2025-05-14',
    ]);
    expect(text).toBe(
      `{"anthropic_version":"bedrock-2023-05-31","anthropic_beta":["interleaved-thinking-2025-05-14"], ${rest} }`,
    );
    expect([model, stream]).toEqual(['m', true]);
  });

  it('T80: a body nothing has to change in keeps every byte (property)', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.boolean(), (body, spaced) => {
        const text = JSON.stringify({ ...body, model: 'm' }, null, spaced ? 2 : 0);
        expect(shape(text, untouched, ['context-management-2025-06-27', 'new-thing-2027-01-01']).text).toBe(
          text,
        );
      }),
    );
  });

  it('T80: whatever else is taken out, messages without marks of a feature stay byte for byte (property)', () => {
    const block = fc.record({
      type: fc.constant('thinking'),
      thinking: fc.string(),
      signature: fc.base64String(),
    });
    fc.assert(
      fc.property(fc.array(block, { minLength: 1 }), (blocks) => {
        const messages = JSON.stringify([{ role: 'assistant', content: blocks }], null, 1);
        const body = `{"model":"m","context_management":{},"messages":${messages},"stream":true,"max_tokens":9}`;
        for (const rules of [bedrockRules, vertexRules, foreignModels])
          expect(shape(body, rules).text).toContain(messages);
      }),
    );
  });

  it('P3: Anthropic’s own places get every beta and field, also unknown ones', () => {
    const { betas, json } = shape({ model: 'm', fancy: 1, context_management: {} }, untouched, [
      'fancy-2027-01-01',
    ]);
    expect(betas).toEqual(['fancy-2027-01-01']);
    expect(json).toEqual({ model: 'm', fancy: 1, context_management: {} });
  });

  it('P4, T141: a beta that is kept back takes its field along', () => {
    const body = {
      model: 'm',
      max_tokens: 9,
      speed: 'fast',
      mcp_servers: [],
      messages: [{ role: 'system', content: 'x', output_config: { effort: 'low' } }],
      system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral', scope: 'global' } }],
    };
    const betas = [
      'fast-mode-2026-02-01',
      'mcp-client-2025-11-20',
      'per-turn-control-2026-07-01',
      'prompt-caching-scope-2026-01-05',
    ];
    const { json, dropped } = shape(body, bedrockRules, betas);
    expect(json).toEqual({
      anthropic_version: 'bedrock-2023-05-31',
      max_tokens: 9,
      messages: [{ role: 'system', content: 'x' }],
      system: [{ type: 'text', text: 'a', cache_control: { type: 'ephemeral' } }],
    });
    expect(new Set(dropped)).toEqual(
      new Set(['fast mode', 'MCP connector', 'effort per turn', 'cache scope']),
    );
  });

  it('P4: a field stays while another beta that stands for it is sent', () => {
    const body = { model: 'm', context_management: { edits: [] } };
    const denied = { betas: new Set(['compact']), features: new Set<string>() };
    const { json } = shape(
      body,
      bedrockRules,
      ['compact-2026-01-12', 'context-management-2025-06-27'],
      denied,
    );
    expect(json['context_management']).toEqual({ edits: [] });
  });

  it('T141, T153: tool search travels under the name the clouds have; examples and callers do not travel', () => {
    const tool = {
      name: 'T',
      input_schema: {},
      defer_loading: true,
      input_examples: [1],
      allowed_callers: ['x'],
    };
    for (const rules of [bedrockRules, vertexRules]) {
      const { betas, json } = shape({ model: 'm', tools: [tool] }, rules, ['advanced-tool-use-2025-11-20']);
      expect(betas).toEqual(['tool-search-tool-2025-10-19']);
      expect(json['tools']).toEqual([{ name: 'T', input_schema: {}, defer_loading: true }]);
    }
  });

  it('T141: betas a client wrote into the body are sorted with those of its header', () => {
    const body = {
      model: 'm',
      anthropic_version: 'bedrock-2023-05-31',
      anthropic_beta: ['oauth-2025-04-20', 'effort-2025-11-24'],
    };
    const { json, betas } = shape(body, bedrockRules, ['claude-code-20250219', 'effort-2025-11-24']);
    expect(betas).toEqual(['claude-code-20250219', 'effort-2025-11-24']);
    expect(json).toEqual({ anthropic_version: 'bedrock-2023-05-31', anthropic_beta: [...betas] });
  });

  it('T151: Google Cloud gets effort without its beta, and structured outputs not at all', () => {
    const body = {
      model: 'm',
      output_config: { effort: 'high', format: { type: 'json_schema' } },
      tools: [{ name: 'a', strict: true }],
    };
    const { json, betas } = shape(body, vertexRules, ['effort-2025-11-24', 'structured-outputs-2025-11-13']);
    expect(betas).toEqual([]);
    expect(json).toMatchObject({ output_config: { effort: 'high' }, tools: [{ name: 'a' }] });
    expect(JSON.stringify(json)).not.toMatch(/format|strict/);
  });

  it('P8: the billing block goes for places that are not Anthropic’s, and only from the first place', () => {
    const billing = { type: 'text', text: 'x-anthropic-billing-header: cc_version=2;' };
    const other = { type: 'text', text: 'You are Claude Code.' };
    const systemOf = (system: unknown, rules: BodyRules): unknown =>
      shape({ model: 'm', system }, rules).json['system'];
    expect(systemOf([billing, other], bedrockRules)).toEqual([other]);
    expect(systemOf([other, billing], bedrockRules)).toEqual([other, billing]);
    expect(systemOf([billing], vertexRules)).toBeUndefined();
    expect(systemOf('x-anthropic-billing-header: inside text', bedrockRules)).toBe(
      'x-anthropic-billing-header: inside text',
    );
    expect(systemOf([billing, other], untouched)).toEqual([billing, other]);
  });

  it('P12: thinking without a budget becomes thinking with one, within the request’s limit', () => {
    const thinkingOf = (maxTokens: number): unknown =>
      shape(
        { model: 'm', max_tokens: maxTokens, thinking: { type: 'adaptive', display: 'omitted' } },
        foreignModels,
      ).json['thinking'];
    expect(thinkingOf(128_000)).toEqual({ type: 'enabled', budget_tokens: 31_999 });
    expect(thinkingOf(5000)).toEqual({ type: 'enabled', budget_tokens: 4999 });
    expect(thinkingOf(500)).toBeUndefined();
  });

  it('models of others get the conversation of 2.1.330 without what only Claude knows', () => {
    const body = {
      model: 'kimi',
      max_tokens: 32_000,
      context_management: { edits: [] },
      output_config: { effort: 'high' },
      tools: [
        { name: 'Bash', input_schema: {} },
        { name: 'DeferredToolPlaceholder', input_schema: {}, defer_loading: true },
      ],
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'system', content: [] },
        { role: 'system', content: 'Context', output_config: { effort: 'low' } },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't',
              content: [{ type: 'tool_reference', tool_name: 'mcp__a' }],
            },
          ],
        },
      ],
    };
    const { json, betas } = shape(body, foreignModels, ['claude-code-20250219', 'effort-2025-11-24']);
    expect(betas).toEqual([]);
    expect(json).toEqual({
      model: 'kimi',
      max_tokens: 32_000,
      tools: [{ name: 'Bash', input_schema: {} }],
      messages: [
        { role: 'user', content: 'Hi' },
        { role: 'user', content: 'Context' },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 't',
              content: [{ type: 'text', text: 'The tool mcp__a can be used now.' }],
            },
          ],
        },
      ],
    });
  });

  it('T143: a tool the place does not run refuses the request and names the tool', () => {
    const shaped = shapeBody(
      ByteParts.of(Buffer.from('{"tools":[{"type":"web_fetch_20250910","name":"web_fetch"}]}')),
      {
        rules: bedrockRules,
        betas: [],
        denied: nothingDenied,
        rename: (model) => model,
      },
    );
    expect(shaped).toMatchObject({
      kind: 'refused',
      sentence: expect.stringContaining('web_fetch_20250910') as string,
    });
  });

  it('T152: code execution beside web search is left out, and web search takes the name that is known', () => {
    const tools = [
      { type: 'code_execution_20250825', name: 'c' },
      { type: 'web_search_20260209', name: 'w' },
    ];
    expect(shape({ model: 'm', tools }, vertexRules).json['tools']).toEqual([
      { type: 'web_search_20250305', name: 'w' },
    ]);
  });

  it('a model’s other name is spliced where it stands', () => {
    const text = '{"max_tokens": 5, "model" : "a" }';
    expect(shape(text, untouched, [], nothingDenied, () => 'my-deployment').text).toBe(
      text.replace('"a"', '"my-deployment"'),
    );
  });

  it('when the last tool goes, the choice of tools goes too', () => {
    const denied = { betas: new Set<string>(), features: new Set(['tool search']) };
    const body = {
      model: 'm',
      tools: [{ type: 'tool_search_tool_regex_20251119', name: 's' }],
      tool_choice: { type: 'auto' },
    };
    expect(shape(body, untouched, [], denied).json).toEqual({ model: 'm' });
  });
});
