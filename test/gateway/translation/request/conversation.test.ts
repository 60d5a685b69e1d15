// What becomes of the system text and the conversation (T1, T2, T4, T6, T7, T12, T13, T29, T31, P8).
import { describe, expect, it } from 'vitest';
import {
  assistant,
  bodyOf,
  messageOf,
  promptOf,
  refusalOf,
  targetWith,
  text,
  toolResult,
  toolUse,
  translate,
  user,
} from './support.ts';

const attribution = 'x-anthropic-billing-header: cc_version=2.1.330.dfb; cc_entrypoint=cli;';

describe('the system text', () => {
  it('T1: is one message at the start, its parts joined by a blank line', () => {
    const prompt = promptOf([user('hi')], undefined, {
      system: [text('You help.'), text('  '), text('Be brief.')],
    });
    expect(prompt).toEqual([
      { role: 'system', content: 'You help.\n\nBe brief.' },
      { role: 'user', content: [text('hi')] },
    ]);
    expect(promptOf([user('hi')], undefined, { system: 'One text.' })[0]).toEqual({
      role: 'system',
      content: 'One text.',
    });
    expect(promptOf([user('hi')])[0]?.role).toBe('user');
  });

  it('P8: loses the attribution line where it leads, and only there', () => {
    const lead = [text(attribution), text('You help.')];
    expect(promptOf([user('hi')], undefined, { system: lead })[0]?.content).toBe('You help.');
    expect(
      promptOf([user('hi')], undefined, { system: [text('You help.'), text(attribution)] })[0]?.content,
    ).toBe(`You help.\n\n${attribution}`);
    expect(promptOf([user('hi')], undefined, { system: `${attribution}\nYou help.` })[0]?.content).toBe(
      'You help.',
    );
  });
});

describe('system messages inside the conversation', () => {
  const conversation = [
    user('one'),
    { role: 'system', content: 'mind the gap' },
    assistant(text('two')),
    user('three'),
  ];

  it('T2: become reminders inside the user turn', () => {
    expect(promptOf(conversation)).toEqual([
      { role: 'user', content: [text('one\n\n<system-reminder>\nmind the gap\n</system-reminder>')] },
      { role: 'assistant', content: [text('two')] },
      { role: 'user', content: [text('three')] },
    ]);
  });

  it('T2: a reminder is not wrapped twice', () => {
    const wrapped = '<system-reminder>\nx\n</system-reminder>';
    expect(promptOf([user('one'), { role: 'system', content: wrapped }])).toEqual([
      { role: 'user', content: [text(`one\n\n${wrapped}`)] },
    ]);
  });

  it('T2: stay system messages at their place for models that take them', () => {
    expect(promptOf(conversation, targetWith({ laterSystem: 'system' })).map(({ role }) => role)).toEqual([
      'user',
      'system',
      'assistant',
      'user',
    ]);
  });

  it('T2: join the system text when nobody spoke before, and may be an empty list', () => {
    const prompt = promptOf(
      [{ role: 'system', content: [text('early')] }, { role: 'system', content: [] }, user('hi')],
      undefined,
      {
        system: 'first',
      },
    );
    expect(prompt[0]).toEqual({ role: 'system', content: 'first\n\nearly' });
    expect(prompt).toHaveLength(2);
  });

  it('T2, T4: follow the tool results of their turn, their own output_config ignored', () => {
    const prompt = promptOf([
      user('go'),
      assistant(toolUse('a')),
      { role: 'system', content: 'note', output_config: { effort: 'max' } },
      user([toolResult('a', 'done')]),
    ]);
    expect(prompt.map(({ role }) => role)).toEqual(['user', 'assistant', 'tool', 'user']);
  });
});

