// Thinking of other models taken out of a body on its way to Claude, byte by byte (T80 to T83).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteParts } from '../../../src/gateway/lib/byte-parts.ts';
import { stripForeignThinking } from '../../../src/gateway/translation/foreign-thinking.ts';
import { sealReasoning } from '../../../src/gateway/translation/reasoning-envelope.ts';

const envelope = sealReasoning({
  provider: 'azure',
  account: 'a',
  kind: 'reasoning-content',
  text: 'x',
  data: {},
});
const claudes = 'EqoBCkYIBRgCKkAunicode/+==';
const thinking = (signature?: string | null): object => ({ type: 'thinking', thinking: 'hm é', signature });
const redacted = (data: string): object => ({ type: 'redacted_thinking', data });
const say = { type: 'text', text: 'said' };
const call = { type: 'tool_use', id: 'a', name: 'Bash', input: {} };
const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 'a', content: 'x' }] };
const bodyWith = (content: unknown, more: object = {}): object => ({
  model: 'claude-opus-5-5',
  messages: [{ role: 'user', content: 'go' }, { role: 'assistant', content }, result],
  ...more,
});
const strip = (body: unknown, space?: number): unknown =>
  JSON.parse(stripForeignThinking(Buffer.from(JSON.stringify(body, null, space))).toString());

describe('foreign thinking', () => {
  it.each([
    ['an envelope of ours', thinking(envelope)],
    ['an envelope of a later version', thinking('tollgate-reasoning-v9:abc')],
    ['encrypted content of OpenAI', thinking('gAAAAABmXYZ')],
    ['an empty signature', thinking('')],
    ['a null signature', thinking(null)],
    ['no signature', thinking(undefined)],
    ['a redacted envelope', redacted(envelope)],
    ['redacted content of OpenAI', redacted('gAAAAABmXYZ')],
  ])('T81, T82: with %s goes, texts and calls stay', (_what, block) => {
    for (const space of [undefined, 1]) {
      expect(strip(bodyWith([block, say, call]), space)).toEqual(bodyWith([say, call]));
      expect(strip(bodyWith([say, block, call, block]), space)).toEqual(bodyWith([say, call]));
      expect(strip(bodyWith([thinking(claudes), block, call]), space)).toEqual(
        bodyWith([thinking(claudes), call]),
      );
    }
  });

  it('T82: a turn that was nothing else goes whole', () => {
    expect(strip(bodyWith([thinking(envelope), redacted(envelope)]))).toEqual({
      model: 'claude-opus-5-5',
      messages: [{ role: 'user', content: 'go' }, result],
    });
  });

  it('T82: what only talks of it stays', () => {
    const quoted = JSON.stringify([thinking(''), redacted(envelope)]);
    const body = bodyWith([
      { type: 'text', text: quoted },
      { ...call, input: { signature: '', data: envelope } },
    ]);
    const bytes = Buffer.from(JSON.stringify(body));
    expect(stripForeignThinking(bytes)).toBe(bytes);
    const asked = Buffer.from(JSON.stringify({ messages: [{ role: 'user', content: [thinking('')] }] }));
    expect(stripForeignThinking(asked)).toBe(asked);
  });

  it('T80: gives back the same object where nothing is foreign', () => {
    const bytes = Buffer.from(
      JSON.stringify(
        bodyWith([thinking(claudes), redacted(claudes), say, call], { thinking: { type: 'adaptive' } }),
      ),
    );
    const parts = ByteParts.of(bytes.subarray(0, 40), bytes.subarray(40));
    expect(stripForeignThinking(parts)).toBe(parts);
    expect(stripForeignThinking(bytes)).toBe(bytes);
  });

  it('T82: takes a body in parts, wherever it was cut', () => {
    const body = bodyWith([thinking(envelope), say, call]);
    const bytes = Buffer.from(JSON.stringify(body));
    for (let cut = 1; cut < bytes.length; cut++) {
      const parts = ByteParts.of(bytes.subarray(0, cut), bytes.subarray(cut));
      expect(JSON.parse(stripForeignThinking(parts).whole().toString())).toEqual(bodyWith([say, call]));
    }
  });

  it('a body that is not JSON is left for Claude to refuse', () => {
    for (const text of [
      '',
      '[',
      '{"messages":[{"role":"assistant","content":[{"type":"thinking","signature":""',
    ]) {
      const bytes = Buffer.from(text);
      expect(stripForeignThinking(bytes)).toBe(bytes);
    }
  });
});

