// What becomes of tool declarations and choices (T14 to T18, T27, T28, T98).
import { describe, expect, it } from 'vitest';
import type { WebSearchAsked } from '../../../../src/gateway/translation/types.ts';
import {
  assistant,
  bodyOf,
  refusalOf,
  targetWith,
  text,
  toolResult,
  toolUse,
  translate,
  user,
} from './support.ts';

const schema = { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] };
const bash = { name: 'Bash', description: 'Runs it.', input_schema: schema };
const search = {
  type: 'web_search_20250305',
  name: 'web_search',
  max_uses: 8,
  blocked_domains: ['x.example'],
};
const withTools = (tools: readonly unknown[], more: object = {}): unknown =>
  bodyOf([user('hi')], { tools, ...more });
const provided = { type: 'provider', id: 'openai.web_search', name: 'search_it', args: {} } as const;

describe('declarations', () => {
  it('T15: pass their schema on unchanged; type "custom" is not the type of the schema', () => {
    const [tool] = translate(withTools([{ ...bash, type: 'custom' }])).options.tools ?? [];
    expect(tool).toEqual({ type: 'function', name: 'Bash', description: 'Runs it.', inputSchema: schema });
  });

  it.each([
    [undefined, { type: 'object', properties: {} }],
    [{}, { type: 'object', properties: {} }],
    [{ properties: { a: { anyOf: [{}] } } }, { type: 'object', properties: { a: { anyOf: [{}] } } }],
    [{ anyOf: [{ required: ['a'] }] }, { type: 'object', anyOf: [{ required: ['a'] }] }],
    [{ type: 'object' }, { type: 'object', properties: {} }],
  ])('T15: a root %j says it is an object', (given, expected) => {
    const before = JSON.stringify(given);
    expect(translate(withTools([{ name: 'a', input_schema: given }])).options.tools).toMatchObject([
      { inputSchema: expected },
    ]);
    expect(JSON.stringify(given)).toBe(before);
  });

  it('T24: carry no cache_control, noted once', () => {
    const cached = { ...bash, cache_control: { type: 'ephemeral' } };
    const translated = translate(
      withTools([cached, { ...cached, name: 'Two' }], {
        system: [{ ...bash, ...(text('s') as object), cache_control: {} }],
      }),
    );
    expect(JSON.stringify(translated.options)).not.toContain('cache_control');
    expect(translated.dropped).toEqual(['cache_control']);
  });

  it('T14: long names get one alias in declarations, choice and history, and come back', () => {
    const long = `mcp__${'server'.repeat(12)}__do`;
    const translated = translate(
      bodyOf([user('hi'), assistant(toolUse('a', long)), user([toolResult('a', 'x')])], {
        tools: [{ name: long, input_schema: schema }],
        tool_choice: { type: 'tool', name: long },
      }),
    );
    const sent = translated.names.sent(long);
    expect(sent).toMatch(/^[a-zA-Z0-9_-]{64}$/);
    expect(translated.names.original(sent)).toBe(long);
    expect(translated.options.tools).toMatchObject([{ name: sent }]);
    expect(translated.options.toolChoice).toEqual({ type: 'tool', toolName: sent });
    expect(JSON.stringify(translated.options.prompt)).not.toContain(long);
    expect(translated.toolProperties.get(long)).toEqual(new Set(['command']));
  });

  it('T98: loaded tools are declared without defer_loading, the reference is text, the placeholder is gone', () => {
    const translated = translate(
      bodyOf(
        [
          user('go'),
          assistant(toolUse('a', 'ToolSearch')),
          user([
            toolResult('a', [{ type: 'tool_reference', tool_name: 'mcp__gw__add' }]),
            text('Tool loaded.'),
          ]),
        ],
        {
          tools: [
            { name: 'DeferredToolPlaceholder', input_schema: {}, defer_loading: true },
            { name: 'mcp__gw__add', input_schema: schema, defer_loading: true },
          ],
        },
      ),
    );
    expect(translated.options.tools).toEqual([
      { type: 'function', name: 'mcp__gw__add', inputSchema: schema },
    ]);
    expect(translated.options.prompt.at(-2)).toMatchObject({
      content: [{ output: { type: 'text', value: '[loaded tool: mcp__gw__add]' } }],
    });
  });

  it('T111: schemas are cut down for models that need it', () => {
    const [tool] =
      translate(
        withTools([{ name: 'a', input_schema: { ...schema, $schema: 'x', additionalProperties: false } }]),
        targetWith({ plainSchemas: true }),
      ).options.tools ?? [];
    expect(tool).toMatchObject({ inputSchema: schema });
    expect(JSON.stringify(tool)).not.toMatch(/\$schema|additionalProperties/);
  });
});

