// `tollgate connect` and `disconnect` from outside: the real command on a real home, with and without a running gateway.
import { existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { TakeOverResult } from '../../src/contract/connect.ts';
import { runTollgate, scrubEnvironment } from '../support/run-tollgate.ts';
import type { CommandResult, Environment } from '../support/run-tollgate.ts';
import { startGateway } from '../support/start-gateway.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import type { TemporaryFolder } from '../support/temporary-folder.ts';

const ORIGINAL =
  '{\r\n\t"theme": "dark",\r\n\t"env": { "ANTHROPIC_API_KEY": "sk-ant-api03-0123456789abcd" }\r\n}';

/** Every file under a folder with its content and mode. */
function listTree(folder: string): Map<string, string> {
  const found = new Map<string, string>();
  const walk = (path: string): void => {
    for (const name of readdirSync(path)) {
      const inner = join(path, name);
      const stats = lstatSync(inner);
      if (stats.isDirectory()) walk(inner);
      found.set(inner, `${stats.mode} ${stats.mtimeMs} ${stats.isFile() ? readFileSync(inner, 'hex') : ''}`);
    }
  };
  if (existsSync(folder)) walk(folder);
  return found;
}

describe('without a gateway', () => {
  let folder: TemporaryFolder;
  let home: string;
  let settingsPath: string;
  let environment: Environment;
  beforeEach(async () => {
    folder = await createTemporaryFolder('tollgate-connect');
    home = join(folder.path, 'home');
    settingsPath = join(home, '.claude', 'settings.json');
    mkdirSync(join(home, '.claude'), { recursive: true });
    mkdirSync(join(home, '.config', 'Code', 'User'), { recursive: true });
    writeFileSync(settingsPath, ORIGINAL);
    // No `claude` of this machine's may be found.
    environment = scrubEnvironment(home, { PATH: '/nonexistent', CLAUDE_CONFIG_DIR: '' });
  });
  afterEach(() => folder.remove());
  const run = (...args: string[]): Promise<CommandResult> =>
    runTollgate([...args, '--data-dir', join(folder.path, 'data')], environment);
  const json = async (...args: string[]): Promise<TakeOverResult> => {
    const { code, stdout, stderr } = await run(...args, '--json');
    expect([code, stderr]).toEqual([0, '']);
    return TakeOverResult.parse(JSON.parse(stdout));
  };

  test('trap 29: a dry run writes nothing at all, not even a data folder, and shows no secret', async () => {
    const before = listTree(folder.path);
    const { code, stdout } = await run('connect', '--dry-run', '--vscode', '--status-line');
    expect(code).toBe(0);
    expect(await run('disconnect', '--dry-run')).toMatchObject({ code: 0 });
    expect(listTree(folder.path)).toEqual(before);
    expect(stdout).not.toContain('sk-ant-api03');
    expect(stdout).not.toMatch(/tg-\w{4,}/);
    expect(stdout).toContain('+++ ' + settingsPath);
    expect(stdout).toContain('"ANTHROPIC_AUTH_TOKEN": "tg-…"');
    expect(stdout).toContain('Claude Code sends its requests to Tollgate.');
    expect(stdout).toMatch(/Nothing was written\. "tollgate connect" makes this change\.\n$/);
  });

  test('connect and disconnect, everything chosen: every file comes back to the byte (trap 1)', async () => {
    const editor = join(home, '.config', 'Code', 'User', 'settings.json');
    writeFileSync(editor, '// mine\n{ "x": 1, }\n');
    const result = await json('connect', '--vscode', '--status-line');
    expect(result.files.map(({ surface, applied }) => [surface, applied])).toEqual([
      ['settings', true],
      ['vscode', true],
      ['mcp', true],
    ]);
    expect(result.notes.join()).toContain('No Tollgate runs yet');
    expect(JSON.stringify(result)).not.toContain('sk-ant-api03');
    expect((await json('connect')).applied).toBe(false);
    expect((await json('disconnect')).applied).toBe(true);
    expect(readFileSync(settingsPath, 'utf8')).toBe(ORIGINAL);
    expect(readFileSync(editor, 'utf8')).toBe('// mine\n{ "x": 1, }\n');
    expect(readdirSync(home).sort()).toEqual(['.claude', '.config']);
    expect(readdirSync(join(home, '.claude'))).toEqual(['settings.json']);
  });

  test('disconnect works with a broken config.json, and with the data folder gone (trap 23)', async () => {
    await json('connect');
    writeFileSync(join(folder.path, 'data', 'config.json'), '{ broken');
    await json('disconnect');
    expect(readFileSync(settingsPath, 'utf8')).toBe(ORIGINAL);
    await json('connect', '--credential', 'login');
    rmSync(join(folder.path, 'data'), { recursive: true });
    await json('disconnect');
    expect(readFileSync(settingsPath, 'utf8')).toBe(ORIGINAL);
    expect(readdirSync(home).sort()).toEqual(['.claude', '.config']);
  });

  test('trap 8: a broken file is refused with exit 2, one line with its place, and stays', async () => {
    writeFileSync(settingsPath, '{\n  "a": 1,\n}');
    for (const command of ['connect', 'disconnect']) {
      const { code, stderr } = await run(command);
      expect(code).toBe(2);
      expect(stderr).toBe(
        `tollgate: ${settingsPath}, line 2, column 9: a comma with nothing behind it; remove it. The file was left alone; try again when that is done.\n`,
      );
    }
    expect(readFileSync(settingsPath, 'utf8')).toBe('{\n  "a": 1,\n}');
  });

  test('the commands that are written run in a shell that knows nothing, and say nothing when all is well', async () => {
    await json('connect', '--status-line');
    const settings = JSON.parse(readFileSync(settingsPath, 'utf8')) as { statusLine: { command: string } };
    expect(settings.statusLine.command).toContain('statusline');
    expect(settings.statusLine.command).toMatch(/'\/[^']*tollgate\.mjs'/);
  });

  test('an unknown credential is refused', async () => {
    expect(await run('connect', '--credential', 'password')).toMatchObject({ code: 2 });
    expect(readFileSync(settingsPath, 'utf8')).toBe(ORIGINAL);
  });
});

test('with a gateway: the command and the window agree, and what was shown is what is written', async () => {
  const gateway = await startGateway({ environment: { PATH: '/nonexistent' } });
  try {
    const settingsPath = join(gateway.home, '.claude', 'settings.json');
    mkdirSync(join(gateway.home, '.claude'), { recursive: true });
    writeFileSync(settingsPath, ORIGINAL);
    const { control } = gateway;
    const options = { credential: 'login', statusLine: true } as const;
    const shown = await control.call('claude.connect', { dryRun: true, options });
    expect(readFileSync(settingsPath, 'utf8')).toBe(ORIGINAL);
    expect(shown.keys.map(({ name }) => name)).toContain('env.ANTHROPIC_CUSTOM_HEADERS');
    writeFileSync(settingsPath, `${ORIGINAL}\n`);
    const late = control.call('claude.connect', { dryRun: false, basedOn: shown.basedOn, options });
    await expect(late).rejects.toThrow(/changed by somebody else/);
    const again = await control.call('claude.connect', { dryRun: true, options });
    expect(
      await control.call('claude.connect', { dryRun: false, basedOn: again.basedOn, options }),
    ).toMatchObject({ applied: true, basedOn: again.basedOn });
    const { env } = JSON.parse(readFileSync(settingsPath, 'utf8')) as { env: Record<string, string> };
    expect(env['ANTHROPIC_BASE_URL']).toBe(gateway.url);
    expect(env['ANTHROPIC_CUSTOM_HEADERS']).toBe(`x-tollgate-key: ${gateway.ready.clientKey}`);
    const connected = JSON.parse((await gateway.run('connect', '--json')).stdout) as TakeOverResult;
    expect(connected).toMatchObject({ applied: false, options: { credential: 'login', statusLine: true } });
    await gateway.stop();
    expect(await gateway.run('disconnect')).toMatchObject({ code: 0 });
    expect(readFileSync(settingsPath, 'utf8')).toBe(`${ORIGINAL}\n`);
  } finally {
    await gateway.dispose();
  }
});
