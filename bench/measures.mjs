// What is measured, in which order and how long. Each yields samples `{ direct?, pipe, tollgate }` taken back
// to back, so that a drift of the machine falls on both sides of a ratio.
import { readFileSync } from 'node:fs';
import { takeUndisturbed } from './disturbance.mjs';
import { findProcessTree, readUsage } from './process-usage.mjs';
import { quantile } from './statistics.mjs';

export const kilobyte = 1024;
const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Waits until the target rests (at most 15 s) and gives the milliseconds for which it went on working: to the end of
 * the last tenth of a second in which it used more than a tenth of its core.
 */
export async function waitUntilIdle(target) {
  const pids = findProcessTree(target.pid);
  const begun = performance.now();
  let used = readUsage(pids)?.cpuSeconds ?? 0;
  let lastWork = 0;
  for (let at = 0; at < 15_000 && at - lastWork < 300;) {
    await wait(100);
    at = performance.now() - begun;
    const now = readUsage(pids)?.cpuSeconds ?? 0;
    if (now - used > 0.011) lastWork = at;
    used = now;
  }
  return Math.round(lastWork);
}

/** The targets in the order of their turns, which changes from round to round and from slice to slice. */
export const inTurn = (sides, turn) => (turn % 2 === 0 ? sides : sides.toReversed());

/** Runs `job` on pipe and Tollgate, `slices` times in alternating order; waits for rest after each. */
async function runPairs(bench, { job, options, slices, withDirect }) {
  const samples = [];
  for (let slice = 0; slice < slices; slice++) {
    const sides = inTurn(['pipe', 'tollgate'], slice + bench.round);
    const takePair = async () => {
      const pair = {};
      for (const side of sides) {
        const { stop: _stop, ...target } = bench[side];
        pair[side] = await bench.generator.run(job, { ...options, target });
        pair[side].workLeftMs = await waitUntilIdle(target);
      }
      return pair;
    };
    const sample = await takeUndisturbed(takePair);
    if (withDirect && slice === 0)
      sample.direct = await bench.generator.run(job, { ...options, target: bench.direct });
    samples.push(sample);
  }
  return samples;
}

function loadMeasure(bodyBytes, deltas) {
  return async (bench) => {
    await bench.upstream.shape({ deltas: deltas ?? 1, paceMs: 0 });
    const options = { bodyBytes, deltas, concurrency: 8, warmMs: 200, ms: 1200 };
    return runPairs(bench, { job: 'load', options, slices: bench.quick ? 3 : 4, withDirect: true });
  };
}

export const plain = (target) => ({ host: target.host, port: target.port, key: target.key });
const differences = (values, base) => values.map((value, index) => value - base[index]);
const added = (values, base) => {
  const list = differences(values, base);
  return { addedP50: quantile(list, 0.5), addedP99: quantile(list, 0.99) };
};

/** One sample from three lists of times, in the order direct, pipe, Tollgate. */
function addedSample([direct, pipe, tollgate], bad) {
  return {
    direct: { p50: quantile(direct, 0.5), p99: quantile(direct, 0.99) },
    pipe: { ...added(pipe, direct), bad },
    tollgate: { ...added(tollgate, direct), bad },
  };
}

function firstByteMeasure(bodyBytes, turns) {
  return async (bench) => {
    await bench.upstream.shape({ deltas: 1, paceMs: 0 });
    const targets = [bench.direct, bench.pipe, bench.tollgate].map(plain);
    const options = { targets, bodyBytes, deltas: 1, turns: bench.quick ? turns / 2 : turns, warmTurns: 20 };
    const take = async () => {
      const { times, bad } = await bench.generator.run('alternate', options);
      return addedSample(times, bad);
    };
    return [await takeUndisturbed(take)];
  };
}

async function measureDeltaDelay(bench) {
  await bench.upstream.shape({ deltas: 100, paceMs: 5 });
  const targets = [bench.direct, bench.pipe, bench.tollgate].map(plain);
  const options = { targets, bodyBytes: 2 * kilobyte, deltas: 100, turns: bench.quick ? 4 : 6, warmTurns: 1 };
  const take = async () => {
    const { delays, bad } = await bench.generator.run('paced', options);
    return addedSample(delays, bad);
  };
  return [await takeUndisturbed(take)];
}

async function measureStreams(bench) {
  const deltas = bench.quick ? 200 : 300;
  await bench.upstream.shape({ deltas, paceMs: 20 });
  const options = { bodyBytes: 2 * kilobyte, deltas, count: 200, spacingMs: 2.5 };
  return runPairs(bench, { job: 'streams', options, slices: bench.quick ? 1 : 2, withDirect: true });
}