describe('tool results', () => {
  it('T4: all come first, in the order of the calls, then the rest of the turn', () => {
    const prompt = promptOf([
      user('go'),
      assistant(text('both'), toolUse('a', 'Bash', { command: 'ls' }), toolUse('b')),
      user([text('and then'), toolResult('b', 'second'), toolResult('a', 'first')]),
    ]);
    expect(prompt.slice(1)).toEqual([
      {
        role: 'assistant',
        content: [
          text('both'),
          { type: 'tool-call', toolCallId: 'a', toolName: 'Bash', input: { command: 'ls' } },
          { type: 'tool-call', toolCallId: 'b', toolName: 'Bash', input: {} },
        ],
      },
      {
        role: 'tool',
        content: [
          {
            type: 'tool-result',
            toolCallId: 'a',
            toolName: 'Bash',
            output: { type: 'text', value: 'first' },
          },
          {
            type: 'tool-result',
            toolCallId: 'b',
            toolName: 'Bash',
            output: { type: 'text', value: 'second' },
          },
        ],
      },
      { role: 'user', content: [text('and then')] },
    ]);
  });

  const resultOf = (content: unknown, more: object = {}): unknown => {
    const tool = messageOf(
      promptOf([user('go'), assistant(toolUse('a')), user([toolResult('a', content, more)])]),
      'tool',
    );
    return tool.role === 'tool' && tool.content[0]?.type === 'tool-result' ? tool.content[0].output : null;
  };

  it('T6: missing content is empty text, an error is marked, texts keep their order', () => {
    expect(resultOf(undefined)).toEqual({ type: 'text', value: '' });
    expect(resultOf(null)).toEqual({ type: 'text', value: '' });
    expect(resultOf('Exit code 3', { is_error: true })).toEqual({
      type: 'text',
      value: '[tool error] Exit code 3',
    });
    expect(resultOf(undefined, { is_error: true })).toEqual({ type: 'text', value: '[tool error]' });
    expect(resultOf([text('one'), text('two')])).toEqual({ type: 'text', value: 'one\ntwo' });
  });

  it('T7: a result without its call becomes the words of the user; an empty one goes', () => {
    expect(promptOf([user([toolResult('gone', 'data'), text('hi')])])).toEqual([
      { role: 'user', content: [text('Tool result: data\n\nhi')] },
    ]);
    expect(promptOf([user([toolResult('gone', ''), text('hi')])])).toEqual([
      { role: 'user', content: [text('hi')] },
    ]);
  });

  it('T7: a call without result gets one, also at the end of the conversation', () => {
    const interrupted = { type: 'text', value: '[tool execution was interrupted: there is no result]' };
    const result = { type: 'tool-result', toolCallId: 'a', toolName: 'Bash', output: interrupted };
    const call = assistant(toolUse('a'));
    expect(promptOf([user('go'), call, user('never mind')]).slice(2)).toEqual([
      { role: 'tool', content: [result] },
      { role: 'user', content: [text('never mind')] },
    ]);
    expect(promptOf([user('go'), call]).slice(2)).toEqual([{ role: 'tool', content: [result] }]);
  });

  it('T7: a second result for the same call is not sent as a result', () => {
    const prompt = promptOf([
      user('go'),
      assistant(toolUse('a')),
      user([toolResult('a', 'x'), toolResult('a', 'y')]),
    ]);
    expect(prompt.slice(2)).toEqual([
      {
        role: 'tool',
        content: [
          { type: 'tool-result', toolCallId: 'a', toolName: 'Bash', output: { type: 'text', value: 'x' } },
        ],
      },
      { role: 'user', content: [text('Tool result: y')] },
    ]);
  });
});

describe('tool calls', () => {
  const idsOf = (ids: readonly string[]): string[][] => {
    const turns = ids.flatMap((id) => [assistant(toolUse(id)), user([toolResult(id, id)])]);
    const prompt = promptOf([user('go'), ...turns]);
    return ['assistant', 'tool'].map((role) =>
      prompt.flatMap((message) =>
        message.role === role && typeof message.content !== 'string'
          ? message.content.flatMap((part) => ('toolCallId' in part ? [part.toolCallId] : []))
          : [],
      ),
    );
  };

  it('T12: missing input is an empty object', () => {
    const prompt = promptOf([
      user('go'),
      assistant({ type: 'tool_use', id: 'a', name: 'Bash' }),
      user([toolResult('a', '')]),
    ]);
    expect(prompt[1]?.content).toEqual([{ type: 'tool-call', toolCallId: 'a', toolName: 'Bash', input: {} }]);
  });

  it('T13: a legal id passes, others get a stable legal one, on call and result alike', () => {
    const long = 'x'.repeat(65);
    const [calls = [], results = []] = idsOf(['toolu_1', 'functions.Bash:0', long]);
    expect(results).toEqual(calls);
    expect(calls[0]).toBe('toolu_1');
    for (const id of calls) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(idsOf(['toolu_1', 'functions.Bash:0', long])[0]).toEqual(calls);
    expect(new Set(calls).size).toBe(3);
  });

  it('T13: an id used again in a later turn is made different', () => {
    const [calls = [], results = []] = idsOf(['call_0', 'call_0']);
    expect(results).toEqual(calls);
    expect(new Set(calls).size).toBe(2);
  });
});

