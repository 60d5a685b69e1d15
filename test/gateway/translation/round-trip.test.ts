// Whatever is said comes through: any conversation becomes a request that the provider's own rules accept, any answer of
// the model's comes back as it was said, streamed or whole, in whatever pieces its bytes came; and an answer that was cut
// at any byte is a prefix with an error, never a shorter answer that looks whole.
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cutAtRandom, cutEvery, seededRandom } from '../../support/byte-cuts.ts';
import { patience, runs } from '../../support/long-runs.ts';
import { callerOf, type CallAnswer, type FamilyCaller } from '../../support/translated-call.ts';
import { families } from '../../support/upstreams/families.ts';
import type { Mock } from '../../support/upstreams/mock-server.ts';
import type { Script, ScriptedCall } from '../../support/upstreams/script.ts';
import { collectStream } from './answer/collect-stream.ts';
import { assistant, png, text, toolResult, toolUse, user } from './request/support.ts';

const longName = `mcp__a_server_with_a_name__${'and_a_tool_'.repeat(6)}end`;
const toolNames = ['Bash', 'Read', longName, 'odd.name/of a tool'];
const tools = toolNames.map((name) => ({
  name,
  description: `The tool ${name}.`,
  input_schema: { type: 'object', properties: { command: { type: 'string' } } },
}));

const words = fc
  .oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc.constantFrom(
      'data: [DONE]\n\n',
      '{"type":"error"}',
      'event: error\r\ndata: x',
      '</think>',
      '\\u0041"',
      'é👩‍👩‍👧世',
    ),
  )
  .filter((value) => value.trim() !== '' && value.isWellFormed());
const input = fc
  .dictionary(
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 8 }),
    fc.jsonValue({ maxDepth: 2 }),
    {
      maxKeys: 3,
      noNullPrototype: true,
    },
  )
  // As JSON carries it: no negative zero.
  .map((value) => JSON.parse(JSON.stringify(value)) as Record<string, unknown>)
  .filter((value) => !Object.hasOwn(value, '__proto__'));
const call: fc.Arbitrary<ScriptedCall> = fc.record({ name: fc.constantFrom(...toolNames), input });
const usage = fc
  .record({
    fresh: fc.integer({ min: 1, max: 90_000 }),
    read: fc.nat(90_000),
    output: fc.integer({ min: 1, max: 9_000 }),
  })
  .map(({ fresh, read, output }) => ({
    input: fresh + read,
    cacheRead: read,
    cacheWrite: 0,
    output,
    reasoning: 0,
  }));
const answerScript: fc.Arbitrary<Script> = fc
  .record({
    thinking: fc.option(words, { nil: undefined }),
    text: fc.option(words, { nil: undefined }),
    calls: fc.array(call, { maxLength: 3 }),
    usage,
    pieces: fc.integer({ min: 1, max: 50 }),
    interleave: fc.boolean(),
  })
  .filter(({ text: said, calls }) => said !== undefined || calls.length > 0)
  .map(({ thinking, text: said, ...rest }) => ({
    ...(thinking === undefined ? {} : { thinking }),
    ...(said === undefined ? {} : { text: said }),
    ...rest,
  }));

const id = fc.constantFrom('toolu_01A', 'call_2', 'functions.Bash:0', 'x'.repeat(70), 'abcdefghi');
const content = fc.oneof(
  words,
  fc.constant(null),
  fc.array(fc.oneof(words.map(text), fc.constant(png)), { maxLength: 2 }),
);
const userBlock = fc.oneof(
  words.map(text),
  fc.constant(png),
  fc.tuple(id, content, fc.boolean()).map(([of, value, is_error]) => toolResult(of, value, { is_error })),
);
const assistantBlock = fc.oneof(
  words.map(text),
  fc.tuple(id, fc.constantFrom(...toolNames), input).map(([of, name, value]) => toolUse(of, name, value)),
  fc.constant({ type: 'thinking', thinking: 'hm', signature: 'EqoBCkgIAxABGAIiQL8' }),
);
const message = fc.oneof(
  fc.array(userBlock, { maxLength: 3 }).map(user),
  words.map(user),
  fc.array(assistantBlock, { maxLength: 3 }).map((blocks) => assistant(...blocks)),
  words.map((value) => ({ role: 'system', content: value })),
);
const history = fc
  .array(message, { maxLength: 6 })
  .map((messages) => [user('start'), ...messages, user('go on')]);

type Block = Readonly<Record<string, unknown>>;

/** What was said, in order: texts joined as far as they stand together, calls without their ids. */
function said(blocks: readonly Block[]): unknown[] {
  const found: unknown[] = [];
  for (const block of blocks) {
    if (block['type'] === 'tool_use') found.push({ name: block['name'], input: block['input'] });
    else if (block['type'] === 'text') found.push(block['text']);
  }
  return found;
}

function wanted(script: Script): unknown[] {
  const calls = (script.calls ?? []).map(({ name, input: value }) => ({ name, input: value }));
  return [...(script.text === undefined ? [] : [script.text]), ...calls];
}

const bodyOf = (messages: readonly unknown[], more: object = {}): object => ({
  max_tokens: 4000,
  messages,
  tools,
  stream: true,
  ...more,
});

