// Every translated family, over real sockets through a real gateway, held to the same promises: what the client said
// arrives in the provider's own vocabulary, which its mock enforces, and what the model said comes back as Anthropic
// would have said it, counted, priced and, where it failed, failed in words that Claude Code knows.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createGate } from '../support/fake-upstream.ts';
import {
  assistant,
  startWorld,
  user,
  worldPrice,
  type Place,
  type World,
} from '../support/translated-world.ts';
import { families } from '../support/upstreams/families.ts';
import type { Script } from '../support/upstreams/script.ts';
import { collectStream } from '../gateway/translation/answer/collect-stream.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  // What one test broke on purpose must not keep the next one away.
  await world.gateway.control.call('health.reset', {});
});

const bash = {
  name: 'Bash',
  description: 'Runs a command.',
  input_schema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
};
const read = {
  name: 'Read',
  description: 'Reads a file.',
  input_schema: {
    type: 'object',
    properties: { file_path: { type: 'string' }, limit: { type: 'integer', exclusiveMinimum: 0 } },
    required: ['file_path'],
    additionalProperties: false,
    $schema: 'https://json-schema.org/draft/2020-12/schema',
  },
};
const png = {
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
};
const result = (id: unknown, content: unknown, more: object = {}): unknown => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
});
const text = 'Grüße, 世界 👋 – done.';
const overflowWording =
  /prompt is too long: \d+ tokens > \d+ maximum|input length and `max_tokens` exceed context limit: \d+ \+ \d+ > \d+|Input is too long for requested model|capability_rejected: prompt_too_long/;

const callsOf = (content: readonly Record<string, unknown>[]): Record<string, unknown>[] =>
  content.filter((block) => block['type'] === 'tool_use');
const textOf = (content: readonly Record<string, unknown>[]): string =>
  content.flatMap((block) => (block['type'] === 'text' ? [String(block['text'])] : [])).join('');
const thinkingOf = (content: readonly Record<string, unknown>[]): string =>
  content.flatMap((block) => (block['type'] === 'thinking' ? [String(block['thinking'])] : [])).join('');
const errorOf = (value: unknown): { type: string; message: string } =>
  (value as { error: { type: string; message: string } }).error;
/** All that the mock was last sent, as text to look into. */
const lastSent = (place: Place): string => JSON.stringify(place.mock.seen.requests.at(-1)?.body);

