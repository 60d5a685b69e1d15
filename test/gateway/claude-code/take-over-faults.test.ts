// The process dies, or the system refuses, at every single step of a take-over and a give-back (traps 6, 11): the settings
// file is always old or new, and the way back is never lost.
import { describe, expect, test } from 'vitest';
import { TakeOverError } from '../../../src/gateway/claude-code/take-over-error.ts';
import { isLongRun } from '../../support/long-runs.ts';
import { breakAt, systemError } from './memory-files.ts';
import type { Break } from './memory-files.ts';
import { createMemoryHome, EDITOR, KEY_TWO, SETTINGS, STATE, URL_TWO } from './memory-home.ts';
import type { MemoryHome } from './memory-home.ts';

/** The settings file alone; what goes beside it has its own part below. */
const alone = { wishes: { mcp: false } };

const originals: readonly (string | null)[] = [
  null,
  ...(isLongRun ? ['', '{}\n'] : []),
  '{\n  "theme": "dark",\n  "env": { "ANTHROPIC_BASE_URL": "https://gateway.example", "X": "1" }\n}\n',
];
const deaths: readonly Break[] = ['killed-before', 'killed-within', 'killed-after'];
const refusals: readonly { readonly code: string }[] = [
  { code: 'ENOSPC' },
  { code: 'EACCES' },
  { code: 'EBUSY' },
  { code: 'EIO' },
];

interface Flow {
  readonly name: string;
  prepare(home: MemoryHome): Promise<void>;
  run(home: MemoryHome, files: MemoryHome['files']): Promise<unknown>;
}

const flows: readonly Flow[] = [
  {
    name: 'connect',
    prepare: async () => undefined,
    run: (home, files) => home.connect({ files, ...alone }),
  },
  {
    name: 'connect again with another address and key',
    prepare: async (home) => void (await home.connect(alone)),
    run: (home, files) => home.connect({ url: URL_TWO, key: KEY_TWO, files, ...alone }),
  },
  {
    name: 'connect again after somebody else wrote',
    prepare: async (home) => {
      await home.connect(alone);
      home.write(addTheirs(home.read()));
    },
    run: (home, files) => home.connect({ url: URL_TWO, key: KEY_TWO, files, ...alone }),
  },
  {
    name: 'disconnect',
    prepare: async (home) => void (await home.connect(alone)),
    run: (home, files) => home.disconnect({ files }),
  },
  {
    name: 'disconnect after somebody else wrote',
    prepare: async (home) => {
      await home.connect(alone);
      home.write(addTheirs(home.read()));
    },
    run: (home, files) => home.disconnect({ files }),
  },
];

function addTheirs(text: string | null): string {
  const settings = JSON.parse(text === null || text === '' ? '{}' : text) as object;
  return JSON.stringify({ ...settings, theirs: true }, null, 2);
}

function meaning(text: string | null): unknown {
  return text === null || text === '' ? {} : JSON.parse(text);
}

/** The file after the flow has run without a fault, and the file at its start. */
async function rehearse(
  flow: Flow,
  original: string | null,
): Promise<{ old: string | null; fresh: string | null }> {
  const home = createMemoryHome(original, { folder: original !== null });
  await flow.prepare(home);
  const old = home.read();
  await flow.run(home, home.files);
  return { old, fresh: home.read() };
}

/** Runs the flow once per step, broken off there, until it gets through without reaching the step. */
async function atEveryStep(
  flow: Flow,
  original: string | null,
  how: Break,
  check: (home: MemoryHome, error: unknown, step: number) => Promise<void>,
): Promise<number> {
  for (let step = 1; ; step++) {
    const home = createMemoryHome(original, { folder: original !== null });
    await flow.prepare(home);
    const broken = breakAt(home.files, step, how);
    const error: unknown = await flow.run(home, broken.files as MemoryHome['files']).then(
      () => null,
      (reason: unknown) => reason,
    );
    if (!broken.reached()) return step - 1;
    await check(home, error, step);
  }
}

const cases = flows.flatMap((flow) => originals.map((original) => ({ flow, original, name: flow.name })));

