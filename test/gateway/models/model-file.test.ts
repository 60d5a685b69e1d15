// models.json: what is written comes back; what somebody else made of it is as good as none.
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { modelFileAt } from '../../../src/gateway/models/model-file.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof createTemporaryFolder>>;
let path: string;
beforeEach(async () => {
  folder = await createTemporaryFolder('models');
  path = join(folder.path, 'models.json');
});
afterEach(() => folder.remove());

const file = () => modelFileAt(path, () => 'new');
const model = {
  id: 'm',
  name: null,
  contextWindow: 8192,
  maxOutputTokens: null,
  createdAt: '2026-01-01T00:00:00Z',
};
const lists = new Map([['oa', { fingerprint: 'f', fetchedAt: 5, models: [model] }]]);

it('what is written comes back, readable by its owner only', () => {
  file().write(lists);
  expect(file().read()).toEqual(lists);
  if (process.platform !== 'win32') expect(statSync(path).mode & 0o777).toBe(0o600);
});

it.each([
  ['no file', null],
  ['half a file', '{"version":1,"prov'],
  ['another version', '{"version":2,"providers":{}}'],
  [
    'a window that is no number',
    '{"version":1,"providers":{"oa":{"fingerprint":"","fetchedAt":1,"models":[{"id":"m"}]}}}',
  ],
])('%s is as good as none, and writing mends it', (_name, text) => {
  if (text !== null) writeFileSync(path, text);
  expect(file().read()).toEqual(new Map());
  file().write(lists);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toMatchObject({
    version: 1,
    providers: { oa: { fetchedAt: 5 } },
  });
});