describe('the thinking setting', () => {
  const enabled = { thinking: { type: 'enabled', budget_tokens: 2_000 } };
  const clearing = { type: 'clear_thinking_20251015', keep: 'all' };
  const other = { type: 'clear_tool_uses_20250919' };

  it('T83: goes with the thinking of a tool turn when it is enabled', () => {
    expect(strip(bodyWith([thinking(envelope), call], enabled))).toEqual(bodyWith([call]));
    expect(strip(bodyWith([thinking(envelope), call], { ...enabled, stream: true }))).toEqual(
      bodyWith([call], { stream: true }),
    );
  });

  it('T83: takes the rule that clears thinking along, and no other rule', () => {
    const managed = (edits: unknown[]): object => ({
      ...enabled,
      context_management: { edits },
      stream: true,
    });
    expect(strip(bodyWith([thinking(envelope), call], managed([clearing])))).toEqual(
      bodyWith([call], { stream: true }),
    );
    expect(strip(bodyWith([thinking(envelope), call], managed([clearing, other])))).toEqual(
      bodyWith([call], { context_management: { edits: [other] }, stream: true }),
    );
  });

  it('T83: stays when adaptive, when the turn has no calls, and when it still begins with thinking', () => {
    const adaptive = { thinking: { type: 'adaptive' } };
    expect(strip(bodyWith([thinking(envelope), call], adaptive))).toEqual(bodyWith([call], adaptive));
    expect(strip(bodyWith([thinking(envelope), say], enabled))).toEqual(bodyWith([say], enabled));
    expect(strip(bodyWith([thinking(envelope), thinking(claudes), call], enabled))).toEqual(
      bodyWith([thinking(claudes), call], enabled),
    );
  });
});

describe('any conversation', () => {
  const block = fc.oneof(
    fc.string({ unit: 'grapheme' }).map((text) => ({ type: 'text', text })),
    fc.constantFrom(
      thinking(claudes),
      thinking('Eo+/="'),
      redacted(claudes),
      thinking(envelope),
      thinking(''),
      redacted('gAAAAA'),
      call,
    ),
    fc.jsonValue().map((input) => ({ ...call, input: { thinking: input, signature: '' } })),
  );
  const message = fc.record({
    role: fc.constantFrom('user', 'assistant'),
    content: fc.oneof(fc.string(), fc.array(block, { maxLength: 5 })),
  });
  const body = fc.record({
    system: fc.string({ unit: 'grapheme' }),
    messages: fc.array(message, { maxLength: 5 }),
    thinking: fc.constant({ type: 'adaptive' }),
  });

  const isForeign = (one: { type: string; signature?: string; data?: string }): boolean =>
    (one.type === 'thinking' && (one.signature === '' || one.signature === envelope)) ||
    (one.type === 'redacted_thinking' && one.data === 'gAAAAA');

  it('T80, T82: loses its foreign blocks and nothing else, and stays valid JSON', () => {
    fc.assert(
      fc.property(body, fc.constantFrom(undefined, 1), (given, space) => {
        const messages = given.messages.flatMap((one) => {
          if (one.role !== 'assistant' || typeof one.content === 'string') return [one];
          const content = one.content.filter((part) => !isForeign(part as { type: string }));
          return content.length === 0 && one.content.length > 0 ? [] : [{ ...one, content }];
        });
        expect(strip(given, space)).toEqual(JSON.parse(JSON.stringify({ ...given, messages })));
      }),
      { numRuns: 400 },
    );
  });

  it('T80: blocks signed by Claude keep their bytes, odd spacing and escapes included', () => {
    const space = fc.constantFrom('', ' ', '\n\t');
    fc.assert(
      fc.property(space, space, fc.constantFrom('\\u0041é', '漢\\n', '\\"}]\\\\'), (one, two, words) => {
        const signed = `{${one}"signature"${two}:${one}"EqoB+/=",${two}"type":"thinking"${one},"thinking":"${words}"${two}}`;
        const foreign = `{"type":${one}"thinking","thinking":"${words}","signature"${two}:${one}"${envelope}"}`;
        const whole = (inner: string): string =>
          `{"messages":${two}[{"role":"assistant",${one}"content":[${inner}]}]${one}}`;
        expect(stripForeignThinking(Buffer.from(whole(`${signed}${one},${two}${foreign}`))).toString()).toBe(
          whole(signed),
        );
        expect(stripForeignThinking(Buffer.from(whole(`${foreign}${one},${two}${signed}`))).toString()).toBe(
          whole(signed),
        );
      }),
    );
  });
});

it('T82: a body in any parts is treated as the same body in one', () => {
  const bodies = [
    bodyWith([thinking(envelope), say, call], { thinking: { type: 'adaptive' } }),
    bodyWith([redacted(envelope), call]),
    bodyWith([thinking(claudes), say, call], { thinking: { type: 'enabled', budget_tokens: 1 } }),
    bodyWith([say], { thinking: { type: 'adaptive' } }),
  ].map((body) => Buffer.from(JSON.stringify(body)));
  const sizes = fc.array(fc.integer({ min: 1, max: 60 }), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(fc.constantFrom(...bodies), sizes, (bytes, lengths) => {
      const parts: Buffer[] = [];
      for (let at = 0, turn = 0; at < bytes.length; turn++) {
        const length = lengths[turn % lengths.length] ?? 1;
        parts.push(bytes.subarray(at, at + length));
        at += length;
      }
      // Small parts are gathered by ByteParts itself; here they stay as they are.
      const body = new ByteParts();
      Object.defineProperty(body, 'parts', { value: parts });
      body.whole = () => bytes;
      expect(stripForeignThinking(body).whole().equals(stripForeignThinking(bytes))).toBe(true);
    }),
  );
});
