// docs/fidelity.md is what the names of the tests say, and every rule is held by a test or says why it cannot be.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  documentPath,
  notApplicable,
  readRules,
  readTests,
  rulesIn,
  writeDocument,
} from '../../scripts/fidelity.ts';

const rules = readRules();
const tests = readTests(rules);
const ids = rules.map(({ id }) => id);
const named = new Set(tests.flatMap((one) => one.rules));

test('docs/fidelity.md is fresh; `node scripts/fidelity.ts` writes it', () => {
  const isFresh = readFileSync(documentPath, 'utf8') === writeDocument(rules, tests);
  expect(isFresh, 'docs/fidelity.md is stale: run `node scripts/fidelity.ts`').toBe(true);
});

test('every rule is named by a test, or listed with the reason why none can', () => {
  expect(ids.filter((id) => !named.has(id) && notApplicable[id] === undefined)).toEqual([]);
});

test('no rule is both tested and excused, and no test names a rule that does not exist', () => {
  expect(Object.keys(notApplicable).filter((id) => named.has(id))).toEqual([]);
  expect([...named, ...Object.keys(notApplicable)].filter((id) => !ids.includes(id))).toEqual([]);
  expect(new Set(ids).size).toBe(ids.length);
});

test('ids are read one by one and in ranges, and from nothing else', () => {
  const known = new Set(ids);
  expect(rulesIn('T40–T43, P21: x', known)).toEqual(['T40', 'T41', 'T42', 'T43', 'P21']);
  expect(rulesIn('T33–T40', known)).toEqual(['T33', 'T40']);
  expect(rulesIn('GPT5, HTTP2, UTF8, trap 33, B7 and T999', known)).toEqual(['T999']);
});
