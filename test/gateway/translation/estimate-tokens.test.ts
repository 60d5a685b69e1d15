// The estimate of prompt tokens (T56, T73): it counts everything and errs on the high side.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { estimatePromptTokens } from '../../../src/gateway/translation/estimate-tokens.ts';

const of = (content: unknown, more: object = {}): number =>
  estimatePromptTokens({ messages: [{ role: 'user', content }], ...more });
const tool = {
  name: 'Bash',
  description: 'd'.repeat(350),
  input_schema: { type: 'object', properties: { a: { type: 'string' } } },
};

describe('the estimate', () => {
  it('T73: allows for more tokens than English text has, and for other scripts', () => {
    expect(of('word '.repeat(1_000))).toBeGreaterThan(1_000 * 1.15);
    expect(of('漢字'.repeat(500))).toBeGreaterThan(950);
  });

  it.each([
    ['the system text', 'hi', { system: 's'.repeat(350) }, 100],
    ['system blocks', 'hi', { system: [{ type: 'text', text: 's'.repeat(350) }] }, 100],
    ['tools with their schemas', 'hi', { tools: [tool] }, 100],
    [
      'the schema of the answer',
      'hi',
      { output_config: { format: { schema: { description: 's'.repeat(350) } } } },
      100,
    ],
    ['tool results', [{ type: 'tool_result', tool_use_id: 'a', content: 'r'.repeat(350) }], {}, 100],
    [
      'tool results in blocks',
      [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'text', text: 'r'.repeat(350) }] }],
      {},
      100,
    ],
    ['images', [{ type: 'image', source: {} }], {}, 1_600],
    [
      'images in tool results',
      [{ type: 'tool_result', tool_use_id: 'a', content: [{ type: 'image' }] }],
      {},
      1_600,
    ],
    ['tool calls', [{ type: 'tool_use', id: 'a', name: 'b', input: { text: 'i'.repeat(350) } }], {}, 100],
    ['text documents', [{ type: 'document', source: { type: 'text', data: 't'.repeat(350) } }], {}, 100],
    [
      'documents of blocks',
      [{ type: 'document', source: { type: 'content', content: [{ type: 'image' }] } }],
      {},
      1_600,
    ],
    ['short PDF files', [{ type: 'document', source: { type: 'base64', data: 'x' } }], {}, 3_000],
    [
      'long PDF files',
      [{ type: 'document', source: { type: 'base64', data: 'x'.repeat(400_000) } }],
      {},
      20_000,
    ],
    ['thinking', [{ type: 'thinking', thinking: 't'.repeat(350), signature: '' }], {}, 100],
    ['blocks of tomorrow', [{ type: 'hologram', depth: 'h'.repeat(350) }], {}, 100],
  ])('T73: counts %s', (_what, content, more, least) => {
    expect(of(content, more) - of('')).toBeGreaterThanOrEqual(least);
  });

  it('T56: is never zero for a message, and zero only for no body', () => {
    expect(of('hi')).toBeGreaterThan(0);
    expect([estimatePromptTokens(null), estimatePromptTokens([])]).toEqual([0, 0]);
  });

  it('T73: never falls when something is added, and takes any JSON', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string({ minLength: 4 }), (value, more) => {
        const content = [value, { type: 'text', text: 'x' }];
        expect(of([...content, { type: 'text', text: more }])).toBeGreaterThanOrEqual(of(content));
      }),
    );
  });
});
