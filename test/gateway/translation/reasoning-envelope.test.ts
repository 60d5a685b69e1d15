// The envelope that carries a translated model's reasoning through a Claude client (T81, T87, T115).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  envelopePrefix,
  isEnvelope,
  openReasoning,
  sealReasoning,
  type ReasoningRecord,
} from '../../../src/gateway/translation/reasoning-envelope.ts';

const origin = { provider: 'azure', account: 'a1' };
const record: fc.Arbitrary<ReasoningRecord> = fc.oneof(
  fc
    .record({
      namespace: fc.string(),
      itemId: fc.option(fc.string()),
      encryptedContent: fc.option(fc.string()),
    })
    .map((data): ReasoningRecord => ({ ...origin, kind: 'openai-encrypted', data })),
  fc
    .record(
      {
        namespace: fc.string(),
        thought: fc.string(),
        text: fc.string(),
        calls: fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { noNullPrototype: true }),
      },
      { requiredKeys: ['namespace'] },
    )
    .map((data): ReasoningRecord => ({ ...origin, kind: 'gemini-signature', data })),
  fc
    .string({ unit: 'grapheme' })
    .map((text): ReasoningRecord => ({ ...origin, kind: 'reasoning-content', text, data: {} })),
);

describe('the envelope', () => {
  it('T87: gives back what was sealed', () => {
    fc.assert(
      fc.property(record, (given) => {
        expect(openReasoning(sealReasoning(given))).toEqual(given);
      }),
    );
  });

  it('T81: is tagged and needs no escaping in JSON', () => {
    fc.assert(
      fc.property(record, (given) => {
        const sealed = sealReasoning(given);
        expect(sealed.startsWith(envelopePrefix)).toBe(true);
        expect(isEnvelope(sealed)).toBe(true);
        expect(sealed).toMatch(/^[\w:-]+$/);
      }),
    );
  });

  const sealedJson = (value: unknown): string =>
    envelopePrefix + Buffer.from(JSON.stringify(value)).toString('base64url');

  it.each([
    ['a signature of Claude', 'EqoBCkYIBRgCKkA'],
    ['a blob of OpenAI', 'gAAAAABm'],
    ['nothing', ''],
    ['the prefix alone', envelopePrefix],
    ['no JSON', `${envelopePrefix}!!!!`],
    ['a list', sealedJson([])],
    ['a record without origin', sealedJson({ kind: 'reasoning-content', data: {} })],
    ['an unknown kind', sealedJson({ ...origin, kind: 'else', data: {} })],
    ['a record without data', sealedJson({ ...origin, kind: 'openai-encrypted' })],
    ['a record without namespace', sealedJson({ ...origin, kind: 'gemini-signature', data: {} })],
  ])('T82: does not open %s', (_what, signature) => {
    expect(openReasoning(signature)).toBeNull();
  });

  it('T82: of a later version is known as an envelope, though it is not opened', () => {
    expect([isEnvelope('tollgate-reasoning-v2:x'), openReasoning('tollgate-reasoning-v2:x')]).toEqual([
      true,
      null,
    ]);
    expect(isEnvelope('EqoB')).toBe(false);
  });

  it('T82: cut short it is not opened', () => {
    const sealed = sealReasoning({ ...origin, kind: 'reasoning-content', text: 'some words', data: {} });
    expect(openReasoning(sealed.slice(0, -8))).toBeNull();
  });
});
