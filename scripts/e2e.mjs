// `npm run e2e`: the window in Chromium and the desktop shell in Electron (where its binary is) with Playwright, then the real
// Claude Code client with vitest. `-- --only window|electron|client` picks one. Prints what each runner says, names every skipped test, and ends with
// one line that sums them up; exits 1 when anything failed.
import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const require = createRequire(import.meta.url);

/** Path of a package's command line, run by this Node and not by whichever `node` is first on the path. */
function commandOf(packageName, file) {
  return join(dirname(require.resolve(`${packageName}/package.json`)), file);
}

function run(script, args, environment = {}) {
  const child = spawn(process.execPath, [script, ...args], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, ...environment },
  });
  return new Promise((resolve) => {
    child.once('error', () => resolve(1));
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** Time of the newest file under these paths, 0 when there is none. */
async function newestChange(paths) {
  let newest = 0;
  for (const path of paths) {
    const info = await stat(path).catch(() => null);
    if (info === null) continue;
    newest = Math.max(newest, info.isFile() ? info.mtimeMs : 0);
    if (!info.isDirectory()) continue;
    for (const entry of await readdir(path, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      newest = Math.max(newest, (await stat(join(entry.parentPath, entry.name))).mtimeMs);
    }
  }
  return newest;
}

/** Builds unless all that a build makes is newer than all that it is made from. */
async function buildIfNeeded() {
  const made = await Promise.all(
    ['renderer/index.html', 'main/main.js', 'headless/main.js'].map((file) =>
      newestChange([join(root, 'out', file)]),
    ),
  );
  const sources = [
    'src',
    'renderer',
    'assets',
    'package.json',
    'electron.vite.config.ts',
    'vite.renderer.config.ts',
  ];
  if (Math.min(...made) >= (await newestChange(sources.map((path) => join(root, path))))) return true;
  return (await run(join(root, 'scripts', 'build.mjs'), ['--quiet'])) === 0;
}

/** Counts of one runner. A runner that fails without a failed test (it could not even start) counts as one failure. */
function summarize(name, exitCode, tests) {
  const count = (state) => tests.filter((test) => test.state === state).length;
  const failed = count('failed');
  return {
    name,
    passed: count('passed'),
    failed: exitCode !== 0 && failed === 0 ? 1 : failed,
    skipped: tests.filter((test) => test.state === 'skipped').map((test) => test.title),
  };
}

async function readReport(path) {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}

function playwrightTests(suite, above = []) {
  const titles = suite.title ? [...above, suite.title] : above;
  const own = (suite.specs ?? []).flatMap((spec) =>
    spec.tests.map((test) => {
      const why = test.annotations.find((note) => note.type === 'skip' || note.type === 'fixme')?.description;
      const title = [...titles, spec.title].join(' › ') + (why ? `: ${why.replace(/^skipped: /, '')}` : '');
      if (test.status === 'skipped') return { title, state: 'skipped' };
      return { title, state: test.status === 'expected' ? 'passed' : 'failed' };
    }),
  );
  return [...own, ...(suite.suites ?? []).flatMap((inner) => playwrightTests(inner, titles))];
}

async function runPlaywright(name, config, folder) {
  if (!(await buildIfNeeded())) return summarize(name, 1, []);
  const path = join(folder, `${name}.json`);
  const exitCode = await run(
    commandOf('@playwright/test', 'cli.js'),
    ['test', `--config=${config}`, '--reporter=list,json'],
    { PLAYWRIGHT_JSON_OUTPUT_NAME: path },
  );
  const report = await readReport(path);
  return summarize(
    name,
    exitCode,
    (report?.suites ?? []).flatMap((suite) => playwrightTests(suite)),
  );
}

async function runClient(folder) {
  const path = join(folder, 'vitest.json');
  const exitCode = await run(commandOf('vitest', 'vitest.mjs'), [
    'run',
    '--config=vitest.e2e.config.ts',
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${path}`,
  ]);
  const report = await readReport(path);
  const states = { passed: 'passed', failed: 'failed' };
  const tests = (report?.testResults ?? []).flatMap((file) =>
    file.assertionResults.map((test) => ({ title: test.fullName, state: states[test.status] ?? 'skipped' })),
  );
  return summarize('real client', exitCode, tests);
}

const runners = {
  window: (folder) => runPlaywright('window', 'playwright.config.ts', folder),
  electron: (folder) => runPlaywright('electron', 'test/e2e/electron/playwright.config.ts', folder),
  client: runClient,
};
const { values } = parseArgs({ options: { only: { type: 'string' } } });
const names = Object.keys(runners);
if (values.only !== undefined && !names.includes(values.only)) {
  process.stderr.write(`e2e: --only takes ${names.join(', ')}; "${values.only}" is none of them\n`);
  process.exit(2);
}
const folder = await mkdtemp(join(tmpdir(), 'tollgate-e2e-'));
const summaries = [];
for (const name of names) {
  if (values.only === undefined || values.only === name) summaries.push(await runners[name](folder));
}
await rm(folder, { recursive: true, force: true });

process.stdout.write('\n');
for (const { name, passed, failed, skipped } of summaries) {
  process.stdout.write(`${name}: ${passed} passed, ${failed} failed, ${skipped.length} skipped\n`);
  for (const title of skipped) process.stdout.write(`  skipped: ${title}\n`);
}
const sum = (of) => summaries.reduce((total, summary) => total + of(summary), 0);
const failed = sum((summary) => summary.failed);
process.stdout.write(
  `${sum((summary) => summary.passed)} passed, ${failed} failed, ${sum((summary) => summary.skipped.length)} skipped\n`,
);
process.exit(failed === 0 ? 0 : 1);
