// A neutral answer as a Messages stream.
import { describe, expect, it } from 'vitest';
import { AnswerWriter } from '../../../../src/gateway/translation/answer/answer-writer.ts';
import { setupWith } from './answer-setup.ts';
import { collectStream } from './collect-stream.ts';
import {
  finish,
  noUsage,
  text,
  thinking,
  tool,
  toolCall,
  toolDelta,
  toolStart,
  usageOf,
  write,
} from './parts.ts';

const collect = (parts: Parameters<typeof write>[1], setup = setupWith()) =>
  collectStream(write(setup, parts).text);

describe('order and shape of the stream', () => {
  it('T42, T50, T59: thinking, text, tool call and end come in order, in blocks with contiguous indices', () => {
    const got = collect([
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'chatcmpl-1', modelId: 'gpt-true-2026' },
      ...thinking('r', ['I ', 'think']),
      ...text('t', 'Hel', 'lo'),
      ...tool('call_1', 'Bash', '{"comm', 'and":"ls"}'),
      finish('tool-calls', 'tool_calls'),
    ]);
    expect(got.content).toEqual([
      { type: 'thinking', thinking: 'I think', signature: '' },
      { type: 'text', text: 'Hello' },
      { type: 'tool_use', id: 'call_1', name: 'Bash', input: { command: 'ls' } },
    ]);
    expect(got.head).toMatchObject({ id: 'msg_1', model: 'claude-asked' });
    expect(got.order).toEqual([
      'message_start',
      'content_block_start',
      'thinking_delta',
      'thinking_delta',
      'content_block_stop',
      'content_block_start',
      'text_delta',
      'text_delta',
      'content_block_stop',
      'content_block_start',
      'input_json_delta',
      'input_json_delta',
      'content_block_stop',
      'message_delta',
      'message_stop',
    ]);
  });

  it('T42: text leaves with the part that brings it', () => {
    const writer = new AnswerWriter(setupWith());
    expect(writer.write({ type: 'text-start', id: 't' })).toBe('');
    expect(writer.write({ type: 'text-delta', id: 't', delta: 'a' })).toContain('"text":"a"');
    expect(writer.write({ type: 'text-delta', id: 't', delta: 'b' })).toBe(
      'event: content_block_delta\ndata: {"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"b"}}\n\n',
    );
  });

  it('T43: no empty text block is sent, nor one of white space alone', () => {
    const got = collect([
      ...text('a'),
      ...text('b', ''),
      ...text('c', '\n', ' \n'),
      ...tool('1', 'Bash', '{}'),
      ...text('d', '\n', '\nyes'),
      finish('stop', 'stop'),
    ]);
    expect(got.content.map((block) => block['type'])).toEqual(['tool_use', 'text']);
    expect(got.content[1]).toEqual({ type: 'text', text: '\n\nyes' });
  });

  it('T44: of two calls whose fragments alternate, the first streams and the second follows whole', () => {
    const writer = new AnswerWriter(setupWith());
    let given = writer.write(toolStart('1', 'Bash')) + writer.write(toolStart('2', 'Read'));
    given += writer.write(toolDelta('1', '{"command":'));
    expect(writer.write(toolDelta('2', '{"file_path":'))).toBe('');
    const live = writer.write(toolDelta('1', '"ls"}'));
    expect(live).toContain('partial_json');
    given += live + writer.write(toolDelta('2', '"/a"}'));
    given += writer.write(toolCall('1', 'Bash', '{"command":"ls"}'));
    given += writer.write(toolCall('2', 'Read', '{"file_path":"/a"}'));
    given += writer.write(finish('tool-calls', 'tool_calls'));
    expect(collectStream(given).content).toEqual([
      { type: 'tool_use', id: '1', name: 'Bash', input: { command: 'ls' } },
      { type: 'tool_use', id: '2', name: 'Read', input: { file_path: '/a' } },
    ]);
  });

  it('T44: text that is never ended gives way to a tool call, so that the call streams', () => {
    const writer = new AnswerWriter(setupWith());
    writer.write({ type: 'text-start', id: '0' });
    writer.write({ type: 'text-delta', id: '0', delta: 'Let me look.' });
    writer.write(toolStart('1', 'Bash'));
    expect(writer.write(toolDelta('1', '{"command":"ls"}'))).toContain('ls');
  });

  it('T44: text that arrives inside a tool call waits for its end', () => {
    const got = collect([
      toolStart('1', 'Bash'),
      { type: 'text-start', id: 't' },
      toolDelta('1', '{"command"'),
      { type: 'text-delta', id: 't', delta: 'aside' },
      toolDelta('1', ':"ls"}'),
      toolCall('1', 'Bash', '{"command":"ls"}'),
      { type: 'text-end', id: 't' },
      finish('tool-calls'),
    ]);
    expect(got.content.map((block) => block['type'])).toEqual(['tool_use', 'text']);
  });

  it('T46: a call without a name is not begun before its name is known', () => {
    const got = collect([
      toolStart('1', ''),
      toolDelta('1', '{"command":"ls"}'),
      toolCall('1', 'Bash', '{"command":"ls"}'),
      finish('tool-calls'),
    ]);
    expect(got.content).toEqual([{ type: 'tool_use', id: '1', name: 'Bash', input: { command: 'ls' } }]);
  });

  it('T51: repeated ends, a second finish and unknown parts change nothing', () => {
    const unknown = { type: 'something-new', id: 'x' } as unknown as Parameters<AnswerWriter['write']>[0];
    const got = collect([
      unknown,
      { type: 'ping' },
      ...text('t', 'Hi'),
      { type: 'text-end', id: 't' },
      { type: 'reasoning-end', id: 'never' },
      { type: 'tool-input-end', id: 'never' },
      toolDelta('never', 'x'),
      ...tool('1', 'Bash', '{}'),
      toolCall('1', 'Bash', '{}'),
      finish('stop', 'stop'),
      finish('stop', 'stop'),
      ...text('late', 'too late'),
    ]);
    expect(got.content).toHaveLength(2);
    expect(got.stopped).toBe(true);
  });

  it('T52: a character split between two deltas arrives whole', () => {
    const [high = '', low = ''] = ['\ud83d', '\ude00'];
    expect(collect([...text('t', `a${high}`, `${low}b`), finish('stop')]).content).toEqual([
      { type: 'text', text: 'a😀b' },
    ]);
  });

  it('T13: an id that Anthropic would refuse becomes a stable one that it takes', () => {
    const ids = [1, 2].map(
      () => collect([...tool('functions.Bash:0', 'Bash', '{}'), finish('stop')]).content[0]?.['id'],
    );
    expect(ids[0]).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
    expect(ids[0]).toBe(ids[1]);
  });

  it('T14: the client gets its own tool name back', () => {
    const setup = setupWith({ sentNames: { mcp_short: 'mcp__long' }, tools: { mcp__long: [] } });
    expect(collect([...tool('1', 'mcp_short', '{}'), finish('stop')], setup).content[0]?.['name']).toBe(
      'mcp__long',
    );
  });
});

