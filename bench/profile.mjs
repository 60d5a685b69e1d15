// Where Tollgate's processor time goes: runs one kind of load against it under Node's own profiler and prints the
// hottest functions, in microseconds per request.
//   node bench/profile.mjs json2k|json200k|burst|streams|translatedStream|translatedChat|translatedRequest|translatedStreams
//     [--seconds N] [--top N] [--keep FILE]
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, statSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { pinSelf, startGenerator, startTollgate, startUpstream, stopAll } from './targets.mjs';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '10' },
    top: { type: 'string', default: '40' },
    keep: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const loads = {
  json2k: { shape: { deltas: 1, paceMs: 0 }, job: 'load', options: { bodyBytes: 2048 } },
  json200k: { shape: { deltas: 1, paceMs: 0 }, job: 'load', options: { bodyBytes: 204_800 } },
  burst: { shape: { deltas: 200, paceMs: 0 }, job: 'load', options: { bodyBytes: 2048, deltas: 200 } },
  streams: {
    shape: { deltas: seconds * 50, paceMs: 20 },
    job: 'streams',
    options: { bodyBytes: 2048, deltas: seconds * 50, count: 200, spacingMs: 2.5 },
  },
};
const translated = (api, { options, ...load }) => ({
  ...load,
  api,
  options: { ...options, answers: 'translated' },
});
Object.assign(loads, {
  translatedStream: translated('responses', loads.burst),
  translatedChat: translated('chat', loads.burst),
  translatedRequest: translated('responses', {
    ...loads.json200k,
    options: { bodyBytes: 204_800, deltas: 1 },
  }),
  translatedStreams: translated('responses', loads.streams),
});
const load = loads[positionals[0]];
if (load === undefined) {
  process.stderr.write(`profile: name one of ${Object.keys(loads).join(', ')}\n`);
  process.exit(2);
}

/** Self time by function and by function with all it calls, microseconds, from a .cpuprofile. */
function sumProfile(profile) {
  const byId = new Map(profile.nodes.map((node) => [node.id, node]));
  const own = new Map();
  profile.samples.forEach((id, index) =>
    own.set(id, (own.get(id) ?? 0) + Math.max(0, profile.timeDeltas[index])),
  );
  const parents = new Map(
    profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])),
  );
  const label = ({ callFrame: { functionName, url, lineNumber } }) => {
    const place = url.replace(/^file:\/\//, '').replace(/^.*\/(?=(src|node_modules)\/)/, '');
    return `${functionName || '(anonymous)'}${place === '' ? '' : `  ${place}:${lineNumber + 1}`}`;
  };
  const self = new Map();
  const total = new Map();
  for (const [id, time] of own) {
    const name = label(byId.get(id));
    self.set(name, (self.get(name) ?? 0) + time);
    const seen = new Set();
    for (let at = id; at !== undefined; at = parents.get(at)) seen.add(label(byId.get(at)));
    for (const each of seen) total.set(each, (total.get(each) ?? 0) + time);
  }
  return { self, total };
}

function printTop(title, sums, per, unit, keep = () => true) {
  const rows = [...sums].filter(([name]) => keep(name)).sort((a, b) => b[1] - a[1]);
  process.stdout.write(`\n${title}, µs per ${unit}\n`);
  for (const [name, time] of rows.slice(0, Number(options.top))) {
    process.stdout.write(`${(time / per).toFixed(2).padStart(9)}  ${name}\n`);
  }
}

const home = mkdtempSync(join(tmpdir(), 'tollgate-profile-'));
try {
  pinSelf();
  const upstream = await startUpstream();
  const generator = await startGenerator();
  const nodeArguments = ['--cpu-prof', '--cpu-prof-interval', '500', '--cpu-prof-dir', home];
  const { stop, ...target } = await startTollgate({
    upstreamPort: upstream.port,
    home: join(home, 'home'),
    api: load.api,
    nodeArguments,
  });
  await upstream.shape(load.shape);
  const common = { target, concurrency: 8, warmMs: 0, ms: seconds * 1000 };
  const result = await generator.run(load.job, { ...common, ...load.options });
  await stop();
  // Short-lived threads leave profiles of their own; the gateway's is by far the largest.
  const [file] = readdirSync(home)
    .filter((name) => name.endsWith('.cpuprofile'))
    .toSorted((a, b) => statSync(join(home, b)).size - statSync(join(home, a)).size);
  if (options.keep !== undefined) copyFileSync(join(home, file), options.keep);
  const { self, total } = sumProfile(JSON.parse(readFileSync(join(home, file), 'utf8')));
  const streams = load.job === 'streams';
  const per = streams ? load.options.deltas * load.options.count : result.requests;
  const unit = streams ? 'delta' : 'request';
  process.stdout.write(
    `${positionals[0]}: ${per} ${unit}s, ${(result.cpuMicrosPerRequest ?? result.cpuMicrosPerDelta).toFixed(1)} µs CPU each, profiler on\n`,
  );
  const idle = /^\((root|program|idle)\)/;
  printTop('Self time', self, per, unit, (name) => !/^\((root|idle)\)/.test(name));
  printTop(
    'With all they call, Tollgate and its packages',
    total,
    per,
    unit,
    (name) => / {2}(src|node_modules)\//.test(name) && !idle.test(name),
  );
} finally {
  await stopAll();
  rmSync(home, { recursive: true, force: true });
}
