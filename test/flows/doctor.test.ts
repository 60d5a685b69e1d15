// `tollgate doctor` from outside, against a gateway that really runs, one that was killed, and none at all: what it says, how
// it ends, what its mends do, and that looking writes nothing (traps 15, 16, 18, 23, 24, 28, 29).
import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { DoctorReport, MendResult } from '../../src/contract/doctor.ts';
import { runTollgate, scrubEnvironment, type CommandResult } from '../support/run-tollgate.ts';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../support/temporary-folder.ts';

/** Path, kind, mode, time and content of everything under a folder. */
async function pictureOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  const lines = names.map(async (name) => {
    const path = join(folder, name);
    const facts = await lstat(path);
    const content = facts.isFile()
      ? createHash('sha256')
          .update(await readFile(path))
          .digest('hex')
      : '';
    return `${name} ${facts.mode} ${facts.mtimeMs} ${content}`;
  });
  return (await Promise.all(lines)).sort();
}

const reportOf = ({ stdout }: CommandResult): DoctorReport => DoctorReport.parse(JSON.parse(stdout));
const codesOf = (result: CommandResult): string[] =>
  reportOf(result).findings.map(({ severity, code }) => `${severity} ${code}`);

describe('with a running gateway', () => {
  let gateway: TestGateway;
  let settingsPath: string;
  let connected: string;
  const original = '{\n  "model": "opus"\n}\n';
  const codes = async (): Promise<string[]> =>
    (await gateway.control.call('doctor.run', {})).findings.map(
      ({ severity, code }) => `${severity} ${code}`,
    );
  const setEnv = async (change: Record<string, string>): Promise<void> => {
    const settings = JSON.parse(connected) as { env: Record<string, string> };
    const text = JSON.stringify({ ...settings, env: { ...settings.env, ...change } }, null, 2);
    await writeFile(settingsPath, `${text}\n`);
  };

  beforeAll(async () => {
    gateway = await startGateway();
    settingsPath = join(gateway.home, '.claude', 'settings.json');
    await mkdir(join(gateway.home, '.claude'), { recursive: true });
    await writeFile(settingsPath, original);
    await gateway.control.call('claude.connect', { dryRun: false, options: { mcp: false } });
    connected = await readFile(settingsPath, 'utf8');
  });
  afterAll(() => gateway.dispose());
  beforeEach(() => writeFile(settingsPath, connected));

  test('a clean, connected computer: nothing is found, exit code 0, and trap 29: nothing is written', async () => {
    // The gateway itself writes into its data folder at any time; all else must stay as it is.
    const outside = async (): Promise<string[]> =>
      (await pictureOf(gateway.home)).filter((line) => !line.startsWith('data'));
    const before = await outside();
    const result = await gateway.run('doctor', '--json');
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(codesOf(result)).toEqual([]);
    expect((await gateway.run('doctor')).stdout).toContain('Nothing is wrong.');
    expect(await codes()).toEqual([]);
    await gateway.control.call('claude.inspect', {});
    expect(await outside()).toEqual(before);
  });

  test('a doubled /v1 is found by both ways and mended by Control, after its diff was shown', async () => {
    await setEnv({ ANTHROPIC_BASE_URL: `${gateway.url}/v1` });
    expect(await gateway.run('doctor')).toMatchObject({ code: 1 });
    const [finding] = (await gateway.control.call('doctor.run', {})).findings;
    expect(finding).toMatchObject({ id: 'doubled-v1', severity: 'error', mend: { hasDiff: true } });
    const shown = await gateway.control.call('doctor.mend', { id: 'doubled-v1', dryRun: true });
    expect(shown.applied).toBe(false);
    expect(shown.diff).toContain(`-    "ANTHROPIC_BASE_URL": "${gateway.url}/v1"`);
    const basedOn = shown.basedOn ?? '';
    expect(
      await gateway.control.call('doctor.mend', { id: 'doubled-v1', dryRun: false, basedOn }),
    ).toMatchObject({ applied: true });
    expect(JSON.parse(await readFile(settingsPath, 'utf8'))).toEqual(JSON.parse(connected));
    expect(await codes()).toEqual([]);
  });

  test('a mend whose diff no longer holds is refused', async () => {
    await setEnv({ ANTHROPIC_BASE_URL: `${gateway.url}/v1` });
    const shown = await gateway.control.call('doctor.mend', { id: 'doubled-v1', dryRun: true });
    await setEnv({ ANTHROPIC_BASE_URL: `${gateway.url}/v1`, MY_OWN: '1' });
    const changed = await readFile(settingsPath, 'utf8');
    const basedOn = shown.basedOn ?? '';
    await expect(
      gateway.control.call('doctor.mend', { id: 'doubled-v1', dryRun: false, basedOn }),
    ).rejects.toThrow(/409/);
    expect(await readFile(settingsPath, 'utf8')).toBe(changed);
  });

  test('a finding that is gone, or never was, cannot be mended', async () => {
    await expect(gateway.control.call('doctor.mend', { id: 'doubled-v1', dryRun: false })).rejects.toThrow(
      /404/,
    );
    expect(await gateway.run('doctor', '--mend', 'doubled-v1')).toMatchObject({ code: 2 });
  });

  test('trap 18: a project that routes around is in the doctor and in the status', async () => {
    const project = join(gateway.home, 'work');
    const state = join(gateway.home, '.claude', '.claude.json');
    await mkdir(join(project, '.claude'), { recursive: true });
    await writeFile(
      join(project, '.claude', 'settings.json'),
      '{"env":{"ANTHROPIC_BASE_URL":"https://api.anthropic.com"}}',
    );
    await writeFile(state, JSON.stringify({ projects: { [project]: {} } }));
    try {
      expect(await codes()).toEqual(['warning project-routes-around']);
      const { claudeCode } = await gateway.control.call('status.get', {});
      expect(claudeCode.note).toContain(
        `except in one project, whose own settings send them elsewhere: ${project}`,
      );
    } finally {
      await rm(state);
    }
  });

  test('trap 15: settings set back by hand are noticed, and connected again by one mend', async () => {
    await writeFile(settingsPath, original);
    expect(await codes()).toEqual(['warning settings-drifted']);
    expect((await gateway.run('doctor', '--mend', 'settings-drifted')).stdout).toContain('Done.');
    expect(await readFile(settingsPath, 'utf8')).toBe(connected);
  });

  test('a data folder that others may read is made private by one mend', async () => {
    await chmod(gateway.dataDir, 0o755);
    expect(await codes()).toEqual(['warning data-folder-open']);
    const mended = await gateway.run('doctor', '--json', '--mend', 'data-folder-open');
    expect(MendResult.parse(JSON.parse(mended.stdout))).toMatchObject({ applied: true, diff: '' });
    expect((await stat(gateway.dataDir)).mode & 0o777).toBe(0o700);
    expect(await codes()).toEqual([]);
  });

  test('a key that was revoked, and a second credential', async () => {
    await setEnv({
      ANTHROPIC_AUTH_TOKEN: 'tg-AAAAAAAAAAAAAAAAAAAAAAAAAAAA0000',
      ANTHROPIC_API_KEY: 'sk-ant-0123456789',
    });
    expect(await codes()).toEqual(['error key-refused', 'warning two-credentials']);
    expect(JSON.stringify(await gateway.control.call('doctor.run', {}))).not.toContain('sk-ant-0123456789');
  });

  test('trap 24, trap 23: a killed gateway, a stranger at its port, then nobody; one mend gives back to the byte', async () => {
    const { port } = new URL(gateway.url);
    await gateway.kill9();
    const silent = createServer(() => undefined);
    await new Promise<void>((done) => silent.listen(Number(port), '127.0.0.1', done));
    try {
      const { findings } = reportOf(await gateway.run('doctor', '--json'));
      expect(findings.map(({ code }) => code)).toEqual(['stranger-at-address']);
      // Where the system tells, the program is named: it is the one that runs this test.
      if (process.platform === 'linux') expect(findings[0]?.cause).toContain(`(process ${process.pid})`);
    } finally {
      silent.close();
    }
    const before = await pictureOf(gateway.home);
    const result = await gateway.run('doctor', '--json');
    expect(result.code).toBe(1);
    expect(codesOf(result)).toEqual(['error gateway-not-running']);
    expect(await pictureOf(gateway.home)).toEqual(before);
    expect((await gateway.run('doctor', '--mend', 'gateway-not-running')).stdout).toContain('Done.');
    expect(await readFile(settingsPath, 'utf8')).toBe(original);
  });
});

