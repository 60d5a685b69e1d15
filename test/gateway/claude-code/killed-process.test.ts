// kill -9 in a real process at each step of the writer, on a real disk (trap 6): every file is the old one or the new one,
// and whoever comes next finishes or gives back.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { disconnectClaude } from '../../../src/gateway/claude-code/take-over.ts';
import { isLongRun, patience } from '../../support/long-runs.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const program = fileURLToPath(new URL('killed-process.ts', import.meta.url));
const originals = {
  '.claude/settings.json': '{\n\t"theme": "dark",\n\t"env": { "ANTHROPIC_BASE_URL": "https://x.example" }\n}',
  'Code/User/settings.json': '// mine\n{ "x": 1, /* here */ }\n',
  '.claude.json': '{"numStartups":1}',
} as const;

function makeHome(root: string): void {
  for (const [path, text] of Object.entries(originals)) {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

function readHome(root: string): (string | null)[] {
  return Object.keys(originals).map((path) =>
    existsSync(join(root, path)) ? readFileSync(join(root, path), 'utf8') : null,
  );
}

async function run(
  root: string,
  direction: string,
  step: number,
): Promise<{ signal: string | null; steps: number }> {
  const child = spawn(process.execPath, [program, root, direction, String(step)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Most of a short life is spent on reading the sources.
    env: { ...process.env, NODE_COMPILE_CACHE: join(root, '..', 'compiled') },
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  const [, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { signal, steps: Number(output) };
}

test.each(['connect', 'disconnect'])(
  'trap 6: %s killed at each step leaves every file old or new, and the next disconnect gives all back',
  async (direction) => {
    const folder = await createTemporaryFolder('tollgate-kill');
    const start = join(folder.path, 'start');
    const end = join(folder.path, 'end');
    makeHome(start);
    // Backups are known by the path of their file, so the home must stay where it is.
    const home = join(folder.path, 'home');
    cpSync(start, home, { recursive: true });
    if (direction === 'disconnect') await run(home, 'connect', 0);
    cpSync(home, join(folder.path, 'before'), { recursive: true });
    const { steps } = await run(home, direction, 0);
    cpSync(home, end, { recursive: true });
    expect(steps).toBeGreaterThan(30);
    const [old, fresh] = [readHome(join(folder.path, 'before')), readHome(end)];

    // A short run takes some of the steps, always the same ones; the fault tests in memory take each.
    for (let step = 1; step <= steps; step += isLongRun ? 1 : 5) {
      rmSync(home, { recursive: true });
      cpSync(join(folder.path, 'before'), home, { recursive: true });
      expect((await run(home, direction, step)).signal, `step ${step}`).toBe('SIGKILL');
      readHome(home).forEach((text, at) => expect([old[at], fresh[at]], `step ${step}`).toContain(text));
      const later = Date.now() + 120_000;
      await disconnectClaude({
        settingsPath: join(home, '.claude', 'settings.json'),
        dataDir: join(home, 'data'),
        dryRun: false,
        now: () => later,
        companions: {
          editors: [join(home, 'Code', 'User', 'settings.json')],
          mcp: { statePath: join(home, '.claude.json'), run: null },
        },
      });
      expect(readHome(home), `step ${step}`).toEqual(Object.values(originals));
      const beside = readdirSync(join(home, '.claude')).filter((name) => name !== 'settings.json');
      expect(beside, `step ${step}`).toEqual([]);
    }
    await folder.remove();
  },
  patience,
);
