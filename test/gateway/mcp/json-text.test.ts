// Texts are taken apart and put together without a change to what they hold (R29).
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  elementTexts,
  memberText,
  memberTexts,
  withMember,
} from '../../../src/gateway/mcp/wire/json-text.ts';

/** JSON texts of objects, with white space where it may be, escapes, and doubled keys now and then. */
const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n');
const value = fc.jsonValue().map((one) => JSON.stringify(one));
const key = fc.oneof(fc.constantFrom('name', '_meta', 'a"b', 'ä', '\\', ''), fc.string({ maxLength: 8 }));
const object = fc
  .array(fc.tuple(key, value, space, space, space), { maxLength: 6 })
  .map(
    (members) =>
      `{${members.map(([name, text, one, two, three]) => `${one}${JSON.stringify(name)}${two}:${three}${text}${one}`).join(',')}}`,
  );

describe('an object’s text', () => {
  it('gives each member as a parser reads it, and as it was written', () => {
    fc.assert(
      fc.property(object, (text) => {
        const parsed = JSON.parse(text) as Record<string, unknown>;
        const members = memberTexts(text);
        for (const [, part] of members) expect(text).toContain(part);
        expect(new Set(members.map(([name]) => name))).toEqual(new Set(Object.keys(parsed)));
        for (const [name] of members)
          expect(JSON.parse(memberText(text, name) ?? 'null')).toEqual(parsed[name]);
        expect(memberText(text, 'no such key at all')).toBeNull();
      }),
    );
  });

  it('changes in one member only, which then stands once at most', () => {
    fc.assert(
      fc.property(object, key, fc.option(value), (text, name, next) => {
        const changed = withMember(text, name, next);
        const others = (one: string): [string, string][] => memberTexts(one).filter(([own]) => own !== name);
        expect(others(changed)).toEqual(others(text));
        const mine = memberTexts(changed).filter(([own]) => own === name);
        expect(mine).toEqual(next === null ? [] : [[name, next]]);
        if (name !== '__proto__' && next !== null)
          expect((JSON.parse(changed) as Record<string, unknown>)[name]).toEqual(JSON.parse(next));
      }),
    );
  });

  it('keeps numbers and spellings that a parse would change', () => {
    const text = '{ "a" : 1.0, "b":12345678901234567890 ,"c":"\\u0041\\/" }';
    expect(withMember(text, 'd', '1e400')).toBe(
      '{ "a" : 1.0, "b":12345678901234567890,"d":1e400 ,"c":"\\u0041\\/" }'.replace(
        ',"d":1e400 ,"c":"\\u0041\\/" }',
        ' ,"c":"\\u0041\\/","d":1e400 }',
      ),
    );
    expect(withMember(text, 'a', '2')).toBe('{ "a" : 2, "b":12345678901234567890 ,"c":"\\u0041\\/" }');
  });
});

describe('an array’s text', () => {
  it('gives its elements as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, space)), (elements) => {
        const text = `[${elements.map(([one, around]) => around + one + around).join(',')}]`;
        expect(elementTexts(text)).toEqual(elements.map(([one]) => one));
      }),
    );
  });
});