describe('without a gateway', () => {
  let folder: TemporaryFolder;
  let dataDir: string;
  const run = (environment: Record<string, string> = {}): Promise<CommandResult> =>
    runTollgate(['doctor', '--json', '--data-dir', dataDir], scrubEnvironment(folder.path, environment));

  beforeEach(async () => {
    folder = await createTemporaryFolder();
    dataDir = join(folder.path, 'data');
  });
  afterEach(() => folder.remove());

  test('an empty home: nothing is wrong, and not even a folder is made', async () => {
    expect(await run()).toMatchObject({ code: 0, stderr: '' });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test('a config with a typing error, a ledger of a newer Tollgate, and one that is none', async () => {
    await mkdir(dataDir, { mode: 0o700 });
    await writeFile(join(dataDir, 'config.json'), '{ "version": 1, "provider": [] }');
    const ledger = Buffer.alloc(4096);
    ledger.write('SQLite format 3\0', 'latin1');
    ledger.writeUInt32BE(99_999, 60);
    await writeFile(join(dataDir, 'ledger.db'), ledger, { mode: 0o600 });
    const before = await pictureOf(folder.path);
    const { findings } = reportOf(await run());
    expect(findings.map(({ code }) => code)).toEqual(['config-invalid', 'ledger-unusable']);
    expect(findings[0]?.evidence[0]).toContain('provider: there is no such setting');
    expect(findings[1]?.cause).toContain('newer Tollgate (schema 99999');
    expect(await pictureOf(folder.path)).toEqual(before);
    await writeFile(join(dataDir, 'ledger.db'), 'not a database', { mode: 0o600 });
    expect(reportOf(await run()).findings.map(({ cause }) => cause)).toContain(
      'The file is not a database, or it is damaged.',
    );
  });

  test('trap 16: what another tool left in the settings is dead and named; trap 8: a broken file has its place', async () => {
    const settings = join(folder.path, '.claude', 'settings.json');
    const gone = createServer();
    await new Promise<void>((done) => gone.listen(0, '127.0.0.1', done));
    const { port } = gone.address() as AddressInfo;
    await new Promise<void>((done) => gone.close(() => done()));
    await mkdir(join(folder.path, '.claude'));
    await writeFile(
      settings,
      JSON.stringify({
        env: { ANTHROPIC_BASE_URL: `http://127.0.0.1:${port}`, ANTHROPIC_AUTH_TOKEN: 'PROXY_MANAGED' },
      }),
    );
    const [finding] = reportOf(await run()).findings;
    expect(finding).toMatchObject({ code: 'dead-base-url', severity: 'error' });
    expect(finding?.cause).toContain('cc-switch');
    await writeFile(settings, '{\n  "env": {}\n');
    expect(reportOf(await run()).findings[0]?.evidence[0]).toContain(`${settings}, line 3, column 1`);
  });

  test('trap 28: nothing of the Claude desktop app is read or touched', async () => {
    const config = join(folder.path, '.config', 'Claude');
    await mkdir(config, { recursive: true });
    const path = join(config, 'claude_desktop_config.json');
    await writeFile(path, '{"mcpServers":{"mine":{}}}');
    await utimes(path, 1, 1);
    const before = await pictureOf(folder.path);
    const result = await run();
    expect(result.stdout).not.toContain('claude_desktop_config');
    expect(await pictureOf(folder.path)).toEqual(before);
  });

  test('a proxy, a shell file and a cloud switch of this terminal are named with their places', async () => {
    await mkdir(join(folder.path, '.claude'));
    await writeFile(
      join(folder.path, '.bashrc'),
      '# export ANTHROPIC_BASE_URL=http://127.0.0.1:1\n\nexport ANTHROPIC_BASE_URL="https://gw.example"\n',
    );
    const { claude } = reportOf(await run({ SHELL: '/bin/bash', CLAUDE_CODE_USE_BEDROCK: '1' }));
    expect(claude.routes).toMatchObject([
      {
        kind: 'shell-file',
        value: 'https://gw.example',
        wins: true,
        place: { path: join(folder.path, '.bashrc'), line: 3, column: 8 },
      },
      { kind: 'process', name: 'CLAUDE_CONFIG_DIR' },
      { kind: 'process', name: 'CLAUDE_CODE_USE_BEDROCK', value: '1', wins: true },
    ]);
    expect(claude.signIn.used).toBe('cloud-provider');
  });
});
