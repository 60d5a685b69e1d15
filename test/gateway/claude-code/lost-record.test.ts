// The way back when Tollgate itself is not what it was: a reinstall, a moved or lost data folder, another Tollgate, an
// older one (issue: give back; traps 5, 15, 23).
import { expect, test } from 'vitest';
import {
  createMemoryHome,
  EDITOR,
  KEY_ONE,
  KEY_TWO,
  SETTINGS,
  STATE,
  URL_ONE,
  URL_TWO,
} from './memory-home.ts';
import { disconnectClaude } from '../../../src/gateway/claude-code/take-over.ts';
import { openNote, sealNote } from '../../../src/gateway/claude-code/return-note.ts';

const NOTE = '/home/.claude/tollgate-return.json';
const ORIGINAL = `{
  "theme": "dark",
  "statusLine": { "type": "command", "command": "~/line.sh" },
  "env": { "ANTHROPIC_BASE_URL": "https://gateway.example", "ANTHROPIC_AUTH_TOKEN": "own-secret-0123456789" }
}
`;

test('the note beside the settings tells no secret, and is private', async () => {
  const home = createMemoryHome(ORIGINAL);
  await home.connect({ wishes: { statusLine: true } });
  const note = home.files.contents.get(NOTE);
  expect(note?.mode).toBe(0o600);
  const text = note?.bytes.toString('utf8') ?? '';
  for (const secret of ['own-secret', KEY_ONE, 'gateway.example', 'line.sh'])
    expect(text).not.toContain(secret);
  expect(JSON.parse(text)).toMatchObject({
    about: expect.stringContaining('tollgate disconnect') as string,
    settings: SETTINGS,
    entries: expect.arrayContaining(['env.ANTHROPIC_BASE_URL', 'statusLine']) as string[],
  });
});

test.each([false, true])(
  'a lost data folder: everything comes back from the note (edited meanwhile: %s)',
  async (edited) => {
    const home = createMemoryHome(ORIGINAL, { editor: true });
    home.write('// mine\n{ "x": 1 }\n', EDITOR);
    home.write('{"numStartups":1}', STATE);
    await home.connect({ wishes: { statusLine: true, vscode: true } });
    home.loseDataFolder();
    if (edited) home.write((home.read() ?? '').replace('"dark"', '"light"'));
    await home.disconnect();
    expect(home.read()).toBe(edited ? ORIGINAL.replace('"dark"', '"light"') : ORIGINAL);
    expect(home.read(EDITOR)).toBe('// mine\n{ "x": 1 }\n');
    expect(home.read(STATE)).toBe('{"numStartups":1}');
    expect(home.files.contents.has(NOTE)).toBe(false);
  },
);

test('a reinstall that connects anew before it gives back knows the first original, not our own values', async () => {
  const home = createMemoryHome(ORIGINAL);
  await home.connect();
  home.loseDataFolder();
  const result = await home.connect({ url: URL_TWO, key: KEY_TWO });
  expect(result.notes.join()).not.toContain('no record');
  expect([...home.files.contents.keys()].filter((path) => path.endsWith('.settings.json'))).toEqual([]);
  await home.disconnect();
  expect(home.read()).toBe(ORIGINAL);
});

test('a second Tollgate over the first: its disconnect leads back to before both', async () => {
  const home = createMemoryHome(ORIGINAL);
  await home.connect();
  const files = home.files;
  const shared = { settingsPath: SETTINGS, dataDir: '/data-two', dryRun: false, now: Date.now, files };
  await home.connect({ url: URL_TWO, key: KEY_TWO });
  await disconnectClaude(shared);
  expect(home.read()).toBe(ORIGINAL);
});

