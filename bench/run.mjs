// `npm run bench`: measures Tollgate beside a minimal `node:http` pipe and the bare upstream in one run, prints one
// table and keeps the figures in bench/results/. README.md says how to read it.
//   --quick          one short round instead of three
//   --rounds N       number of rounds
//   --only A,B       measures by name (see measures.mjs and translated-measures.mjs)
//   --self-check     a second pipe in Tollgate's place: every ratio should come to 1
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, release, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { countBad, evaluateGoals } from './goals.mjs';
import { relayMeasures, warmUp } from './measures.mjs';
import { canReadUsage } from './process-usage.mjs';
import { formatTable } from './report.mjs';
import {
  directTarget,
  pinSelf,
  pinned,
  startGenerator,
  startPipe,
  startTollgate,
  startTranslationReference,
  startUpstream,
  stopAll,
} from './targets.mjs';
import { translatedMeasures } from './translated-measures.mjs';

const measures = { ...relayMeasures, ...translatedMeasures };
const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    only: { type: 'string' },
    'self-check': { type: 'boolean', default: false },
  },
});
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 9)) {
  process.stderr.write(
    `bench: this is Node ${process.versions.node}; use "npm run bench", which brings Node 24.9 or newer\n`,
  );
  process.exit(2);
}
const rounds = Number(options.rounds ?? (options.quick ? 1 : 3));
const chosen = options.only?.split(',') ?? Object.keys(measures);
const unknown = chosen.filter((name) => !(name in measures));
if (unknown.length > 0 || !Number.isInteger(rounds) || rounds < 1) {
  process.stderr.write(`bench: --only takes ${Object.keys(measures).join(', ')}; --rounds a number from 1\n`);
  process.exit(2);
}

const home = mkdtempSync(join(tmpdir(), 'tollgate-bench-'));
const results = Object.fromEntries([...chosen, 'workLeft'].map((name) => [name, []]));
const progress = (text) => process.stderr.write(`${text}\n`);
const startSubject = options['self-check'] ? startPipe : startTollgate;

let probes = 0;

async function startBench(round) {
  const upstream = await startUpstream();
  const generator = await startGenerator();
  const place = (side) => ({ upstreamPort: upstream.port, home: join(home, `${side}-${round}`) });
  const start = {
    pipe: startPipe,
    tollgate: startSubject,
    translated: (options) => startTollgate({ ...options, api: 'responses' }),
  };
  const translating = new Map();
  return {
    round,
    quick: options.quick,
    upstream,
    generator,
    direct: directTarget(upstream.port),
    pipe: await start.pipe(place('pipe')),
    tollgate: await start.tollgate(place('tollgate')),
    /** A target of a translated provider, started when first asked for; `kind`: "tollgate" or that of a reference. */
    async translating(api, kind) {
      const name = `${api}-${kind}`;
      const options = { ...place(name), api, kind };
      const known = translating.get(name);
      const target =
        known ?? (await (kind === 'tollgate' ? startTollgate : startTranslationReference)(options));
      translating.set(name, target);
      return target;
    },
    stopTranslating: () => Promise.all([...translating.values()].map((target) => target.stop())),
    async startProbed(side) {
      probes += 1;
      const stallFile = join(home, `stalls-${probes}`);
      return { stallFile, target: await start[side]({ ...place(`${side}-probe-${probes}`), stallFile }) };
    },
  };
}

const stopBench = async ({ pipe, tollgate, upstream, generator, stopTranslating }) => {
  await Promise.all([pipe.stop(), tollgate.stop(), stopTranslating()]);
  await Promise.all([generator.stop(), upstream.stop()]);
};

/** The longest work left of the round, over its measures, for each side. */
function worstWorkLeft(samples) {
  const worst = (side) => {
    const found = samples.map((sample) => sample[side]?.workLeftMs).filter((ms) => ms !== undefined);
    return found.length === 0 || !canReadUsage ? null : Math.max(...found);
  };
  return { pipe: { ms: worst('pipe') }, tollgate: { ms: worst('tollgate') } };
}

async function runRound(round) {
  const bench = await startBench(round);
  if (chosen.some((name) => !(name in translatedMeasures))) await warmUp(bench);
  const all = [];
  for (const name of chosen) {
    const begun = performance.now();
    const samples = await measures[name](bench);
    all.push(...samples);
    results[name].push(...samples.map((sample) => ({ round, ...sample })));
    progress(
      `round ${round + 1} of ${rounds}: ${name}, ${((performance.now() - begun) / 1000).toFixed(0)} s`,
    );
  }
  results.workLeft.push({ round, ...worstWorkLeft(all) });
  await stopBench(bench);
}

function saveResults(rows, meta) {
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${meta.at.replaceAll(':', '-')}.json`);
  writeFileSync(file, JSON.stringify({ meta, rows, results }, null, 1));
  return file;
}

process.on('SIGINT', () => {
  void stopAll().then(() => process.exit(1));
});

const meta = {
  at: new Date().toISOString().slice(0, 19),
  cpu: `${cpus().length} × ${cpus()[0].model.trim()}`,
  system: `${process.platform} ${release()}`,
  node: process.version,
  rounds,
  quick: options.quick,
  pinned,
  subject: options['self-check'] ? 'a second pipe' : 'Tollgate',
};

try {
  pinSelf();
  for (let round = 0; round < rounds; round++) await runRound(round);
  const rows = evaluateGoals(results);
  const bad = { pipe: countBad(results, 'pipe'), tollgate: countBad(results, 'tollgate') };
  process.stdout.write(formatTable({ rows, meta, bad, results }));
  process.stdout.write(`Figures: ${saveResults(rows, meta)}\n`);
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  await stopAll();
  rmSync(home, { recursive: true, force: true });
}
