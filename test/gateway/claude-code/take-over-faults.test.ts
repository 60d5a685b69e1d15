// The process dies, or the system refuses, at every single step of a take-over and a give-back (traps 6, 11): the settings
// file is always old or new, and the way back is never lost.
import { describe, expect, test } from 'vitest';
import { TakeOverError } from '../../../src/gateway/claude-code/take-over-error.ts';
import { breakAt } from './memory-files.ts';
import type { Break } from './memory-files.ts';
import { createMemoryHome, KEY_TWO, SETTINGS, URL_TWO } from './memory-home.ts';
import type { MemoryHome } from './memory-home.ts';

const originals: readonly (string | null)[] = [
  null,
  '',
  '{}\n',
  '{\n  "theme": "dark",\n  "env": { "ANTHROPIC_BASE_URL": "https://gateway.example", "X": "1" }\n}\n',
];
const deaths: readonly Break[] = ['killed-before', 'killed-within', 'killed-after'];
const refusals: readonly Break[] = [
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
    run: (home, files) => home.connect({ files }),
  },
  {
    name: 'connect again with another address and key',
    prepare: async (home) => void (await home.connect()),
    run: (home, files) => home.connect({ url: URL_TWO, key: KEY_TWO, files }),
  },
  {
    name: 'connect again after somebody else wrote',
    prepare: async (home) => {
      await home.connect();
      home.write(addTheirs(home.read()));
    },
    run: (home, files) => home.connect({ url: URL_TWO, key: KEY_TWO, files }),
  },
  {
    name: 'disconnect',
    prepare: async (home) => void (await home.connect()),
    run: (home, files) => home.disconnect({ files }),
  },
  {
    name: 'disconnect after somebody else wrote',
    prepare: async (home) => {
      await home.connect();
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
        await home.connect({ url: URL_TWO, key: KEY_TWO });
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
          expect(leftovers(home).filter((path) => path.startsWith('/home'))).toEqual([]);
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
