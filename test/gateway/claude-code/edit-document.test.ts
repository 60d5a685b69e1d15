// The look of an edit (trap 9): new keys are laid out like their neighbours, and taking them out leaves the text of before.
import { expect, test } from 'vitest';
import { assertOnlyOursChanged } from '../../../src/gateway/claude-code/assert-edit.ts';
import { property, removeEntry, setEntry } from '../../../src/gateway/claude-code/settings-entries.ts';
import type { Address } from '../../../src/gateway/claude-code/settings-entries.ts';

const setEnvKey = (text: string | null, name: string, raw: string): string =>
  setEntry(text, 'json', property('env', name), { raw });
const removeEnvKey = (text: string, name: string): string => removeEntry(text, 'json', property('env', name));
const set = (text: string | null): string => setEnvKey(setEnvKey(text, 'A', '"1"'), 'B', '"2"');

test.each([
  ['no file', null, '{\n  "env": {\n    "A": "1",\n    "B": "2"\n  }\n}\n'],
  ['blank', '\r\n', '{\r\n  "env": {\r\n    "A": "1",\r\n    "B": "2"\r\n  }\r\n}\r\n'],
  [
    'one line, tight',
    '{"x":1,"env":{"O":"o"},"z":[1, 2]}',
    '{"x":1,"env":{"O":"o","A":"1","B":"2"},"z":[1, 2]}',
  ],
  ['one line, no env', '{"x":1}', '{"x":1,"env":{"A":"1","B":"2"}}'],
  ['one line, airy', '{"x": 1, "env": {"O": "o"}}', '{"x": 1, "env": {"O": "o", "A": "1", "B": "2"}}'],
  [
    'one line inside many',
    '{\n  "env": { "O": "o" },\n  "x": 1\n}',
    '{\n  "env": { "O": "o", "A": "1", "B": "2" },\n  "x": 1\n}',
  ],
  [
    'four spaces',
    '{\n    "x": 1\n}',
    '{\n    "x": 1,\n    "env": {\n        "A": "1",\n        "B": "2"\n    }\n}',
  ],
  [
    'tabs',
    '{\n\t"env": {\n\t\t"O": "o"\n\t}\n}',
    '{\n\t"env": {\n\t\t"O": "o",\n\t\t"A": "1",\n\t\t"B": "2"\n\t}\n}',
  ],
  [
    'blank lines',
    '{\n  "x": 1,\n\n  "y": 2\n\n}',
    '{\n  "x": 1,\n\n  "y": 2,\n  "env": {\n    "A": "1",\n    "B": "2"\n  }\n\n}',
  ],
  ['comma first', '{ "x": 1\n, "y": 2\n}', '{ "x": 1\n, "y": 2\n, "env": {"A": "1", "B": "2"}\n}'],
  [
    'colons in a column',
    '{\n  "env": {\n    "O"   : "o"\n  }\n}',
    '{\n  "env": {\n    "O"   : "o",\n    "A"   : "1",\n    "B"   : "2"\n  }\n}',
  ],
  ['an escaped name', '{"\\u0065nv":{"O":"o"}}', '{"\\u0065nv":{"O":"o","A":"1","B":"2"}}'],
])('trap 9: %s', (_, before, after) => {
  expect(set(before)).toBe(after);
});

test('trap 9: a value is replaced in place, its neighbours keep every byte', () => {
  const text = '{ "env" : {"A":"old" ,"\\u0042":  "b"},\n"x":1.0}';
  expect(setEnvKey(text, 'A', '"new"')).toBe('{ "env" : {"A":"new" ,"\\u0042":  "b"},\n"x":1.0}');
  expect(setEnvKey(text, 'B', '"new"')).toBe('{ "env" : {"A":"old" ,"\\u0042":  "new"},\n"x":1.0}');
});

test('a key is removed with one comma, wherever it stands', () => {
  const text = '{"env":{\n "A":"1",\n "B":"2",\n "C":"3"\n}}';
  expect(removeEnvKey(text, 'A')).toBe('{"env":{\n "B":"2",\n "C":"3"\n}}');
  expect(removeEnvKey(text, 'B')).toBe('{"env":{\n "A":"1",\n "C":"3"\n}}');
  expect(removeEnvKey(text, 'C')).toBe('{"env":{\n "A":"1",\n "B":"2"\n}}');
  expect(removeEnvKey('{"env":{ "A":"1" }}', 'A')).toBe('{"env":{}}');
  expect(removeEnvKey('{"env":{}}', 'A')).toBe('{"env":{}}');
});

