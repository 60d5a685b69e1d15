// Any settings file, in any layout, with any edits of others in between: after a disconnect it is what it would have been
// without Tollgate (traps 1, 2, 7, 9).
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foreignEdit, meaningOf, settingsText } from './generated-settings.ts';
import { createMemoryHome, KEY_ONE, KEY_TWO, SETTINGS, URL_ONE, URL_TWO } from './memory-home.ts';

const RUNS = 300;

function envOf(text: string | null): Record<string, unknown> {
  return (JSON.parse((text ?? '{}').replace(/^\uFEFF/, '')) as { env: Record<string, unknown> }).env;
}

test('connect, disconnect: the original bytes and mode are back, and no file where there was none (traps 1, 7)', async () => {
  await fc.assert(
    fc.asyncProperty(settingsText, async (original) => {
      const home = createMemoryHome(original);
      const modeBefore = home.files.contents.get(SETTINGS)?.mode;
      await home.connect();
      expect(envOf(home.read())).toMatchObject({
        ANTHROPIC_BASE_URL: URL_ONE,
        ANTHROPIC_AUTH_TOKEN: KEY_ONE,
      });
      await home.disconnect();
      expect(home.read()).toBe(original);
      expect(home.files.contents.get(SETTINGS)?.mode).toBe(modeBefore);
    }),
    { numRuns: RUNS },
  );
});

test('the way key by key alone, without the copy of the original, leads to the same text (traps 1, 9)', async () => {
  await fc.assert(
    fc.asyncProperty(settingsText, async (original) => {
      const home = createMemoryHome(original);
      await home.connect();
      for (const path of home.files.contents.keys()) {
        if (path.endsWith('.settings.json')) home.files.contents.delete(path);
      }
      await home.disconnect();
      expect(home.read()).toBe(original);
    }),
    { numRuns: RUNS },
  );
});

test('edits of others survive, also when Tollgate moved to another port and key in between (traps 2, 25)', async () => {
  const edits = fc.array(foreignEdit, { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(settingsText, edits, edits, fc.boolean(), async (original, first, second, reconnect) => {
      const home = createMemoryHome(original);
      await home.connect();
      let expected = original ?? '';
      for (const edit of first) {
        home.write(edit.apply(home.read() ?? ''));
        expected = edit.apply(expected);
      }
      if (reconnect) {
        await home.connect({ url: URL_TWO, key: KEY_TWO });
        expect(envOf(home.read())).toMatchObject({
          ANTHROPIC_BASE_URL: URL_TWO,
          ANTHROPIC_AUTH_TOKEN: KEY_TWO,
        });
      }
      for (const edit of second) {
        home.write(edit.apply(home.read() ?? ''));
        expected = edit.apply(expected);
      }
      await home.disconnect();
      const result = home.read();
      if ([...first, ...second].every((edit) => edit.keepsLayout)) expect(result ?? '').toBe(expected);
      expect(meaningOf(result) ?? {}).toEqual(meaningOf(expected));
      if (result === null) expect(original).toBeNull();
    }),
    { numRuns: RUNS },
  );
});

test('connecting again with the same values, and a dry run of anything, writes nothing (trap 29)', async () => {
  await fc.assert(
    fc.asyncProperty(settingsText, fc.boolean(), async (original, connected) => {
      const home = createMemoryHome(original);
      if (connected) await home.connect();
      const before = new Map(
        [...home.files.contents].map(([path, { bytes, mode }]) => [path, `${mode} ${bytes.toString('hex')}`]),
      );
      const folders = new Map(home.files.folders);
      await home.connect({ dryRun: true });
      await home.disconnect({ dryRun: true });
      if (connected) expect(await home.connect()).toMatchObject({ diff: '', applied: false });
      const after = new Map(
        [...home.files.contents].map(([path, { bytes, mode }]) => [path, `${mode} ${bytes.toString('hex')}`]),
      );
      expect(after).toEqual(before);
      expect(home.files.folders).toEqual(folders);
    }),
    { numRuns: RUNS },
  );
});

test('every line that Tollgate did not have to touch stays as it is, in its order (trap 9)', async () => {
  await fc.assert(
    fc.asyncProperty(settingsText, async (original) => {
      const home = createMemoryHome(original);
      await home.connect();
      const text = home.read() ?? '';
      // Taking our entries out of the text by a plain search leaves the original, but for an `env` that was not there.
      const names = [
        'ANTHROPIC_BASE_URL',
        'ANTHROPIC_AUTH_TOKEN',
        'ENABLE_TOOL_SEARCH',
        'CLAUDE_CODE_[A-Z_]+',
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
    { numRuns: RUNS },
  );
});
