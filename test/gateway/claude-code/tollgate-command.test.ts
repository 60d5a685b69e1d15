// The command lines in Claude Code's settings, run by a real shell: harmless when Tollgate is gone (trap 23), whatever
// the paths are called.
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  isSessionStartCommand,
  isStatusLineCommand,
  sessionStartCommand,
  statusLineCommand,
  type TollgateProgram,
} from '../../../src/gateway/claude-code/tollgate-command.ts';
import { runInShell } from '../../support/run-small-command.ts';
import { scrubEnvironment } from '../../support/run-tollgate.ts';
import { findClosedPort } from '../../support/fake-upstream.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';

let folder: TemporaryFolder;
let program: TollgateProgram;
beforeAll(async () => {
  folder = await createTemporaryFolder();
  const odd = join(folder.path, `it's "a" $(place) tollgate`);
  await mkdir(odd, { recursive: true });
  program = { node: process.execPath, entry: join(odd, 'tollgate.mjs'), dataDir: join(odd, 'data') };
});
afterAll(() => folder.remove());

/** Prints the words it was given. */
const echo = 'process.stdout.write(JSON.stringify(process.argv.slice(2)));';

describe.skipIf(process.platform === 'win32')('in a shell (needs /bin/sh)', () => {
  test('both run the program with its data folder, whatever the folder is called', async () => {
    await writeFile(program.entry, echo);
    const environment = scrubEnvironment(folder.path);
    const status = await runInShell(statusLineCommand(program), environment);
    expect([status.code, JSON.parse(status.stdout)]).toEqual([
      0,
      ['statusline', '--data-dir', program.dataDir],
    ]);
    const hook = await runInShell(sessionStartCommand(program), environment);
    expect([hook.code, JSON.parse(hook.stdout)]).toEqual([
      0,
      ['session-start', '--data-dir', program.dataDir],
    ]);
  });

  test('trap 23: gone from the disk, the status line is empty and the hook says that nothing answers', async () => {
    const gone = { ...program, entry: join(folder.path, 'gone', 'tollgate.mjs') };
    const address = `http://127.0.0.1:${await findClosedPort()}`;
    const environment = scrubEnvironment(folder.path, { ANTHROPIC_BASE_URL: address });
    expect(await runInShell(statusLineCommand(gone), environment)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const hook = await runInShell(sessionStartCommand(gone), environment);
    expect([hook.code, hook.stderr]).toEqual([0, '']);
    expect((JSON.parse(hook.stdout) as { systemMessage: string }).systemMessage).toContain('nothing answers');
  });

  test('gone, but something answers, or the address is nobody’s business: not a word', async () => {
    const gone = { ...program, entry: join(folder.path, 'gone', 'tollgate.mjs') };
    const server = createServer((_request, response) => response.end('{"ok":true}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    for (const url of [`http://127.0.0.1:${port}`, 'https://gateway.example.com', '']) {
      const environment = scrubEnvironment(folder.path, { ANTHROPIC_BASE_URL: url });
      expect([url, await runInShell(sessionStartCommand(gone), environment)]).toEqual([
        url,
        { code: 0, stdout: '', stderr: '' },
      ]);
    }
    server.close();
  });

  test('the packaged app: no gateway, no line, no error; the hook starts it only when a loopback address is dead', async () => {
    const app = join(folder.path, 'Tollgate');
    await writeFile(app, '#!/bin/sh\necho "$@"\n', { mode: 0o700 });
    const packaged: TollgateProgram = { ...program, node: null, entry: app };
    const environment = scrubEnvironment(folder.path);
    expect(await runInShell(statusLineCommand(packaged), environment)).toEqual({
      code: 0,
      stdout: '',
      stderr: '',
    });
    const dead = `http://127.0.0.1:${await findClosedPort()}`;
    const hook = (url: string) =>
      runInShell(sessionStartCommand(packaged), { ...environment, ANTHROPIC_BASE_URL: url });
    expect((await hook(dead)).stdout).toBe(`--session-start --data-dir ${program.dataDir}\n`);
    for (const url of ['https://gateway.example.com', ''])
      expect([url, await hook(url)]).toEqual([url, { code: 0, stdout: '', stderr: '' }]);
  });
});

test('commands of Tollgate are known again, of whatever version and place, and others are not', () => {
  const app: TollgateProgram = {
    ...program,
    node: null,
    entry: '/Applications/Tollgate.app/Contents/MacOS/Tollgate',
  };
  for (const one of [program, app]) {
    expect(isStatusLineCommand(statusLineCommand(one))).toBe(true);
    expect(isSessionStartCommand(sessionStartCommand(one))).toBe(true);
    expect(isStatusLineCommand(sessionStartCommand(one))).toBe(false);
    expect(isSessionStartCommand(statusLineCommand(one))).toBe(false);
  }
  for (const other of [
    '~/.claude/statusline.sh',
    'npx ccstatusline',
    'echo tollgate',
    'headroom session-start',
  ]) {
    expect([other, isStatusLineCommand(other), isSessionStartCommand(other)]).toEqual([other, false, false]);
  }
});

test('on Windows the paths are written as Git’s shell reads them', () => {
  const command = statusLineCommand({
    node: 'C:\\Program Files\\nodejs\\node.exe',
    entry: 'C:\\Users\\me\\tollgate\\bin\\tollgate.mjs',
    dataDir: 'C:\\Users\\me\\AppData\\Local\\tollgate',
  });
  expect(command).toContain(
    `'C:/Program Files/nodejs/node.exe' 'C:/Users/me/tollgate/bin/tollgate.mjs' statusline`,
  );
});