test('a note of other settings, or with another key, opens nothing and is no obstacle', async () => {
  const home = createMemoryHome(ORIGINAL);
  await home.connect();
  const note = home.files.contents.get(NOTE);
  expect(openNote(note?.bytes ?? Buffer.alloc(0), KEY_TWO)).toBeNull();
  const record = openNote(note?.bytes ?? Buffer.alloc(0), KEY_ONE);
  expect(record?.keys).toHaveLength(8);
  if (record === null) return;
  expect(openNote(sealNote(record, SETTINGS, [KEY_ONE, KEY_TWO]), KEY_TWO)).toEqual(record);
  home.loseDataFolder();
  home.write('{"tollgate":"return note","version":1,"sealed":["AAAA"]}', NOTE);
  const result = await home.disconnect();
  expect(result.notes.join()).toContain('There is no record of the settings before Tollgate');
  expect(JSON.parse(home.read() ?? '')).not.toHaveProperty('env.ANTHROPIC_BASE_URL');
});

test('a file of another program under the name of our note stays', async () => {
  const home = createMemoryHome('{}');
  await home.connect();
  home.write('{"mine":true}', NOTE);
  await home.disconnect();
  expect(home.read(NOTE)).toBe('{"mine":true}');
});

test('without record and note: what is plainly ours goes, the lines of the user beside it stay', async () => {
  const home = createMemoryHome('{"theme":"dark"}');
  await home.connect({ wishes: { credential: 'login', statusLine: true } });
  const settings = JSON.parse(home.read() ?? '') as {
    env: Record<string, string>;
    hooks: { SessionStart: unknown[] };
  };
  settings.env['ANTHROPIC_CUSTOM_HEADERS'] = `x-team: a\n${settings.env['ANTHROPIC_CUSTOM_HEADERS']}`;
  settings.hooks.SessionStart.push({ hooks: [{ type: 'command', command: 'echo hi' }] });
  home.write(JSON.stringify(settings));
  home.write(null, NOTE);
  home.loseDataFolder();
  await home.disconnect();
  expect(JSON.parse(home.read() ?? '')).toEqual({
    theme: 'dark',
    env: { ANTHROPIC_CUSTOM_HEADERS: 'x-team: a' },
    hooks: { SessionStart: [{ hooks: [{ type: 'command', command: 'echo hi' }] }] },
  });
  expect(home.read(STATE)).toBeNull();
});

test('the record of the first Tollgate is read, so an update keeps the way back', async () => {
  const original = '{"env":{"ANTHROPIC_BASE_URL":"https://gateway.example"}}';
  const home = createMemoryHome(original);
  await home.connect({ wishes: { mcp: false, sessionHook: false } });
  const connected = home.read();
  const [path, file] = [...home.files.contents].find(([name]) => name.endsWith('.record.json')) ?? [];
  if (path === undefined || file === undefined) throw new Error('there is no record');
  const { settled, ...rest } = JSON.parse(file.bytes.toString('utf8')) as {
    settled: {
      containers: unknown;
      connect: unknown;
      keys: { address: { path: string[] }; before: string; written: string }[];
    };
  };
  const { containers: _containers, connect: _connect, ...record } = settled;
  const old = {
    ...rest,
    version: 1,
    settled: {
      ...record,
      env: { existed: true, emptyText: null },
      keys: settled.keys.map(({ address, before, written }) => ({
        name: address.path.at(-1),
        before,
        written: JSON.parse(written) as unknown,
      })),
    },
  };
  home.write(JSON.stringify(old), path);
  home.write(null, NOTE);
  expect(await home.connect({ wishes: { mcp: false, sessionHook: false } })).toMatchObject({
    applied: false,
  });
  expect(home.read()).toBe(connected);
  home.write(JSON.stringify(old), path);
  home.write((connected ?? '').replace('{', '{"more":1,'));
  await home.disconnect();
  expect(home.read()).toBe('{"more":1,"env":{"ANTHROPIC_BASE_URL":"https://gateway.example"}}');
});

test('trap 15: a rewind to settings from before brings the old values back, and connecting again is offered, not forced', async () => {
  const home = createMemoryHome(ORIGINAL);
  await home.connect();
  home.write(ORIGINAL);
  expect((await home.disconnect({ dryRun: true })).files[0]?.diff).toBe('');
  await home.connect();
  expect(JSON.parse(home.read() ?? '')).toMatchObject({ env: { ANTHROPIC_BASE_URL: URL_ONE } });
  await home.disconnect();
  expect(home.read()).toBe(ORIGINAL);
});