describe('tool arguments', () => {
  it.each(['', '  ', 'null', '""', '{}'])('T47: arguments %j are sent as {} in one delta', (input) => {
    const got = collect([...tool('1', 'Bash', ...(input === '' ? [] : [input])), finish('tool-calls')]);
    expect(got.inputs).toEqual(['{}']);
    expect(got.stopReason).toBe('tool_use');
  });

  it('T47: arguments that come only with the whole call are sent', () => {
    const got = collect([toolStart('1', 'Bash'), toolCall('1', 'Bash', '{"command":"ls"}'), finish('stop')]);
    expect(got.inputs).toEqual(['{"command":"ls"}']);
  });

  it('T121: a whole call behind its fragments adds what is missing and repeats nothing', () => {
    const got = collect([
      toolStart('1', 'Bash'),
      toolDelta('1', '{"command"'),
      toolCall('1', 'Bash', '{"command":"ls"}'),
      finish('stop'),
    ]);
    expect(got.inputs).toEqual(['{"command":"ls"}']);
  });

  it.each(['{"command":', '{"command":"ls"}}', '[1]', '"text"', '{command}'])(
    'T48: arguments %j of an answer that ended normally are an error, and the call is not closed',
    (input) => {
      const got = collect([
        ...text('t', 'x'),
        ...tool('1', 'Bash', input),
        finish('tool-calls', 'tool_calls'),
      ]);
      expect(got.error?.type).toBe('api_error');
      expect(got.error?.message).toContain('Bash');
      expect(got.stopped).toBe(false);
      expect(got.inputs).toHaveLength(1);
    },
  );

  it('T48: fragments that are no JSON are not taken for the {} that a package puts in their place', () => {
    const parts = [
      toolStart('1', 'Read'),
      toolDelta('1', '{"file_pa'),
      { type: 'tool-call' as const, toolCallId: '1', toolName: 'Read', input: '{}' },
      finish('tool-calls', 'tool_calls'),
    ];
    const got = collectStream(write(setupWith({ repairs: true }), parts).text);
    expect([got.error?.type, got.stopped, got.inputs.length]).toEqual(['api_error', false, 0]);
    expect(got.error?.message).toContain('Read');
  });

  it.each(['', '{}'])('T47, T53: a call without arguments (%j) is closed by a sound end only', (input) => {
    const call = [
      ...text('t', 'x'),
      toolStart('1', 'Bash'),
      { type: 'tool-call' as const, toolCallId: '1', toolName: 'Bash', input },
    ];
    const sound = collect([...call, finish('tool-calls', 'tool_calls')]);
    expect([sound.content[1]?.['input'], sound.stopReason]).toEqual([{}, 'tool_use']);
    const delta = input === '' ? [] : [toolDelta('1', input)];
    for (const parts of [call, call.toSpliced(-1, 0, ...delta)]) {
      const cut = collect([...parts, finish('other')]);
      expect([cut.error?.type, cut.inputs.length]).toEqual(['api_error', 1]);
    }
  });

  it('T41, T48: arguments cut by the length limit stay partial, and the reason is max_tokens', () => {
    const got = collect([
      ...text('t', 'x'),
      ...tool('1', 'Bash', '{"command":"l'),
      finish('length', 'length'),
    ]);
    expect(got.stopReason).toBe('max_tokens');
    expect(got.inputs[1]).toBe('{"command":"l');
  });

  it('T49: with repairs on, an empty "pages" of Read is dropped and reported', () => {
    const parts = [...tool('1', 'Read', '{"file_path":"/a",', '"pages":""}'), finish('tool-calls')];
    const { text: given, writer } = write(setupWith({ repairs: true }), parts);
    expect(collectStream(given).content[0]?.['input']).toEqual({ file_path: '/a' });
    expect(writer.repairs).toEqual(['Read: empty-pages']);
    const off = write(setupWith(), parts);
    expect(collectStream(off.text).content[0]?.['input']).toEqual({ file_path: '/a', pages: '' });
    expect(off.writer.repairs).toEqual([]);
  });

  it('T49: with repairs on, wrapped arguments are unwrapped, unless the tool has such a property', () => {
    const parts = [...tool('1', 'Bash', '{ "param', 'eters": {"command":"ls"}}'), finish('tool-calls')];
    const repaired = write(setupWith({ repairs: true }), parts);
    expect(collectStream(repaired.text).content[0]?.['input']).toEqual({ command: 'ls' });
    expect(repaired.writer.repairs).toEqual(['Bash: unwrapped-parameters']);
    const own = write(setupWith({ repairs: true, tools: { Bash: ['parameters'] } }), parts);
    expect(collectStream(own.text).content[0]?.['input']).toEqual({ parameters: { command: 'ls' } });
    const free = write(setupWith({ repairs: true, tools: { Bash: [] } }), parts);
    expect(free.writer.repairs).toEqual([]);
  });

  it('T49: with repairs on, arguments without a slip still stream', () => {
    const writer = new AnswerWriter(setupWith({ repairs: true }));
    writer.write(toolStart('1', 'Bash'));
    expect(writer.write(toolDelta('1', '{"comm'))).toContain('comm');
  });
});