async function measureMemory(bench) {
  const options = { bodyBytes: 20 * kilobyte, requests: 20_000, concurrency: 8 };
  return runPairs(bench, { job: 'memory', options, slices: 1, withDirect: false });
}

const periodMicros = 1000;

/** Longest wall and processor time of a noted turn that touches the window, milliseconds beyond the probe's period. */
function longestTurn(turns, [from, to]) {
  const inside = turns.filter(([end, wall]) => end >= from && end - wall <= to);
  const most = (column) => Math.max(0, ...inside.map((turn) => (turn[column] - periodMicros) / 1000));
  return { wall: most(1), cpu: most(2) };
}

function readTurns(file) {
  let text = '';
  try {
    text = readFileSync(file, 'latin1');
  } catch {
    // Without a single slow turn the probe writes no file.
  }
  return text.split('\n').flatMap((line) => (line === '' ? [] : [line.split(' ').map(Number)]));
}

/** Large requests beside 20 streams, in a target that `start` starts with the probe inside. */
export async function takeStalls(bench, start, largeBytes, answers) {
  const { target, stallFile } = await start();
  const result = await bench.generator.run('beside', {
    target: plain(target),
    bodyBytes: 2 * kilobyte,
    deltas: 100,
    answers,
    count: 20,
    largeBytes,
    largeRequests: bench.quick ? 12 : 20,
    warmRequests: 10,
    pauseMs: 100,
  });
  await wait(700);
  await target.stop();
  const turns = readTurns(stallFile);
  const stalls = result.windows.map((window) => longestTurn(turns, window));
  const quiet = result.quietWindows.map((window) => longestTurn(turns, window));
  const p50 = (list) => quantile(list, 0.5);
  return {
    bad: result.bad,
    cpuMax: Math.max(...stalls.map((stall) => stall.cpu)),
    cpuP50: p50(stalls.map((stall) => stall.cpu)),
    wallP50: p50(stalls.map((stall) => stall.wall)),
    wallMax: Math.max(...stalls.map((stall) => stall.wall)),
    quietCpuMax: Math.max(...quiet.map((stall) => stall.cpu)),
    quietWallMax: Math.max(...quiet.map((stall) => stall.wall)),
  };
}

async function measureStall(bench) {
  await bench.upstream.shape({ deltas: 100, paceMs: 20 });
  const sample = {};
  for (const side of inTurn(['pipe', 'tollgate'], bench.round)) {
    const start = () => bench.startProbed(side);
    sample[side] = await takeUndisturbed(() => takeStalls(bench, start, 2048 * kilobyte));
  }
  return [sample];
}

/** Name → function of the bench, in the order of a round. */
export const relayMeasures = {
  json2k: loadMeasure(2 * kilobyte),
  json200k: loadMeasure(200 * kilobyte),
  burst: loadMeasure(2 * kilobyte, 200),
  firstByte2k: firstByteMeasure(2 * kilobyte, 400),
  firstByte200k: firstByteMeasure(200 * kilobyte, 200),
  deltaDelay: measureDeltaDelay,
  streams: measureStreams,
  memory: measureMemory,
  stall: measureStall,
};

/**
 * Connections, heaps and compiled code: Node needs some ten thousand requests of each kind until its processor time
 * per request stands still, and generator and upstream must be warm before anything is timed.
 */
export async function warmUp(bench) {
  const kinds = [
    { bodyBytes: 2 * kilobyte, ms: 6000 },
    { bodyBytes: 2 * kilobyte, deltas: 50, ms: 2500 },
    { bodyBytes: 200 * kilobyte, ms: 1000 },
  ];
  for (const side of ['direct', 'pipe', 'tollgate']) {
    const target = plain(bench[side]);
    for (const { ms, ...kind } of kinds) {
      await bench.upstream.shape({ deltas: kind.deltas ?? 1, paceMs: 0 });
      const share = side === 'direct' ? 0.2 : 1;
      await bench.generator.run('load', { ...kind, target, concurrency: 8, warmMs: 0, ms: ms * share });
    }
    await bench.upstream.shape({ deltas: 25, paceMs: 20 });
    await bench.generator.run('streams', {
      target,
      bodyBytes: 2 * kilobyte,
      deltas: 25,
      count: 100,
      spacingMs: 2.5,
    });
  }
  await waitUntilIdle(bench.pipe);
  await waitUntilIdle(bench.tollgate);
}
