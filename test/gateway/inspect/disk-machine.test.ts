// Reading a computer that is against it: pipes, devices, circles of links, giant files, programs that never end.
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { diskMachine, rememberAnswers } from '../../../src/gateway/claude-code/inspect/disk-machine.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

let folder: TemporaryFolder;
const at = (name: string): string => join(folder.path, name);
beforeEach(async () => void (folder = await createTemporaryFolder()));
afterEach(() => folder.remove());

const read = (name: string, limit = 100): Promise<object> =>
  diskMachine({}, folder.path).files.read(at(name), limit);

test('what is no plain file, or too large, is refused with its reason', async () => {
  writeFileSync(at('small'), 'abc');
  writeFileSync(at('large'), 'x'.repeat(101));
  mkdirSync(at('folder'));
  symlinkSync(at('circle'), at('circle'));
  symlinkSync(at('small'), at('link'));
  symlinkSync(at('gone'), at('dangling'));
  expect(await read('small')).toEqual({ state: 'ok', bytes: Buffer.from('abc') });
  expect(await read('link')).toMatchObject({ state: 'ok' });
  expect(await read('large')).toMatchObject({
    state: 'unreadable',
    why: expect.stringContaining('larger') as string,
  });
  expect(await read('folder')).toMatchObject({ state: 'unreadable' });
  expect(await read('circle')).toEqual({ state: 'unreadable', why: 'is a link that leads in a circle' });
  expect(await read('dangling')).toEqual({ state: 'absent' });
  expect(await read('small/below')).toEqual({ state: 'absent' });
});

test.skipIf(process.platform === 'win32')(
  'a pipe nobody writes to, and a device without an end, hold nothing up',
  async () => {
    execFileSync('mkfifo', [at('pipe')]);
    symlinkSync('/dev/zero', at('zero'));
    expect(await read('pipe')).toEqual({ state: 'unreadable', why: 'is not a file' });
    expect(await read('zero')).toEqual({ state: 'unreadable', why: 'is not a file' });
  },
);

test.skipIf(process.platform === 'win32')(
  'a program gets no secrets, no shell and no more time than it was given',
  async () => {
    writeFileSync(at('say'), '#!/bin/sh\nenv\necho "$1"\n');
    writeFileSync(at('hang'), '#!/bin/sh\nexec sleep 600\n');
    for (const name of ['say', 'hang']) chmodSync(at(name), 0o755);
    const machine = diskMachine({ PATH: process.env['PATH'], ANTHROPIC_API_KEY: 'sk-secret' }, folder.path);
    const said = await machine.run(at('say'), ['$(echo x); rm -rf y'], 10_000);
    expect(said.stdout.toString()).not.toContain('sk-secret');
    expect(said.stdout.toString()).toContain('$(echo x); rm -rf y');
    expect(await machine.run(at('hang'), [], 200)).toMatchObject({ code: null });
    expect(await machine.run(at('missing'), [], 200)).toMatchObject({ code: null });
  },
);

test('answers of programs are remembered for as long as was said', async () => {
  let now = 0;
  let runs = 0;
  const machine = rememberAnswers(
    { ...diskMachine({}, folder.path), run: async () => ({ code: 0, stdout: Buffer.from(String(++runs)) }) },
    1000,
    () => now,
  );
  const ask = async (): Promise<string> => (await machine.run('p', ['a'], 1)).stdout.toString();
  expect([await ask(), await ask()]).toEqual(['1', '1']);
  now = 1001;
  expect(await ask()).toBe('2');
});