describe.each(cases)('$name, from $original', ({ flow, original }) => {
  const theirs = flow.name.includes('somebody else');
  const expected = theirs ? { ...(meaning(original) as object), theirs: true } : meaning(original);
  const given = (text: string | null): void => {
    if (theirs) expect(meaning(text)).toEqual(expected);
    else expect(text).toBe(original);
  };

  test.each(deaths)(
    'trap 6, %s at each step: the file is old or new, and the next disconnect gives it back',
    async (how) => {
      const { old, fresh } = await rehearse(flow, original);
      const steps = await atEveryStep(flow, original, how, async (home) => {
        expect([old, fresh]).toContain(home.read());
        home.waitOutLock();
        await home.disconnect();
        given(home.read());
        expect(leftovers(home)).toEqual([]);
        expectFolder(home, original);
      });
      expect(steps).toBeGreaterThan(5);
    },
  );

  test.each(deaths)(
    'trap 6, %s at each step: the next connect finishes, and the disconnect after it gives back',
    async (how) => {
      await atEveryStep(flow, original, how, async (home) => {
        home.waitOutLock();
        await home.connect({ url: URL_TWO, key: KEY_TWO, ...alone });
        expect(meaning(home.read())).toMatchObject({
          env: { ANTHROPIC_BASE_URL: URL_TWO, ANTHROPIC_AUTH_TOKEN: KEY_TWO },
        });
        await home.disconnect();
        given(home.read());
        expect(leftovers(home)).toEqual([]);
        expectFolder(home, original);
      });
    },
  );

  test.each(deaths)(
    'trap 6, %s at each step, then the user edits: the edit is kept, the rest given back',
    async (how) => {
      await atEveryStep(flow, original, how, async (home) => {
        home.write(JSON.stringify({ ...(meaning(home.read()) as object), mine: 1 }));
        home.waitOutLock();
        await home.disconnect();
        expect(meaning(home.read())).toEqual({ ...(expected as object), mine: 1 });
      });
    },
  );

  test.each(refusals)(
    'trap 11, the system says $code at each step: a clear error or success, nothing in between',
    async (how) => {
      const { old, fresh } = await rehearse(flow, original);
      await atEveryStep(flow, original, how, async (home, error, step) => {
        if (error !== null) {
          expect(error, `step ${step}`).toBeInstanceOf(TakeOverError);
          expect(home.read()).toBe(old);
          if (flow.name === 'connect') expect(home.files.contents.has(NOTE)).toBe(false);
          expect(leftovers(home).filter((path) => path.startsWith('/home') && path !== NOTE)).toEqual([]);
        } else {
          expect(home.read()).toBe(fresh);
        }
        home.waitOutLock();
        await home.disconnect();
        given(home.read());
        expect(leftovers(home)).toEqual([]);
      });
    },
  );
});

/** Lies beside connected settings, and goes with the connection. */
const NOTE = '/home/.claude/tollgate-return.json';

/** Files beside the settings that should not be there, and locks and records that should be gone after a disconnect. */
function leftovers(home: MemoryHome): string[] {
  return [...home.files.contents.keys()].filter(
    (path) => path !== SETTINGS && !path.endsWith('.settings.json'),
  );
}

/** A config folder that Tollgate made goes with the file in it. */
function expectFolder(home: MemoryHome, original: string | null): void {
  const there = home.files.folders.has('/home/.claude');
  expect(there).toBe(original !== null || home.read() !== null);
}

test('trap 11: an error of the disk names the file and what to do', async () => {
  const home = createMemoryHome('{}');
  const messages = new Set<string>();
  await atEveryStep(flows[0] as Flow, '{}', { code: 'ENOSPC' }, async (_, error) => {
    if (error instanceof TakeOverError) messages.add(`${error.code}: ${error.message}`);
  });
  expect([...messages]).toEqual([
    expect.stringMatching(
      /^DISK_FULL: There is no room on the disk for the record in \/data\/backups, .*Free some/,
    ),
    expect.stringMatching(
      /^DISK_FULL: There is no room on the disk for the new \/home\/.claude\/settings.json\. Free some/,
    ),
  ]);
  expect(home.read()).toBe('{}');
});

describe('with an editor and the MCP endpoint', () => {
  const files = [SETTINGS, EDITOR, STATE];
  const before = [
    '{ "theme": "dark" }\n',
    '// mine\n{ "x": 1, }\n',
    '{"numStartups":3,"oauthAccount":{"a":"b"}}',
  ];
  const wishes = { vscode: true, mcp: true };
  const prepare = async (connected: boolean): Promise<MemoryHome> => {
    const home = createMemoryHome(null, { editor: true });
    files.forEach((path, at) => home.write(before[at] ?? '', path));
    if (connected) await home.connect({ wishes });
    return home;
  };
  const state = (home: MemoryHome): (string | null)[] => files.map((path) => home.read(path));

  test.each(deaths.flatMap((how) => [true, false].map((connected) => ({ how, connected }))))(
    'trap 6, $how at each step (connected before: $connected): each file is old or new, and a disconnect gives all back',
    async ({ how, connected }) => {
      const [old, fresh] = [await prepare(connected), await prepare(!connected)].map(state);
      let step = 1;
      for (; ; step++) {
        const home = await prepare(connected);
        const broken = breakAt(home.files, step, how);
        const call = connected
          ? home.disconnect({ files: broken.files })
          : home.connect({ wishes, files: broken.files });
        await call.catch(() => undefined);
        if (!broken.reached()) break;
        state(home).forEach((text, at) => expect([old?.[at], fresh?.[at]]).toContain(text));
        home.waitOutLock();
        await home.disconnect();
        expect(state(home)).toEqual(before);
      }
      expect(step).toBeGreaterThan(20);
    },
  );

  test.each(refusals)(
    'what goes wrong beside the settings ($code) stops nothing, and is said',
    async ({ code }) => {
      const home = await prepare(false);
      const refuse = (path: string): void => {
        if (path.startsWith(EDITOR) || path.startsWith(STATE)) throw systemError(code);
      };
      const result = await home.connect({
        wishes,
        files: {
          ...home.files,
          createFile: async (path, ...rest) => {
            refuse(path);
            return home.files.createFile(path, ...rest);
          },
        },
      });
      expect(JSON.parse(home.read() ?? '')).toHaveProperty('env.ANTHROPIC_BASE_URL');
      expect([home.read(EDITOR), home.read(STATE)]).toEqual(before.slice(1));
      expect(result.files.map(({ surface, applied }) => [surface, applied])).toEqual([
        ['settings', true],
        ['vscode', false],
        ['mcp', false],
      ]);
      for (const file of result.files.slice(1)) {
        expect(file.problem).toContain(file.path);
        expect(result.notes).toContain(file.problem);
      }
    },
  );
});