describe('how it ends', () => {
  const call = tool('1', 'Bash', '{"command":"ls"}');

  it.each(['stop', 'tool-calls', 'other'] as const)('T40: with a complete call %s is tool_use', (unified) => {
    expect(collect([...call, finish(unified, 'whatever')]).stopReason).toBe('tool_use');
  });

  it('T40: tool_calls without a call is end_turn', () => {
    expect(collect([...text('t', 'x'), finish('tool-calls', 'tool_calls')]).stopReason).toBe('end_turn');
  });

  it.each([
    ['length', 'length', 'max_tokens'],
    ['length', 'model_length', 'model_context_window_exceeded'],
    ['other', 'model_context_window_exceeded', 'model_context_window_exceeded'],
    ['content-filter', 'SAFETY', 'refusal'],
    ['other', 'sensitive', 'refusal'],
    ['stop', 'stop', 'end_turn'],
    ['other', 'eos', 'end_turn'],
  ] as const)('T41, T58, T116: %s (%s) is %s', (unified, raw, reason) => {
    expect(collect([...text('t', 'x'), finish(unified, raw)]).stopReason).toBe(reason);
  });

  it('T41: length wins over a complete call', () => {
    expect(collect([...call, finish('length', 'length')]).stopReason).toBe('max_tokens');
  });

  it('T41: a stop sequence is named when the provider tells it or the text ends with it', () => {
    const setup = setupWith({ stopSequences: ['END', '###'] });
    const told = collect(
      [...text('t', 'x'), finish('stop', 'stop_sequence', undefined, { bedrock: { stopSequence: '###' } })],
      setup,
    );
    expect([told.stopReason, told.stopSequence]).toEqual(['stop_sequence', '###']);
    const left = collect([...text('t', 'the E', 'ND'), finish('stop', 'stop')], setup);
    expect([left.stopReason, left.stopSequence]).toEqual(['stop_sequence', 'END']);
    const unknown = collect([...text('t', 'the end'), finish('stop', 'stop')], setup);
    expect([unknown.stopReason, unknown.stopSequence]).toEqual(['end_turn', null]);
  });

  it.each([
    ['interrupted', undefined],
    ['other', undefined],
    ['error', undefined],
    ['error', 'MALFORMED_FUNCTION_CALL'],
    ['other', 'network_error'],
    ['other', 'UNEXPECTED_TOOL_CALL'],
  ] as const)(
    'T53, T96, T116: %s (%s) after content is an error event without message_stop',
    (unified, raw) => {
      const got = collect([...text('t', 'x'), finish(unified, raw)]);
      expect(got.error?.type).toBe('api_error');
      expect(got.stopped).toBe(false);
      expect(got.stopReason).toBeNull();
    },
  );

  it('T53: parts that stop without a finish are an error event', () => {
    expect(collect(text('t', 'x')).error?.message).toContain('broke off');
  });

  it('T54, T55: an error before any content is an HTTP error, and nothing was given out', () => {
    const { text: given, writer } = write(setupWith(), [
      { type: 'stream-start', warnings: [] },
      { type: 'response-metadata', id: 'x' },
      { type: 'text-start', id: 't' },
      { type: 'error', error: { message: 'Overloaded', type: 'overloaded_error', code: 529 } },
      finish('error'),
    ]);
    expect(given).toBe('');
    expect(writer.started).toBe(false);
    expect(writer.finished).toBe(true);
    expect(writer.failure?.status).toBe(529);
    expect(JSON.parse(String(writer.failure?.body))).toMatchObject({ error: { type: 'overloaded_error' } });
  });

  it('T54: an error after content is an error event with its own type and words', () => {
    const got = collect([
      ...text('t', 'x'),
      { type: 'error', error: { message: 'Slow down', code: 429 } },
      finish('error'),
    ]);
    expect(got.error).toEqual({ type: 'rate_limit_error', message: 'Slow down' });
    expect(got.order.at(-1)).toBe('error');
  });

  it('T55: the head can be given before there is content; a failure after that is an error event', () => {
    const writer = new AnswerWriter(setupWith());
    const head = writer.begin();
    expect(writer.begin()).toBe('');
    expect(writer.started).toBe(true);
    const got = collectStream(head + writer.write({ type: 'error', error: { message: 'Busy', code: 503 } }));
    expect(got.order).toEqual(['message_start', 'error']);
    expect(got.error).toEqual({ type: 'overloaded_error', message: 'Busy' });
    expect(writer.failure).toBeNull();
    const other = new AnswerWriter(setupWith());
    const rest = ['Hi', '!'].map((delta) => other.write({ type: 'text-delta', id: 't', delta })).join('');
    expect(collectStream(other.begin() + rest + other.write(finish('stop'))).order[0]).toBe('message_start');
  });

  it('T55: an answer without any content is still a whole message', () => {
    const got = collect([finish('stop', 'stop')]);
    expect(got).toMatchObject({ content: [], stopReason: 'end_turn', stopped: true });
  });
});