describe('turns', () => {
  it('T29: empty texts, empty messages and turns of thinking alone go, neighbours of one side and texts in a row are joined', () => {
    const prompt = promptOf([
      user('one'),
      assistant({ type: 'thinking', thinking: 'hm', signature: 'EqoB' }),
      user([text(''), text('two')]),
      user(''),
      assistant(text('three')),
      assistant(text(' '), text('four')),
      user('five'),
    ]);
    expect(prompt).toEqual([
      { role: 'user', content: [text('one\n\ntwo')] },
      { role: 'assistant', content: [text('three'), text('four')] },
      { role: 'user', content: [text('five')] },
    ]);
  });

  it('T29: two assistant turns with nothing left between them are one', () => {
    const prompt = promptOf([
      user('go'),
      assistant(text('a')),
      user([toolResult('gone', '')]),
      assistant(text('b')),
      user('on'),
    ]);
    expect(prompt.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
  });

  it('T31: a prefilled answer becomes a request to go on, and is flagged', () => {
    const translated = translate(bodyOf([user('List three.'), assistant(text('{"list":['))]));
    expect(translated.dropped).toEqual(['prefill']);
    expect(translated.options.prompt).toEqual([
      {
        role: 'user',
        content: [
          text(
            'List three.\n\nYour answer begins with the text below. Go on directly after it, without repeating it:\n\n{"list":[',
          ),
        ],
      },
    ]);
    const kept = translate(
      bodyOf([user('List three.'), assistant(text('{'))]),
      targetWith({ prefill: true }),
    );
    expect(kept.options.prompt.at(-1)).toEqual({ role: 'assistant', content: [text('{')] });
    expect(kept.dropped).toEqual([]);
  });

  it('what ran on the side of Anthropic stays readable', () => {
    const prompt = promptOf([
      user('find'),
      assistant(
        { type: 'server_tool_use', id: 'srv', name: 'web_search', input: { query: 'cats' } },
        {
          type: 'web_search_tool_result',
          tool_use_id: 'srv',
          content: [
            {
              type: 'web_search_result',
              title: 'Cats',
              url: 'https://cats.example',
              encrypted_content: 'zzz',
            },
          ],
        },
        text('Found.'),
      ),
      user('more'),
    ]);
    expect(prompt[1]?.content).toEqual([
      text('[used web_search with {"query":"cats"}]\n'),
      text('Cats\nhttps://cats.example\n'),
      text('Found.'),
    ]);
  });

  it('a model without tools reads calls and results as text', () => {
    const translated = translate(
      bodyOf([user('go'), assistant(toolUse('a', 'Bash', { command: 'ls' })), user([toolResult('a', 'x')])]),
      targetWith({ tools: false }),
    );
    expect(translated.options.prompt.slice(1)).toEqual([
      { role: 'assistant', content: [text('[called tool Bash with {"command":"ls"}]')] },
      { role: 'user', content: [text('Tool result: x')] },
    ]);
    expect(translated.dropped).toEqual(['tools']);
  });
});

describe('a request that cannot be read', () => {
  it.each([
    ['body', []],
    ['messages', { model: 'm' }],
    ['messages', bodyOf([])],
    ['messages', bodyOf([user('')])],
    ['messages', bodyOf([user([toolResult('gone', '')])])],
    ['messages.0', bodyOf(['hi'])],
    ['messages.0.role', bodyOf([{ role: 'tool', content: 'x' }])],
    ['messages.0.content', bodyOf([user(7)])],
    ['messages.0.content.1', bodyOf([user([text('a'), 'b'])])],
    ['messages.0.content.0.text', bodyOf([user([{ type: 'text' }])])],
    ['messages.1.content.0.id', bodyOf([user('a'), assistant({ type: 'tool_use', name: 'Bash' })])],
    ['messages.1.content.0.input', bodyOf([user('a'), assistant(toolUse('a', 'Bash', 'ls'))])],
    ['messages.0.content.0.tool_use_id', bodyOf([user([{ type: 'tool_result', content: 'x' }])])],
    ['max_tokens', bodyOf([user('a')], { max_tokens: 0 })],
    ['temperature', bodyOf([user('a')], { temperature: 'hot' })],
    ['thinking.type', bodyOf([user('a')], { thinking: { type: 'deep' } })],
    ['tools.0.name', bodyOf([user('a')], { tools: [{ input_schema: {} }] })],
  ])('is refused naming %s', (field, body) => {
    const refusal = refusalOf(body);
    expect([refusal.status, refusal.type]).toEqual([400, 'invalid_request_error']);
    expect(refusal.message.slice(0, field.length + 2)).toBe(`${field}: `);
  });

  it('safeguards are refused in the words that make Claude Code send the request without', () => {
    const refusal = refusalOf(bodyOf([user('hi')], { safeguards: [{ type: 'dangerous_tool_use' }] }));
    expect([refusal.status, refusal.type]).toEqual([400, 'invalid_request_error']);
    expect(refusal.message).toContain('safeguards: Extra inputs are not permitted');
  });
});
