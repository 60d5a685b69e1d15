// Every request of the real client in the fixtures, for every way of replaying thinking and of saying system text (P12).
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ModelTraits, ReasoningReplay } from '../../../../src/gateway/translation/types.ts';
import { expectInvariants } from './invariants.ts';
import { targetWith, translate } from './support.ts';

interface Body {
  readonly [field: string]: unknown;
  readonly tools?: readonly { readonly name: string; readonly type?: string }[];
}

const folder = fileURLToPath(new URL('../../../fixtures/dialects/anthropic', import.meta.url));
const requests = globSync(join(folder, '*.json'))
  .sort()
  .flatMap((file) => {
    const { bodies } = JSON.parse(readFileSync(file, 'utf8')) as { bodies: readonly Body[] };
    return bodies.map((body, index) => ({ name: `${basename(file, '.json')} #${index}`, body }));
  });
const replays: readonly ReasoningReplay[] = [
  'none',
  'openai-encrypted',
  'gemini-signature',
  'reasoning-content',
];
const shapes = replays.flatMap((replay) =>
  (['user', 'system'] as const).map((laterSystem): Partial<ModelTraits> => ({
    replay,
    laterSystem,
    plainSchemas: replay === 'gemini-signature',
  })),
);
const bodyNamed = (name: string, index = 0): Body => {
  const found = requests.find(
    (request) => request.name.startsWith(name) && request.name.endsWith(`#${index}`),
  );
  if (found === undefined) throw new Error(`no fixture ${name} #${index}`);
  return found.body;
};

describe('requests of Claude Code', () => {
  it('are all there', () => {
    expect(requests.length).toBeGreaterThan(20);
  });

  it.each(requests)('T4, T7, T14, T24, T29: $name keeps the promises for every kind of model', ({ body }) => {
    const before = JSON.stringify(body);
    for (const shape of shapes) {
      const translated = translate(body, targetWith(shape));
      expectInvariants(translated);
      const sent = JSON.stringify(translated.options);
      expect(sent).not.toMatch(
        /"cache_control"|"defer_loading"|x-anthropic-billing-header|DeferredToolPlaceholder/,
      );
      expect(translated.dropped.includes('cache_control')).toBe(before.includes('"cache_control"'));
      for (const field of ['context_management', 'safeguards'].filter((name) => name in body)) {
        expect(translated.dropped).toContain(field);
      }
      const own = (body.tools ?? []).filter(
        (tool) => tool.type === undefined && tool.name !== 'DeferredToolPlaceholder',
      );
      expect(translated.options.tools?.length ?? 0).toBe(own.length);
      expect([...translated.toolProperties.keys()]).toEqual(own.map((tool) => tool.name));
      expect(translated.promptTokens).toBeGreaterThan(0);
    }
    expect(JSON.stringify(body)).toBe(before);
  });

  it('T82: thinking of Claude in the history is left out and named', () => {
    const translated = translate(bodyNamed('16-tool-loop', 1));
    expect(translated.dropped).toContain('messages.thinking');
    expect(JSON.stringify(translated.options)).not.toContain('I should run echo.');
  });

  it('T6: the failed of two parallel calls is marked', () => {
    const tool = translate(bodyNamed('17-')).options.prompt.find(({ role }) => role === 'tool');
    expect(tool?.content).toMatchObject([
      { output: { type: 'text', value: 'one' } },
      { output: { type: 'text', value: '[tool error] Exit code 3' } },
    ]);
  });

  it('T98: the tool that was searched for is declared once it is loaded', () => {
    const translated = translate(bodyNamed('19-', 2));
    expect(translated.options.tools?.map((tool) => tool.name)).toContain('mcp__gw__add');
    expect(JSON.stringify(translated.options.prompt)).toContain('[loaded tool: mcp__gw__add]');
  });

  it('T26: the request for a title asks for its schema', () => {
    expect(translate(bodyNamed('43-')).options.responseFormat).toMatchObject({
      type: 'json',
      schema: { required: ['title'] },
    });
  });

  it('T27: the search beside the conversation says what the model cannot do', () => {
    const translated = translate(bodyNamed('39-'));
    expect(translated.dropped).toContain('web_search');
    expect(translated.options.prompt[0]?.content).toContain(
      'The tool web_search is not available with this model.',
    );
  });

  it('T10: a pasted image is a file between the texts', () => {
    const first = translate(bodyNamed('40-')).options.prompt.find(({ role }) => role === 'user');
    expect(first?.content).toMatchObject([
      { type: 'text' },
      { type: 'file', mediaType: 'image/png' },
      { type: 'text', text: expect.stringContaining('what\n') as string },
    ]);
  });
});
