// node bench/history.mjs: reading past spend from 200 MB of transcripts, beside the simplest reader there could be and, if
// it is installed somewhere, ccusage. Wall and processor time and peak memory of whole processes, in one run; the
// totals must agree.
//   --rounds N         rounds (3)
//   --megabytes N      size of the transcripts (200)
//   --ccusage FOLDER   a folder in whose node_modules ccusage lies; it is no part of this project
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'vite';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    megabytes: { type: 'string', default: '200' },
    ccusage: { type: 'string' },
  },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const part = (name) => join(root, 'bench', 'history', name);
const home = mkdtempSync(join(tmpdir(), 'tollgate-bench-history-'));
const progress = (line) => process.stderr.write(`${line}\n`);

/** Runs a command to its end; its own processor time and largest memory as the system counted them. */
async function measure(command, environment = {}) {
  const begun = performance.now();
  const child = spawn(process.execPath, ['--import', exitUsage, ...command], {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (text) => (output += text));
  child.stderr.on('data', (text) => (errors += text));
  const code = await new Promise((resolve) => child.on('close', resolve));
  const wall = (performance.now() - begun) / 1000;
  const usage = /^usage (\{.*\})$/m.exec(errors)?.[1];
  if (code !== 0 || usage === undefined)
    throw new Error(`${command.join(' ')} ended with ${code}: ${errors.slice(0, 500)}`);
  const { userCPUTime, systemCPUTime, maxRSS } = JSON.parse(usage);
  return { wall, cpu: (userCPUTime + systemCPUTime) / 1e6, megabytes: maxRSS / 1024, output };
}
const exitUsage = `data:text/javascript,process.on('exit',()=>process.stderr.write('\\nusage '+JSON.stringify(process.resourceUsage())+'\\n'))`;

/** The worker as it is shipped, since a checkout compiles its sources at each start. */
async function buildWorker() {
  const outDir = join(root, 'out', 'bench-history');
  await build({
    configFile: false,
    logLevel: 'error',
    root,
    build: {
      ssr: true,
      outDir,
      emptyOutDir: true,
      target: 'node24',
      minify: false,
      rolldownOptions: {
        input: { 'history-worker': join(root, 'src/gateway/history/history-worker.ts') },
        output: { entryFileNames: '[name].mjs', chunkFileNames: 'chunks/[name]-[hash].mjs' },
      },
    },
  });
  return join(outDir, 'history-worker.mjs');
}

const median = (samples, field) =>
  samples.map((sample) => sample[field]).sort((a, b) => a - b)[samples.length >> 1];
const results = { filter: [], first: [], again: [], ccusage: [] };

try {
  const worker = await buildWorker();
  const generated = JSON.parse(
    (await measure([part('generate-transcripts.mjs'), home, options.megabytes])).output,
  );
  progress(
    `${generated.files} files, ${generated.lines} lines, ${generated.megabytes} MB, ${generated.totals.messages} messages`,
  );
  const database = join(home, 'history.db');
  const importOnce = [part('import-once.mjs'), home, database, worker];
  for (let round = 0; round < Number(options.rounds); round += 1) {
    for (const suffix of ['-wal', '-shm', '']) rmSync(`${database}${suffix}`, { force: true });
    results.filter.push(await measure([part('filter-reader.mjs'), home]));
    results.first.push(await measure(importOnce));
    results.again.push(await measure(importOnce));
    if (options.ccusage !== undefined) {
      const script = join(options.ccusage, 'node_modules', 'ccusage', 'dist', 'index.js');
      const places = { CLAUDE_CONFIG_DIR: home, HOME: home, TZ: 'UTC', LOG_LEVEL: '0' };
      results.ccusage.push(await measure([script, 'daily', '--offline', '--json'], places));
    }
    progress(`round ${round + 1} of ${options.rounds}`);
  }
  report(generated);
} finally {
  rmSync(home, { recursive: true, force: true });
}

function report({ totals }) {
  const filter = results.filter.map((sample) => ({ ...sample, ...JSON.parse(sample.output) }));
  const first = results.first.map((sample) => ({ ...sample, ...JSON.parse(sample.output) }));
  const again = results.again.map((sample) => ({ ...sample, ...JSON.parse(sample.output) }));
  const rows = [['', 'wall s', 'CPU s', 'peak MB', 'wall : filter', 'CPU : filter']];
  const add = (name, samples) => {
    if (samples.length === 0) return;
    const ratio = (field) => (median(samples, field) / median(filter, field)).toFixed(2);
    const [wall, cpu, peak] = ['wall', 'cpu', 'megabytes'].map((field) => median(samples, field));
    rows.push([name, wall.toFixed(2), cpu.toFixed(2), peak.toFixed(0), ratio('wall'), ratio('cpu')]);
  };
  add('filter: parse and count, nothing else', filter);
  add('Tollgate, first import', first);
  add('Tollgate, nothing changed', again);
  add('ccusage daily --offline', results.ccusage);
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  process.stdout.write(
    `\n${cpus().length} × ${cpus()[0].model.trim()}, Node ${process.version}, medians of ${options.rounds}\n`,
  );
  for (const row of rows)
    process.stdout.write(`${row.map((cell, at) => cell.padEnd(widths[at])).join('  ')}\n`);
  process.stdout.write(
    `Nothing changed, from starting the thread to its end: ${median(again, 'milliseconds')} ms\n`,
  );
  const agree = [
    ['filter', filter[0].messages === totals.messages && filter[0].output !== undefined],
    [
      'Tollgate',
      first[0].summary.messages === totals.messages && again[0].summary.messages === totals.messages,
    ],
  ];
  if (results.ccusage.length > 0) {
    const { totals: theirs } = JSON.parse(results.ccusage[0].output);
    agree.push([
      'ccusage',
      theirs.inputTokens === totals.input && theirs.cacheReadTokens === totals.cacheRead,
    ]);
    const ours = first[0].summary.costNanoUsd / 1e9;
    process.stdout.write(`Cost: ccusage $${theirs.totalCost.toFixed(6)}, Tollgate $${ours.toFixed(9)}\n`);
  }
  for (const [name, same] of agree) process.stdout.write(`${name}: counts ${same ? 'agree' : 'DIFFER'}\n`);
}