test('the last guard refuses a text in which anything else differs, order included', () => {
  const text = '{"x":1,"y":2,"env":{"A":"1","O":"o"}}';
  const guard = (after: string) => () => assertOnlyOursChanged('json', text, after, [property('env', 'A')]);
  expect(guard('{"x":1,"y":2,"env":{"O":"o"}}')).not.toThrow();
  expect(guard('{"env":{"O":"o"},"x":1,"y":2}')).toThrow(/fault of Tollgate/);
  expect(guard('{"x":1,"y":3,"env":{"O":"o"}}')).toThrow(/fault of Tollgate/);
  expect(guard('{"y":2,"x":1,"env":{"O":"o"}}')).toThrow(/fault of Tollgate/);
  expect(guard('{"x":1,"y":2.0,"env":{"O":"o"}}')).toThrow(/fault of Tollgate/);
  expect(guard('{"x":1,"y":2,"env":{}}')).toThrow(/fault of Tollgate/);
  expect(guard('{"x":1,"y":2,"env":{"O":"o"}')).toThrow();
});

test('the last guard refuses to lose a comment', () => {
  const guard = (after: string) => () =>
    assertOnlyOursChanged('jsonc', '{"x":1, // mine\n"y":2}', after, [property('z')]);
  expect(guard('{"x":1, // mine\n"y":2,"z":3}')).not.toThrow();
  expect(guard('{"x":1,"y":2,"z":3}')).toThrow(/fault of Tollgate/);
});

const variable = (name: string): Address => ({ kind: 'named', path: ['vars'], name });

test.each([
  [
    'no file',
    null,
    '{\n  "vars": [\n    { "name": "A", "value": "1" },\n    { "name": "B", "value": "2" }\n  ]\n}\n',
  ],
  [
    'comments and a comma at the end',
    '{\n  "x": 1, // one\n  // the end\n}\n',
    '{\n  "x": 1, // one\n  "vars": [\n    { "name": "A", "value": "1" },\n    { "name": "B", "value": "2" }\n  ],\n  // the end\n}\n',
  ],
  [
    'a comment behind the last value',
    '{\n  "x": 1 // one\n}\n',
    '{\n  "x": 1, // one\n  "vars": [\n    { "name": "A", "value": "1" },\n    { "name": "B", "value": "2" }\n  ]\n}\n',
  ],
  [
    'a list with comments and a comma at the end',
    '{\n  "vars": [\n    { "name": "O", "value": "o" }, // mine\n  ],\n}',
    '{\n  "vars": [\n    { "name": "O", "value": "o" }, // mine\n    { "name": "A", "value": "1" },\n    { "name": "B", "value": "2" },\n  ],\n}',
  ],
  [
    'a list with a comment only',
    '{ "vars": [ /* none */ ] }',
    '{ "vars": [ /* none */ { "name": "A", "value": "1" }, { "name": "B", "value": "2" } ] }',
  ],
  ['one line', '{"vars":[]}', '{"vars":[{"name":"A","value":"1"},{"name":"B","value":"2"}]}'],
  [
    'comments only',
    '// nothing yet',
    '// nothing yet\n{\n  "vars": [\n    { "name": "A", "value": "1" },\n    { "name": "B", "value": "2" }\n  ]\n}\n',
  ],
])('trap 9: JSON with comments, %s; taking both out again leaves the text of before', (_, before, after) => {
  const one = setEntry(before, 'jsonc', variable('A'), { value: '1' });
  const both = setEntry(one, 'jsonc', variable('B'), { value: '2' });
  expect(both).toBe(after);
  const taken = ['A', 'B'].reduce((text, name) => removeEntry(text, 'jsonc', variable(name)), both);
  const container = removeEntry(taken, 'jsonc', property('vars'));
  if (before === null) expect(container).toBe('{}\n');
  else if (before.startsWith('//')) expect(container).toBe(`${before}\n{}\n`);
  else expect([container, taken]).toContain(before);
});

test('trap 9: a comment at the end of the line before never swallows what follows a removed member', () => {
  const text = '{\n  "x": 1, // one\n  "A": 2}';
  expect(JSON.parse(removeEntry(text, 'jsonc', property('A')).replace('// one', ''))).toEqual({ x: 1 });
});
