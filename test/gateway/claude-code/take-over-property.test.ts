// Any settings file, in any layout, with anything happening in between: after a disconnect it is what it would have been
// without Tollgate (traps 1, 2, 3, 4, 6, 7, 9, 25, 26).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ConnectOptions } from '../../../src/contract/connect.ts';
import { TakeOverError } from '../../../src/gateway/claude-code/take-over-error.ts';
import { patience, runs } from '../../support/long-runs.ts';
import {
  editorEdit,
  editorMeaningOf,
  editorText,
  foreignEdit,
  meaningOf,
  ownKeyEdit,
  settingsText,
} from './generated-settings.ts';
import type { ForeignEdit } from './generated-settings.ts';
import { breakAt, Killed } from './memory-files.ts';
import type { Break } from './memory-files.ts';
import {
  createMemoryHome,
  EDITOR,
  KEY_ONE,
  KEY_TWO,
  PROGRAM,
  SETTINGS,
  URL_ONE,
  URL_TWO,
} from './memory-home.ts';
import type { MemoryHome } from './memory-home.ts';

const RUNS = runs(500, 10_000);

function envOf(text: string | null): Record<string, unknown> {
  return (JSON.parse((text ?? '{}').replace(/^\uFEFF/, '')) as { env: Record<string, unknown> }).env;
}

const wishes: fc.Arbitrary<ConnectOptions> = fc.record(
  { credential: fc.constantFrom('key', 'login'), statusLine: fc.boolean(), sessionHook: fc.boolean() },
  { requiredKeys: [] },
);
/** The settings file alone; what goes beside it has properties of its own. */
const alone = { mcp: false, vscode: false };

type Step =
  | { readonly kind: 'connect'; readonly wishes: ConnectOptions; readonly moved: boolean }
  /** A new version: its commands are somewhere else. */
  | { readonly kind: 'upgrade'; readonly version: number }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'edit'; readonly edit: ForeignEdit }
  | {
      readonly kind: 'crash';
      readonly during: 'connect' | 'disconnect';
      readonly at: number;
      readonly how: Break;
    };

function step(edit: fc.Arbitrary<ForeignEdit>): fc.Arbitrary<Step> {
  return fc.oneof(
    fc.record({ kind: fc.constant('connect' as const), wishes, moved: fc.boolean() }),
    fc.record({ kind: fc.constant('upgrade' as const), version: fc.integer({ min: 1, max: 3 }) }),
    fc.constant<Step>({ kind: 'disconnect' }),
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('edit' as const), edit }) },
    fc.record({
      kind: fc.constant('crash' as const),
      during: fc.constantFrom('connect' as const, 'disconnect' as const),
      at: fc.integer({ min: 1, max: 16 }),
      how: fc.constantFrom<Break>('killed-before', 'killed-within', 'killed-after'),
    }),
  );
}

/** Carries one step out on the home. */
async function take(home: MemoryHome, step: Step, path: string, common: ConnectOptions): Promise<void> {
  switch (step.kind) {
    case 'connect': {
      const place = step.moved ? { url: URL_TWO, key: KEY_TWO } : {};
      return void (await home.connect({ ...place, wishes: { ...step.wishes, ...common } }));
    }
    case 'upgrade': {
      const program = { ...PROGRAM, entry: `/opt/tollgate-${step.version}/bin/tollgate.mjs` };
      return void (await home.connect({ program, wishes: common }));
    }
    case 'disconnect':
      return void (await home.disconnect());
    case 'edit':
      return home.write(step.edit.apply(home.read(path) ?? ''), path);
    case 'crash': {
      const { files } = breakAt(home.files, step.at, step.how);
      const call =
        step.during === 'connect' ? home.connect({ files, wishes: common }) : home.disconnect({ files });
      await call.catch((error: unknown) => {
        // Death may look like any failure of the disk to what handles those.
        if (!(error instanceof Killed || error instanceof TakeOverError)) throw error;
      });
      home.waitOutLock();
    }
  }
}

interface Played {
  readonly result: string | null;
  /** The user's edits applied to the original. */
  readonly expected: string;
  /** True when the result must be that to the byte. */
  readonly isExact: boolean;
}

async function play(
  home: MemoryHome,
  path: string,
  steps: readonly Step[],
  common: ConnectOptions,
): Promise<Played> {
  let expected = home.read(path) ?? '';
  // A file that held nothing may come back with braces when others wrote to it.
  let isExact = expected.includes('{') || steps.every(({ kind }) => kind !== 'edit');
  for (const one of steps) {
    if (one.kind === 'edit') {
      isExact &&= one.edit.keepsLayout(expected) && one.edit.keepsLayout(home.read(path) ?? '');
      expected = one.edit.apply(expected);
    }
    await take(home, one, path, common);
  }
  await home.disconnect();
  return { result: home.read(path), expected, isExact };
}