describe('server tools', () => {
  it('T27, T94: a web search becomes that of the provider, with its options', () => {
    const asked: WebSearchAsked[] = [];
    const target = targetWith({
      webSearch: (wanted) => {
        asked.push(wanted);
        return provided;
      },
    });
    const translated = translate(
      withTools([search], { tool_choice: { type: 'tool', name: 'web_search' } }),
      target,
    );
    expect(asked).toEqual([
      {
        name: 'web_search',
        maxUses: 8,
        allowedDomains: null,
        blockedDomains: ['x.example'],
        userLocation: null,
      },
    ]);
    expect(translated.options.tools).toEqual([provided]);
    expect(translated.options.toolChoice).toEqual({ type: 'tool', toolName: 'search_it' });
    expect(translated.toolProperties.size).toBe(0);
  });

  it.each([
    'web_search_20250305',
    'web_fetch_20250910',
    'code_execution_20250825',
    'tool_search_tool_regex_20251119',
    'computer_20250124',
    'bash_20250124',
    'text_editor_20250728',
    'memory_20250818',
    'newly_invented_20270101',
  ])('T27: %s is taken out with a visible note, and listed', (type) => {
    const translated = translate(
      withTools([{ type, name: 'special' }, bash], { system: 'S', tool_choice: { type: 'any' } }),
    );
    expect(translated.options.tools).toMatchObject([{ name: 'Bash' }]);
    expect(translated.options.prompt[0]?.content).toMatch(
      /^S\n\nThe tool special is not available with this model\./,
    );
    expect(translated.dropped).toEqual(['special']);
  });

  it('T27: a tool of the client that is merely named web_search stays a function', () => {
    const own = { name: 'web_search', input_schema: schema };
    expect(translate(withTools([own])).options.tools).toMatchObject([
      { type: 'function', name: 'web_search' },
    ]);
  });

  it('T28: a forced tool that is not available is refused', () => {
    for (const tool_choice of [{ type: 'tool', name: 'web_search' }, { type: 'any' }]) {
      const refusal = refusalOf(withTools([search], { tool_choice }));
      expect(refusal.status).toBe(400);
      expect(refusal.message).toMatch(
        /^tool_choice: .*not available|^tool_choice: .*available with this model/,
      );
    }
    const without = refusalOf(
      withTools([bash], { tool_choice: { type: 'tool', name: 'Bash' } }),
      targetWith({ tools: false }),
    );
    expect(without.message).toContain('The tool "Bash" is not available');
  });
});

describe('the choice of tools', () => {
  it.each([
    [{ type: 'auto' }, { type: 'auto' }],
    [{ type: 'any' }, { type: 'required' }],
    [{ type: 'none' }, { type: 'none' }],
    [
      { type: 'tool', name: 'Bash' },
      { type: 'tool', toolName: 'Bash' },
    ],
  ])('T16: %j becomes %j', (choice, expected) => {
    expect(translate(withTools([bash], { tool_choice: choice })).options.toolChoice).toEqual(expected);
  });

  it('T16: goes when no tool is left, and names a tool that exists', () => {
    const none = translate(withTools([search], { tool_choice: { type: 'auto' } })).options;
    expect([none.tools, none.toolChoice]).toEqual([undefined, undefined]);
    expect(refusalOf(withTools([bash], { tool_choice: { type: 'tool', name: 'Nope' } })).message).toMatch(
      /^tool_choice\.name: /,
    );
    expect(refusalOf(withTools([bash], { tool_choice: { type: 'sometimes' } })).message).toMatch(
      /^tool_choice\.type: /,
    );
  });

  it('T17: parallel calls are forbidden only where there are tools', () => {
    const choice = { tool_choice: { type: 'auto', disable_parallel_tool_use: true } };
    expect(translate(withTools([bash], choice)).wish.parallelTools).toBe(false);
    expect(translate(withTools([], choice)).wish.parallelTools).toBeNull();
    expect(translate(withTools([bash])).wish.parallelTools).toBeNull();
  });

  it('T18: a model that refuses choices is told in words, flagged', () => {
    const target = targetWith({ toolChoice: 'auto-only' });
    const forced = translate(withTools([bash], { tool_choice: { type: 'tool', name: 'Bash' } }), target);
    expect(forced.options.toolChoice).toBeUndefined();
    expect(forced.options.prompt[0]).toEqual({
      role: 'system',
      content: 'Answer by calling the tool "Bash" now.',
    });
    expect(forced.dropped).toEqual(['tool_choice']);
    const any = translate(withTools([bash], { tool_choice: { type: 'any' } }), target);
    expect(any.options.prompt[0]?.content).toBe('Answer by calling one of the tools now.');
    const auto = translate(withTools([bash], { tool_choice: { type: 'auto' } }), target);
    expect([auto.options.toolChoice, auto.options.prompt.length, auto.dropped]).toEqual([undefined, 1, []]);
  });
});