/** Both forms of an answer in the same words. */
function read({ status, text: body }: CallAnswer, stream: boolean) {
  if (status !== 200) throw new Error(`answered ${status}: ${body}`);
  if (!stream) {
    const whole = JSON.parse(body) as { content: Block[]; stop_reason: string; usage: Block };
    return { content: whole.content, stopReason: whole.stop_reason, usage: whole.usage };
  }
  const { content: blocks, stopReason, usage: counted, error } = collectStream(body);
  if (error !== null) throw new Error(`error event: ${error.message}`);
  return { content: blocks, stopReason, usage: counted };
}

describe.each(families.map((family) => [family.name, family] as const))('%s', (_name, family) => {
  let mock: Mock;
  let caller: FamilyCaller;
  beforeAll(async () => {
    mock = await family.start();
    caller = callerOf(family, mock);
  });
  afterAll(() => mock.close());

  const asSent = (script: Script): Script => {
    const sent = caller.sentNames(toolNames);
    return { ...script, calls: (script.calls ?? []).map((one) => ({ ...one, name: sent(one.name) })) };
  };
  const problems = (): string[] => mock.seen.problems.map(({ status, reason }) => `${status} ${reason}`);

  it(
    'T4, T7, T12, T13, T14, T29, T40, T42, T97: any conversation is accepted, and any answer comes back as it was said and goes back again',
    { timeout: patience },
    async () => {
      const both = fc.asyncProperty(history, answerScript, fc.boolean(), async (messages, script, stream) => {
        mock.answer(asSent(script));
        const first = await caller.call(bodyOf(messages, { stream }));
        expect(problems()).toEqual([]);
        const got = read(first, stream);
        expect(said(got.content)).toEqual(wanted(script));
        expect(got.stopReason).toBe((script.calls ?? []).length > 0 ? 'tool_use' : 'end_turn');
        const ids = got.content.filter(({ type }) => type === 'tool_use').map((block) => String(block['id']));
        expect(new Set(ids).size).toBe(ids.length);
        for (const one of ids) expect(one).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
        const counts = { ...script.usage, ...(family.shows.cacheReads ? {} : { cacheRead: 0 }) };
        const { input: prompt = 0, cacheRead = 0, output } = counts;
        expect(got.usage).toMatchObject({
          input_tokens: prompt - cacheRead,
          cache_read_input_tokens: cacheRead,
          output_tokens: output,
        });
        mock.answer({ text: 'and on' });
        const results = ids.toReversed().map((one, at) => toolResult(one, at === 0 ? null : `result ${at}`));
        const next = [
          ...messages,
          { role: 'assistant', content: got.content },
          user([...results, text('next')]),
        ];
        const second = await caller.call(bodyOf(next, { stream }));
        expect(problems()).toEqual([]);
        expect(said(read(second, stream).content)).toEqual(['and on']);
      });
      await fc.assert(both, { numRuns: runs(20, 5_000) });
    },
  );

  it(
    'T51, T52, T53: the pieces in which bytes come change nothing, and a cut at any byte is a prefix with an error',
    { timeout: patience },
    async () => {
      const scripts = fc.sample(answerScript, { numRuns: runs(4, 50), seed: 7 });
      for (const script of scripts) {
        const body = bodyOf([user('go on')]);
        mock.answer(asSent(script));
        const whole = read(await caller.call(body), true);
        const { bytes } = caller.recorded();
        const cuts = fc.asyncProperty(
          fc.nat(bytes.length),
          fc.nat(),
          fc.constantFrom(1, 3, 17, 400, 5000),
          fc.boolean(),
          fc.boolean(),
          async (at, seed, longest, isWhole, breaksOff) => {
            const part = isWhole ? bytes : bytes.subarray(0, at);
            const pieces = longest === 1 ? cutEvery(part, 1) : cutAtRandom(part, seededRandom(seed), longest);
            const got = await caller.replay(body, { pieces, breaksOff: breaksOff && !isWhole });
            if (got.status !== 200) {
              expect(isWhole).toBe(false);
              expect(got.status).toBeGreaterThanOrEqual(500);
              expect((JSON.parse(got.text) as { type: string }).type).toBe('error');
              return;
            }
            const collected = collectStream(got.text);
            if (isWhole || collected.stopped) {
              expect([said(collected.content), collected.stopReason]).toEqual([
                said(whole.content),
                whole.stopReason,
              ]);
              if (isWhole) expect(collected.usage).toEqual(whole.usage);
              return;
            }
            expect(collected.error).not.toBeNull();
            expectPrefix(collected.content, whole.content, collected.inputs.length);
          },
        );
        await fc.assert(cuts, { numRuns: runs(12, 100) });
      }
    },
  );
});

/** All blocks but the last are whole; the last one began like its counterpart. */
function expectPrefix(part: readonly Block[], whole: readonly Block[], closed: number): void {
  expect(part.length).toBeLessThanOrEqual(whole.length);
  part.forEach((block, at) => {
    const counterpart = whole[at] ?? {};
    expect(block['type']).toBe(counterpart['type']);
    if (block['type'] === 'text')
      expect(String(counterpart['text']).startsWith(String(block['text']))).toBe(true);
    if (block['type'] === 'thinking')
      expect(String(counterpart['thinking']).startsWith(String(block['thinking']))).toBe(true);
    if (block['type'] === 'tool_use') {
      expect(block['name']).toBe(counterpart['name']);
      // A call that was cut stays open, so that no client runs it.
      if (at < closed) expect(block['input']).toEqual(counterpart['input']);
    }
  });
}