describe.each(families.map(({ name }) => name))('%s', (name) => {
  let place: Place;
  let problemsBefore = 0;
  beforeAll(() => {
    place = world.place(name);
  });
  beforeEach(() => {
    problemsBefore = place.mock.seen.problems.length;
  });
  afterEach(async () => {
    await place.drain();
    // Lists of models are asked for in the background, also of servers that have none.
    const problems = place.mock.seen.problems
      .slice(problemsBefore)
      .filter(({ request }) => request.method === 'POST');
    const said = problems.map(({ status, reason }) => `${status} ${reason}`);
    // Windows are small on one's own machine; what the client hears then is tested where it is meant to.
    expect(said.filter((sentence) => !/context|too long|tokens/i.test(sentence))).toEqual([]);
  });
  const answer = (...scripts: Script[]): void => place.mock.answer(...scripts);

  it('T42, T56, T59, T97: a plain text is the same streamed and whole, in the asked model’s name, with its usage', async () => {
    const usage = { input: 321, output: 45, reasoning: 0 };
    answer({ text, usage, pieces: 3 }, { text, usage });
    const { answer: got, session } = await place.post();
    expect(got.values('x-tollgate-model')).toEqual([place.family.model]);
    const streamed = collectStream(got.text());
    const whole = await place.message();
    expect([textOf(streamed.content), textOf(whole.content)]).toEqual([text, text]);
    expect([streamed.stopReason, whole.stop_reason]).toEqual(['end_turn', 'end_turn']);
    expect([streamed.head?.model, whole.model]).toEqual([place.asked, place.asked]);
    expect(streamed.head?.id).toMatch(/^msg_/);
    expect(streamed.head?.usage.input_tokens).toBeGreaterThan(0);
    for (const counts of [streamed.usage, whole.usage]) {
      expect(counts).toMatchObject({ input_tokens: 321, output_tokens: 45, cache_read_input_tokens: 0 });
    }
    expect(await world.rowOf(session)).toMatchObject({
      state: 'completed',
      provider: name,
      modelAsked: place.asked,
      modelServed: place.family.model,
      inputTokens: 321,
      outputTokens: 45,
      costNanoUsd: 321 * worldPrice.input + 45 * worldPrice.output,
      usageBasis: 'reported',
      priceEstimated: false,
    });
  });

  it('T51, T52: CRLF, single bytes and one whole document change nothing of the answer', async () => {
    const script: Script = { text, calls: [{ name: 'Bash', input: { command: 'echo ü' } }] };
    const seen: unknown[] = [];
    for (const more of [{}, { crlf: true }, { fault: { kind: 'bytewise' } }] satisfies Partial<Script>[]) {
      answer({ ...script, ...(name === 'bedrock-converse' && 'crlf' in more ? {} : more) });
      const { content, stopReason, stopped } = await place.stream({ tools: [bash] });
      seen.push([
        textOf(content),
        callsOf(content).map(({ name: called, input }) => [called, input]),
        stopReason,
        stopped,
      ]);
    }
    const first = [text, [['Bash', { command: 'echo ü' }]], 'tool_use', true];
    expect(seen).toEqual([first, first, first]);
  });

  it('T4, T6, T8, T12, T40, T44: parallel calls come whole and in order, and their results go back in any order', async () => {
    const calls = [
      { name: 'Bash', input: { command: 'ls -la' } },
      { name: 'Read', input: { file_path: '/tmp/a b.txt', limit: 5 } },
      { name: 'Bash', input: { command: 'pwd && echo "x"' } },
    ];
    for (const stream of [true, false]) {
      answer({ text: 'Looking.', calls, pieces: 5 });
      const first = { tools: [bash, read], messages: [user('Look around')] };
      const got = stream
        ? await place.stream(first)
        : await place.message(first).then((whole) => ({ ...whole, stopReason: whole.stop_reason }));
      const made = callsOf(got.content);
      expect(made.map(({ name: called, input }) => ({ name: called, input }))).toEqual(calls);
      expect(new Set(made.map(({ id }) => id)).size).toBe(3);
      for (const { id } of made) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
      expect([textOf(got.content), got.stopReason]).toEqual(['Looking.', 'tool_use']);
      const [ls, file, pwd] = made.map(({ id }) => id);
      answer({ text: 'All read.' });
      const next = await place.stream({
        tools: [bash, read],
        messages: [
          ...first.messages,
          assistant(got.content),
          user([
            { type: 'text', text: 'words after the results' },
            result(pwd, [{ type: 'text', text: 'result-of-pwd' }, png]),
            result(file, 'no such file result', { is_error: true }),
            result(ls, null),
          ]),
        ],
      });
      expect(textOf(next.content)).toBe('All read.');
      const sent = lastSent(place);
      for (const words of ['result-of-pwd', 'no such file result', '[tool error]', 'words after the results'])
        expect(sent).toContain(words);
      // Trap of hallucinated screenshots: the image is there, or its absence is said.
      expect(sent).toMatch(/iVBORw0KGgo|image omitted/);
    }
  });

  it('T7: orphan results and calls without results do not break a conversation', async () => {
    answer({ text: 'I see.' });
    const { content } = await place.stream({
      tools: [bash],
      messages: [
        user('Start'),
        assistant([
          { type: 'text', text: 'Calling.' },
          { type: 'tool_use', id: 'toolu_open', name: 'Bash', input: { command: 'sleep 1' } },
        ]),
        user([result('toolu_nobody', 'orphaned words'), { type: 'text', text: 'never mind' }]),
      ],
    });
    expect(textOf(content)).toBe('I see.');
    expect(lastSent(place)).toContain('orphaned words');
  });

  it('T30, T80, T85, T87, T88, T115: thinking goes back over three turns of tool use as the provider wants it', async () => {
    const thinking = { type: 'enabled', budget_tokens: 2000 };
    const messages: unknown[] = [user('Find it')];
    for (const turn of [1, 2, 3]) {
      answer({
        thinking: `thought of turn ${turn}`,
        text: `turn ${turn}`,
        calls: [{ name: 'Bash', input: { command: `step ${turn}` } }],
      });
      const got = await place.stream({ max_tokens: 4000, thinking, tools: [bash], messages });
      // The xAI mock shows thinking only when asked to; xAI itself does always, and its package has no way to ask.
      if (place.family.shows.thinking && name !== 'xai')
        expect(thinkingOf(got.content)).toBe(`thought of turn ${turn}`);
      expect(textOf(got.content)).toBe(`turn ${turn}`);
      const [call] = callsOf(got.content);
      messages.push(assistant(got.content), user([result(call?.['id'], `output ${turn}`)]));
    }
    answer({ thinking: 'enough', text: 'found' });
    const last = await place.stream({ max_tokens: 4000, thinking, tools: [bash], messages });
    expect([textOf(last.content), last.stopReason]).toEqual(['found', 'end_turn']);
    messages.push(assistant(last.content), user('Thanks'));
    answer({ text: 'welcome' });
    expect(
      textOf((await place.stream({ max_tokens: 4000, thinking, tools: [bash], messages })).content),
    ).toBe('welcome');
  });

  it('T80, T82: signed thinking of Claude’s and of another provider is not sent on', async () => {
    answer({ text: 'fresh' });
    const { content } = await place.stream({
      thinking: { type: 'adaptive' },
      max_tokens: 4000,
      messages: [
        user('One'),
        assistant([
          { type: 'thinking', thinking: 'claude thought', signature: 'EqoBCkgIAxABGAIiQL8' },
          { type: 'redacted_thinking', data: 'EmwKAhgBEgy3va3pzix' },
          { type: 'text', text: 'Two' },
        ]),
        user('Three'),
      ],
    });
    expect(textOf(content)).toBe('fresh');
    expect(lastSent(place)).not.toMatch(/EqoBCkgIAxABGAIiQL8|EmwKAhgBEgy3va3pzix/);
  });

  it('T26: structured output comes back as the JSON that was asked for', async () => {
    const json = '{"city":"Köln","size":3}';
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' }, size: { type: 'integer' } },
      required: ['city', 'size'],
      additionalProperties: false,
    };
    const format = { type: 'json_schema', schema };
    for (const stream of [true, false]) {
      // Bedrock has no field for it: the schema is a tool that the model must call.
      if (name === 'bedrock-converse')
        answer({ calls: [{ name: 'json', input: JSON.parse(json) as unknown }] });
      else answer({ text: json });
      const more = { output_config: { format } };
      const got = stream ? await place.stream(more) : await place.message(more);
      expect(JSON.parse(textOf(got.content))).toEqual(JSON.parse(json));
      expect(callsOf(got.content)).toEqual([]);
      expect('stopReason' in got ? got.stopReason : got.stop_reason).toBe('end_turn');
      expect(lastSent(place)).toContain('size');
    }
  });

  it('T19, T21, T24, T33, T99: every setting is either sent or named as dropped, in the header and in the row', async () => {
    answer({ text });
    const { answer: got, session } = await place.post({
      temperature: 0.37,
      top_k: 37,
      stop_sequences: ['STOPWORD'],
      context_management: { edits: [] },
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
    });
    expect(got.status).toBe(200);
    const dropped = (await world.rowOf(session)).dropped ?? [];
    expect(got.values('x-tollgate-dropped')).toEqual([dropped.join(', ')]);
    expect(dropped).toContain('context_management');
    expect(dropped).toContain('cache_control');
    const sent = lastSent(place);
    const traces = {
      temperature: /"temperature":0\.37/,
      top_k: /"top_?[kK]":37/,
      stop_sequences: /STOPWORD/,
    };
    for (const [field, trace] of Object.entries(traces))
      expect([field, trace.test(sent)]).toEqual([field, !dropped.includes(field)]);
    expect(sent).toContain('Be brief.');
  });

  it('T40, T41, T58, T96, T116: length, filter and refusal have Anthropic’s stop reasons', async () => {
    answer({ text: 'cut sho', finish: 'length' }, { text: 'some', finish: 'filter' });
    expect(await place.stream()).toMatchObject({ stopReason: 'max_tokens', stopped: true });
    expect(await place.stream()).toMatchObject({ stopReason: 'refusal', stopped: true });
    answer({ text: 'cut sho', finish: 'length' }, { text: 'some', finish: 'filter' });
    expect((await place.message()).stop_reason).toBe('max_tokens');
    expect((await place.message()).stop_reason).toBe('refusal');
    answer({ text: 'I cannot help with that.', finish: 'refusal' });
    const refused = await place.stream();
    // Chat servers other than OpenAI's have no word for it: the model's own sentence is all there is.
    expect(['refusal', 'end_turn']).toContain(refused.stopReason);
    expect(refused.stopped).toBe(true);
  });

  // Gemini and Converse carry arguments as objects, which cannot be broken.
  const asText = !/google|gemini|bedrock/.test(name);
  it.runIf(asText)(
    'T48: arguments that are not JSON are an error event, never a call with other arguments',
    async () => {
      answer({ text: 'Now.', calls: [{ name: 'Bash', input: {}, rawArguments: '{"command": "rm -rf' }] });
      const got = await place.stream({ tools: [bash] });
      expect(got.error).not.toBeNull();
      expect(got.stopped).toBe(false);
    },
  );

  it('T70, T75, T76, T97, T117: cached tokens are counted once, in the answer, the ledger and the cost', async () => {
    const usage = { input: 1000, cacheRead: 600, output: 50, reasoning: 20 };
    const thinking = { thinking: 'a few thoughts here', text, usage };
    answer(thinking, thinking);
    const read = place.family.shows.cacheReads ? 600 : 0;
    const { answer: got, session } = await place.post();
    const whole = await place.message();
    const counts = { input_tokens: 1000 - read, cache_read_input_tokens: read, output_tokens: 50 };
    expect(collectStream(got.text()).usage).toMatchObject(counts);
    expect(whole.usage).toMatchObject(counts);
    expect(await world.rowOf(session)).toMatchObject({
      inputTokens: 1000 - read,
      cacheReadTokens: read,
      outputTokens: 50,
      costNanoUsd: (1000 - read) * worldPrice.input + read * worldPrice.cacheRead + 50 * worldPrice.output,
    });
  });

  it('T57: without any usage the figures are estimates and say so', async () => {
    answer({ text, usage: null });
    const { usage, session } = await place.stream();
    expect(usage).toMatchObject({ tollgate_estimated: true });
    expect(usage?.input_tokens).toBeGreaterThan(0);
    expect(usage?.output_tokens).toBeGreaterThan(0);
    expect((await world.rowOf(session)).costNanoUsd).toBeGreaterThan(0);
  });

  it('P14, T162: a prompt over the window is refused in words that make Claude Code compact', async () => {
    const small = world.place(`${name}-small`);
    for (const stream of [true, false]) {
      const { answer: got, session } = await small.post({ stream, messages: [user('word '.repeat(4000))] });
      expect([got.status, errorOf(got.json()).type]).toEqual([400, 'invalid_request_error']);
      expect(errorOf(got.json()).message).toMatch(overflowWording);
      expect(got.values('x-should-retry')).not.toContain('true');
      expect(await world.rowOf(session)).toMatchObject({ state: 'failed', status: 400, costNanoUsd: 0 });
    }
  });

  const refusals = [
    ['wrong-key', [401, 403], /^(authentication|permission)_error$/],
    ['forbidden', [403], /^permission_error$/],
    ['model-not-found', [404], /^not_found_error$/],
    ['rate-limit', [429], /^rate_limit_error$/],
    ['server', [500], /^api_error$/],
    ['filter', [400], /^invalid_request_error$/],
    ['quota', [400, 402, 403, 429], /^(invalid_request|billing|permission|rate_limit)_error$/],
    // Moonshot says so with status 429.
    ['overloaded', [429, 502, 503, 529], /^(overloaded|rate_limit)_error$/],
  ] as const;
  // What a server of any make says of itself; some make an overflow of the usual sentence.
  const broke = { kind: 'server', message: 'Something broke inside.' } as const;
  it.each(refusals)(
    'T160, T161, P16: %s keeps its meaning, streamed or not',
    async (kind, statuses, type) => {
      for (const stream of [true, false]) {
        answer({
          error: kind === 'server' ? broke : { kind, ...(kind === 'rate-limit' ? { retryAfter: 7 } : {}) },
        });
        const { answer: got, session } = await place.post({ stream });
        expect([kind, statuses.some((status) => status === got.status), got.status]).toEqual([
          kind,
          true,
          got.status,
        ]);
        const body = got.json() as { type: string; error: { type: string; message: string } };
        expect(body.type).toBe('error');
        expect(body.error.type).toMatch(type);
        expect(body.error.message.length).toBeGreaterThan(10);
        expect(body.error.message).not.toContain(place.mock.key);
        if (kind === 'rate-limit') expect(Number(got.values('retry-after')[0])).toBeGreaterThanOrEqual(7);
        expect(await world.rowOf(session)).toMatchObject({
          state: 'failed',
          status: got.status,
          costNanoUsd: 0,
        });
        await world.gateway.control.call('health.reset', {});
      }
    },
  );

  it('T54, T55: an error inside the stream before any content is an HTTP error', async () => {
    answer({ text, fault: { kind: 'error-in-stream', when: 'before', error: broke } });
    const { answer: got } = await place.post();
    expect(got.status).toBeGreaterThanOrEqual(500);
    expect(errorOf(got.json()).message).toContain('Something broke inside.');
  });

  it('T54, T144: an error inside the stream after content is an error event and no end', async () => {
    answer({ text, fault: { kind: 'error-in-stream', when: 'after', error: broke } });
    const got = await place.stream();
    expect(text.startsWith(textOf(got.content))).toBe(true);
    expect([got.error?.type, got.stopped]).toEqual(['api_error', false]);
    expect(await world.rowOf(got.session)).toMatchObject({ state: 'failed' });
  });

  it('T53, T96: a stream cut after any frame is an error, never a fake end', async () => {
    for (let after = 0; ; after++) {
      expect(after).toBeLessThan(60);
      answer({ text: 'One two three four.', pieces: 6, fault: { kind: 'cut-frames', after } });
      const { answer: got } = await place.post();
      await world.gateway.control.call('health.reset', {});
      if (got.status !== 200) {
        expect(got.status).toBeGreaterThanOrEqual(500);
        continue;
      }
      const read = collectStream(got.text());
      expect('One two three four.'.startsWith(textOf(read.content))).toBe(true);
      // With its finish reason said, what is missing behind it costs nothing of the answer.
      if (read.stopped) {
        expect([textOf(read.content), read.stopReason]).toEqual(['One two three four.', 'end_turn']);
        break;
      }
      expect(read.error).not.toBeNull();
    }
  });

  it('T53: a stream that ends cleanly without its finish reason is an error', async () => {
    answer({ text, fault: { kind: 'no-finish' } });
    const got = await place.stream();
    expect([got.error?.type, got.stopped]).toEqual(['api_error', false]);
  });

  it('P17: an empty body, a login page and garbage are errors, not answers', async () => {
    for (const fault of [{ kind: 'empty' }, { kind: 'html' }] satisfies Script['fault'][]) {
      for (const stream of [true, false]) {
        answer({ text, fault });
        const { answer: got } = await place.post({ stream });
        expect([fault.kind, stream, got.status >= 500]).toEqual([fault.kind, stream, true]);
        expect((got.json() as { type: string }).type).toBe('error');
        await world.gateway.control.call('health.reset', {});
      }
    }
    answer({ text, fault: { kind: 'garbage' } });
    const { answer: got } = await place.post();
    if (got.status === 200) {
      const read = collectStream(got.text());
      expect(text.startsWith(textOf(read.content))).toBe(true);
      expect(read.stopped ? textOf(read.content) : read.error?.type).toBe(read.stopped ? text : 'api_error');
    } else expect(got.status).toBeGreaterThanOrEqual(500);
  });

  it('T168: a client that leaves ends the upstream’s request, and what was seen is charged', async () => {
    const gate = createGate();
    const number = place.mock.seen.requests.length + 1;
    answer({ text: 'word '.repeat(40), fault: { kind: 'stall', afterFrames: 12, gate } });
    const exchange = place.open();
    await exchange.received('text_delta');
    const request = await place.mock.request(number);
    exchange.destroy();
    await request.socketClosed;
    gate.open();
    const row = await world.rowOf(exchange.session);
    expect(row).toMatchObject({ state: 'aborted', usageBasis: 'estimated', provider: name });
    expect(row.inputTokens).toBeGreaterThan(0);
    expect(row.outputTokens).toBeGreaterThan(0);
    expect(row.costNanoUsd).toBe(row.inputTokens * worldPrice.input + row.outputTokens * worldPrice.output);
  });

  it('T168: a client that leaves before the head ends the upstream’s request too, streamed or not', async () => {
    for (const stream of [true, false]) {
      const gate = createGate();
      const number = place.mock.seen.requests.length + 1;
      answer({ text, fault: { kind: 'hang', gate } });
      const exchange = place.open({ stream });
      const request = await place.mock.request(number);
      await request.bodyEnded;
      exchange.destroy();
      await request.socketClosed;
      gate.open();
      expect(await world.rowOf(exchange.session)).toMatchObject({ state: 'aborted', provider: name });
    }
  });

  it('T160, T163: a proxy’s own error page keeps its status and is said in a sentence', async () => {
    const page = '<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>';
    answer({ fault: { kind: 'status', status: 502, body: page, headers: [['content-type', 'text/html']] } });
    const { answer: got } = await place.post();
    expect([got.status, errorOf(got.json()).type]).toEqual([502, 'overloaded_error']);
    expect(errorOf(got.json()).message).not.toContain('<');
  });

  it('T9, T10, T11: images and documents of the user’s reach the model, or a note says that they do not', async () => {
    answer({ text });
    const { content } = await place.stream({
      messages: [
        user([
          png,
          {
            type: 'document',
            title: 'plan.pdf',
            source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
          },
          {
            type: 'document',
            source: { type: 'text', media_type: 'text/plain', data: 'plain words of a document' },
          },
          { type: 'text', text: 'What is this?' },
        ]),
      ],
    });
    expect(textOf(content)).toBe(text);
    const sent = lastSent(place);
    expect(sent).toMatch(/iVBORw0KGgo|image omitted/);
    expect(sent).toMatch(/JVBERi0|document .{0,20}omitted/);
    expect(sent).toContain('plain words of a document');
  });

  it('T14, T40, P14: a large body is translated like a small one, or refused as too long', async () => {
    const large = 'lorem ipsum dolor '.repeat(20_000);
    answer({ text: 'Read it all.', calls: [{ name: 'Bash', input: { command: 'wc' } }] });
    const { answer: got } = await place.post({ tools: [bash], messages: [user(large)] });
    if (got.status === 400) expect(errorOf(got.json()).message).toMatch(overflowWording);
    else {
      const collected = collectStream(got.text());
      expect([textOf(collected.content), collected.stopReason]).toEqual(['Read it all.', 'tool_use']);
      expect(lastSent(place).length).toBeGreaterThan(large.length);
    }
    await world.gateway.control.call('health.reset', {});
  });

  it('P19, T73: a count knows system, tools and images, and asks for no answer', async () => {
    const before = place.mock.seen.answered.length;
    const count = async (more: object): Promise<number> => {
      const got = await place.count(more);
      expect(got.status).toBe(200);
      return (got.json() as { input_tokens: number }).input_tokens;
    };
    const plain = await count({});
    expect(plain).toBeGreaterThan(0);
    expect(await count({ system: 'A rule. '.repeat(200) })).toBeGreaterThan(plain + 200);
    expect(await count({ tools: [{ ...read, description: 'Reads. '.repeat(200) }] })).toBeGreaterThan(
      plain + 150,
    );
    expect(place.mock.seen.answered.length).toBe(before);
  });

  it('T13, T14: long names and odd ids pass there and back', async () => {
    const long = `mcp__some_server_of_a_long_name__${'do_a_very_particular_thing_'.repeat(2)}x`.slice(0, 80);
    const tools = [{ ...bash, name: long }, read];
    answer({ text: 'first' });
    await place.stream({ tools });
    const sentName = /mcp__some[a-zA-Z0-9_-]*/.exec(lastSent(place))?.[0] ?? '';
    answer({ calls: [{ name: sentName, input: { command: 'x' } }] });
    const { content } = await place.stream({ tools, tool_choice: { type: 'auto' } });
    expect(callsOf(content).map(({ name: called }) => called)).toEqual([long]);
    answer({ text: 'second' });
    const next = await place.stream({
      tools,
      messages: [
        user('Go'),
        assistant([
          { type: 'tool_use', id: 'functions.Bash:0', name: long, input: { command: 'a' } },
          { type: 'tool_use', id: `x${'y'.repeat(80)}`, name: 'Read', input: { file_path: 'b' } },
        ]),
        user([result(`x${'y'.repeat(80)}`, 'read b'), result('functions.Bash:0', 'ran a')]),
      ],
    });
    expect(textOf(next.content)).toBe('second');
    expect(lastSent(place)).toContain('ran a');
    expect(lastSent(place)).not.toContain(long.slice(0, 70));
  });

  it('T16, T18: every tool choice is taken, and without tools none is sent', async () => {
    for (const tool_choice of [
      { type: 'auto' },
      { type: 'any' },
      { type: 'tool', name: 'Read' },
      { type: 'none' },
      { type: 'auto', disable_parallel_tool_use: true },
    ]) {
      answer({ text });
      expect(textOf((await place.stream({ tools: [bash, read], tool_choice })).content)).toBe(text);
    }
    answer({ text });
    expect(textOf((await place.stream({ tool_choice: { type: 'auto' } })).content)).toBe(text);
  });

  it('T1, T2, P8: system text reaches the model wherever it stands, without the billing line', async () => {
    answer({ text });
    const { content } = await place.stream({
      system: [
        { type: 'text', text: 'x-anthropic-billing-header: cc_version=2.1; cch=0;' },
        { type: 'text', text: 'rule one' },
        { type: 'text', text: 'rule two' },
      ],
      messages: [
        user('Hello'),
        { role: 'system', content: 'the build went red' },
        assistant('Noted.'),
        user('And now?'),
        { role: 'system', content: [{ type: 'text', text: 'the build went green' }] },
      ],
    });
    expect(textOf(content)).toBe(text);
    const sent = lastSent(place);
    for (const words of ['rule one', 'rule two', 'the build went red', 'the build went green', 'Noted.'])
      expect(sent).toContain(words);
    expect(sent).not.toContain('billing-header');
  });

  it('P12, T22: every way of asking for thinking is taken', async () => {
    for (const more of [
      { thinking: { type: 'adaptive' } },
      { thinking: { type: 'disabled' } },
      { thinking: { type: 'enabled', budget_tokens: 1024 }, max_tokens: 2000 },
      ...['low', 'medium', 'high', 'xhigh', 'max'].map((effort) => ({ output_config: { effort } })),
    ]) {
      answer({ text });
      expect(textOf((await place.stream({ ...more, tools: [bash] })).content)).toBe(text);
    }
  });

  it('T31: a prefilled answer does not break the request', async () => {
    answer({ text });
    const { content } = await place.stream({ messages: [user('Write JSON'), assistant('{"a":')] });
    expect(textOf(content)).toContain(text);
  });
});