test(
  'whatever happens to the settings in between, a disconnect leaves the edits applied to the original, layout included',
  async () => {
    const steps = fc.array(step(fc.oneof(foreignEdit, ownKeyEdit)), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(settingsText, steps, async (original, list) => {
        const home = createMemoryHome(original);
        const { result, expected, isExact } = await play(home, SETTINGS, list, alone);
        if (isExact) expect(result ?? '').toBe(expected);
        expect(meaningOf(result) ?? {}).toEqual(meaningOf(expected) ?? {});
        if (result === null) expect(original).toBeNull();
        const rest = [...home.files.contents.keys()].filter(
          (file) => file !== SETTINGS && !file.endsWith('.settings.json'),
        );
        expect(rest).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  },
  patience,
);

test(
  "the same of an editor's settings, comments and trailing commas included",
  async () => {
    await fc.assert(
      fc.asyncProperty(editorText, fc.array(step(editorEdit), { maxLength: 6 }), async (original, list) => {
        const home = createMemoryHome('{}', { editor: true });
        home.write(original, EDITOR);
        const { result, expected, isExact } = await play(home, EDITOR, list, { mcp: false, vscode: true });
        if (isExact) expect(result ?? '').toBe(expected);
        expect(editorMeaningOf(result)).toEqual(editorMeaningOf(expected));
      }),
      { numRuns: RUNS },
    );
  },
  patience,
);

test(
  'connect, disconnect: the original bytes and mode are back, and no file where there was none (traps 1, 7)',
  async () => {
    await fc.assert(
      fc.asyncProperty(settingsText, wishes, async (original, wish) => {
        const home = createMemoryHome(original);
        const modeBefore = home.files.contents.get(SETTINGS)?.mode;
        await home.connect({ wishes: { ...wish, ...alone } });
        expect(envOf(home.read())).toMatchObject({ ANTHROPIC_BASE_URL: URL_ONE });
        await home.disconnect();
        expect(home.read()).toBe(original);
        expect(home.files.contents.get(SETTINGS)?.mode).toBe(modeBefore);
      }),
      { numRuns: runs(150, 5000) },
    );
  },
  patience,
);

test(
  'a lost data folder costs nothing: the note beside the settings leads to the same text (trap 9)',
  async () => {
    await fc.assert(
      fc.asyncProperty(settingsText, wishes, fc.boolean(), async (original, wish, again) => {
        const home = createMemoryHome(original);
        await home.connect({ wishes: { ...wish, ...alone } });
        home.loseDataFolder();
        if (again) await home.connect({ url: URL_TWO, key: KEY_TWO, wishes: alone });
        await home.disconnect();
        expect(home.read()).toBe(original);
        expect(
          [...home.files.contents.keys()].filter((path) => path.startsWith('/home') && path !== SETTINGS),
        ).toEqual([]);
      }),
      { numRuns: runs(150, 5000) },
    );
  },
  patience,
);

test(
  'connecting again with the same values, and a dry run of anything, writes nothing (trap 29)',
  async () => {
    await fc.assert(
      fc.asyncProperty(settingsText, fc.boolean(), async (original, connected) => {
        const home = createMemoryHome(original, { editor: true });
        if (connected) await home.connect();
        const state = (): Map<string, string> =>
          new Map(
            [...home.files.contents].map(([path, { bytes, mode }]) => [
              path,
              `${mode} ${bytes.toString('hex')}`,
            ]),
          );
        const before = state();
        const folders = new Map(home.files.folders);
        await home.connect({ dryRun: true, wishes: { vscode: true, statusLine: true } });
        await home.disconnect({ dryRun: true });
        if (connected) expect(await home.connect()).toMatchObject({ diff: '', applied: false });
        expect(state()).toEqual(before);
        expect(home.files.folders).toEqual(folders);
      }),
      { numRuns: runs(200, 2000) },
    );
  },
  patience,
);

test(
  'every line that Tollgate did not have to touch stays as it is, in its order (trap 9)',
  async () => {
    await fc.assert(
      fc.asyncProperty(settingsText, async (original) => {
        const home = createMemoryHome(original);
        await home.connect({ wishes: { sessionHook: false, ...alone } });
        const text = home.read() ?? '';
        // Taking our entries out of the text by a plain search leaves the original, but for an `env` that was not there.
        const names = [
          'ANTHROPIC_(BASE_URL|AUTH_TOKEN|API_KEY)',
          'ENABLE_TOOL_SEARCH',
          'CLAUDE_CODE_[A-Z_]+',
          'NO_PROXY',
          'no_proxy',
        ].join('|');
        const strip = (from: string): string =>
          from
            .replace(new RegExp(`"(${names})"\\s*:\\s*("(\\\\.|[^"\\\\])*"|null|true|false|-?\\d+)`, 'g'), '')
            .replace(/"env"/g, '')
            .replace(/[\s,:{}]/g, '');
        expect(strip(text)).toBe(strip(original ?? ''));
        const lineEnds = (from: string): Set<string> => new Set(from.match(/\r\n|\n|\r/g) ?? []);
        if (lineEnds(original ?? '').size === 1) expect(lineEnds(text)).toEqual(lineEnds(original ?? ''));
        if (lineEnds((original ?? '').trim()).size === 0 && (original ?? '').includes(':'))
          expect(lineEnds(text.trim()).size).toBe(0);
      }),
      { numRuns: runs(200, 2000) },
    );
  },
  patience,
);

test('a local key is in one credential variable only, whatever the settings had (trap 20)', async () => {
  await fc.assert(
    fc.asyncProperty(settingsText, wishes, async (original, wish) => {
      const home = createMemoryHome(original);
      await home.connect({ wishes: { ...wish, ...alone } });
      const { ANTHROPIC_AUTH_TOKEN: token, ANTHROPIC_API_KEY: key } = envOf(home.read());
      if (wish.credential === 'login') expect(String(token)).not.toContain('tg-');
      else
        expect([token, key === undefined || typeof key !== 'string' || key === '']).toEqual([KEY_ONE, true]);
    }),
    { numRuns: runs(200, 2000) },
  );
});