describe('usage', () => {
  it('T56: the head carries the estimate of the prompt, and never zero', () => {
    expect(collect([...text('t', 'x'), finish('stop')]).head?.usage.input_tokens).toBe(1000);
    const none = collect([...text('t', 'x'), finish('stop')], setupWith({ promptTokens: 0 }));
    expect(none.head?.usage.input_tokens).toBe(1);
  });

  it.each([
    ['uncached input as told', { total: 120, noCache: 100, cacheRead: 20 }, [100, 20, 0]],
    ['the total without the cache', { total: 120, cacheRead: 20, cacheWrite: 30 }, [70, 20, 30]],
    ['never less than nothing', { total: 10, cacheRead: 20 }, [0, 20, 0]],
    ['a negative rest of the package', { total: 10, noCache: -10, cacheRead: 20 }, [0, 20, 0]],
  ])('T97: input is %s', (_name, input, [fresh, read, written]) => {
    const got = collect([...text('t', 'x'), finish('stop', 'stop', usageOf(input, 7))]);
    expect(got.usage).toEqual({
      input_tokens: fresh,
      cache_read_input_tokens: read,
      cache_creation_input_tokens: written,
      output_tokens: 7,
    });
  });

  it.each([
    ['no figures', noUsage],
    ['zeros', usageOf({ total: 0, noCache: 0, cacheRead: 0 }, 0)],
  ])('T57: %s are replaced by an estimate that is marked as one', (_name, usage) => {
    const got = collect([...text('t', 'x'.repeat(35)), finish('stop', 'stop', usage)]);
    expect(got.usage).toMatchObject({ input_tokens: 1000, output_tokens: 10, tollgate_estimated: true });
  });
});
