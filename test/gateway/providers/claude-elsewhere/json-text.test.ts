// Looking at JSON in place and editing it: what is taken out is gone, commas fit, and no other byte changes.
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  JsonEdits,
  JsonText,
  JsonTextError,
} from '../../../../src/gateway/providers/claude-elsewhere/json-text.ts';

const space = fc.constantFrom('', ' ', '\n', '\t ', '\r\n');
const value: fc.Arbitrary<string> = fc.oneof(
  fc.jsonValue().map((one) => JSON.stringify(one)),
  fc.constantFrom(
    '1.0',
    '12345678901234567890',
    '"\\u00e9\\/\\\\"',
    '"}],{["',
    '-0',
    '[ 1 , {"a":[]} ]',
    '{ }',
  ),
);
const name = fc.oneof(fc.string(), fc.constantFrom('a"b', 'x\\', 'ünï', 'model'));
const memberText = fc
  .tuple(name, value, space, space, space)
  .map(([key, text, a, b, c]) => ({ key, text, written: `${a}${JSON.stringify(key)}${b}:${c}${text}` }));
const object = fc
  .tuple(fc.uniqueArray(memberText, { selector: ({ key }) => key, maxLength: 6 }), space)
  .map(([members, end]) => ({ members, text: `{${members.map(({ written }) => written).join(',')}${end}}` }));

describe('JsonText', () => {
  it('finds every member with the bytes of its value (property)', () => {
    fc.assert(
      fc.property(object, ({ members, text }) => {
        const json = new JsonText(Buffer.from(text));
        const found = json.members(json.root());
        expect(found.map((member) => [member.name, json.slice(member).toString()])).toEqual(
          members.map(({ key, text: own }) => [key, own]),
        );
      }),
    );
  });

  it('finds every item of a list (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(value, space, space)), (items) => {
        const text = `[${items.map(([own, a, b]) => a + own + b).join(',')}]`;
        const json = new JsonText(Buffer.from(text));
        expect(json.items(json.root()).map((item) => json.slice(item).toString())).toEqual(
          items.map(([own]) => own),
        );
      }),
    );
  });

  it.each(['', '{', '{"a"}', '{"a":}', '{"a":1 "b":2}', '[1 2]', '{"a":"x}', '{} x', '{"a":1', 'x{'])(
    'says that %j is no JSON instead of guessing',
    (text) => {
      expect(() => {
        const json = new JsonText(Buffer.from(text));
        const root = json.root();
        json.members(root);
        json.items(root);
        if (!json.isObject(root) && !json.isArray(root)) json.parse(root);
      }).toThrow(JsonTextError);
    },
  );
});

describe('JsonEdits', () => {
  it('takes any members out and leaves valid JSON with all others as they were written (property)', () => {
    fc.assert(
      fc.property(object, fc.infiniteStream(fc.boolean()), ({ members, text }, choices) => {
        const json = new JsonText(Buffer.from(text));
        const all = json.members(json.root());
        const doomed = new Set(all.filter(() => choices.next().value === true));
        const edits = new JsonEdits();
        edits.remove(all, (member) => doomed.has(member));
        const result = new JsonText(edits.apply(json.bytes).whole());
        expect(
          result.members(result.root()).map((member) => [member.name, result.slice(member).toString()]),
        ).toEqual(
          members
            .filter((_, index) => !doomed.has(all[index] as never))
            .map(({ key, text: own }) => [key, own]),
        );
      }),
    );
  });

  it('puts marks in front of whatever is kept (property)', () => {
    fc.assert(
      fc.property(object, fc.infiniteStream(fc.boolean()), ({ text }, choices) => {
        const json = new JsonText(Buffer.from(text));
        const all = json.members(json.root());
        const doomed = new Set(all.filter(() => choices.next().value === true));
        const edits = new JsonEdits();
        edits.insertFirst(json.root(), '"first":1', doomed.size < all.length);
        edits.remove(all, (member) => doomed.has(member));
        const result = new JsonText(edits.apply(json.bytes).whole());
        const names = result.members(result.root()).map((member) => member.name);
        expect(names).toEqual([
          'first',
          ...all.filter((member) => !doomed.has(member)).map((member) => member.name),
        ]);
      }),
    );
  });
});
