// The load generator of the bench, a process of its own: runs one job at a time as the parent asks by message and
// sends the figures back. Times are microseconds, processor time is seconds.
import { findProcessTree, readUsage } from '../process-usage.mjs';
import { quantile, slope } from '../statistics.mjs';
import {
  ClientConnection,
  PacedCheck,
  TranslatedCheck,
  UnpacedCheck,
  expectedBytes,
} from '../wire/client-connection.mjs';
import { monotonicMicros } from '../wire/clock.mjs';
import { buildRequest } from '../wire/messages.mjs';

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Makes the check for each answer of an unpaced load: events as the upstream sent them, translated ones, or none. */
function checkMaker(answers, deltas) {
  if (answers === 'translated') return () => new TranslatedCheck();
  if (answers === 'json') return () => null;
  const expected = expectedBytes(deltas);
  return () => new UnpacedCheck(expected);
}

const pacedCheck = (answers) => (answers === 'translated' ? new TranslatedCheck() : new PacedCheck());

/** Reads the target's usage now and, on the next call, the difference. */
function startMeter(target) {
  const pids = target.pid === undefined ? [] : findProcessTree(target.pid);
  const before = readUsage(pids);
  const own = process.cpuUsage();
  const at = monotonicMicros();
  return () => {
    const seconds = (monotonicMicros() - at) / 1e6;
    const after = readUsage(pids);
    const { user, system } = process.cpuUsage(own);
    return {
      seconds,
      cpuSeconds: after === null ? null : after.cpuSeconds - before.cpuSeconds,
      residentMegabytes: after?.residentMegabytes ?? null,
      generatorBusy: (user + system) / 1e6 / seconds,
    };
  };
}

/**
 * A closed loop on `concurrency` connections for `ms` after `warmMs`: throughput, latency, processor time. `answers`:
 * "same", "translated" or "json".
 */
async function runLoad({ target, bodyBytes, deltas, answers, concurrency, warmMs, ms }) {
  const stream = deltas !== undefined;
  const request = buildRequest(target, bodyBytes, stream);
  const createCheck = checkMaker(stream ? answers : 'json', deltas);
  const connections = Array.from({ length: concurrency }, () => new ClientConnection(target));
  let counting = false;
  let stopped = false;
  const latencies = [];
  let bad = 0;
  function next(connection) {
    connection.send(request, createCheck(), (answer) => {
      const good = answer.ok && answer.check.isWhole(deltas);
      if (counting && good) latencies.push(answer.endedAt - answer.startedAt);
      if (counting && !good) bad += 1;
      if (stopped) return;
      if (good) next(connection);
      else setTimeout(() => stopped || next(connection), 5);
    });
  }
  connections.forEach(next);
  await wait(warmMs);
  counting = true;
  const readMeter = startMeter(target);
  await wait(ms);
  counting = false;
  const meter = readMeter();
  stopped = true;
  await drain(connections);
  const { seconds, cpuSeconds, generatorBusy } = meter;
  const requests = latencies.length;
  return {
    requests,
    bad,
    generatorBusy,
    targetBusy: cpuSeconds === null ? null : cpuSeconds / seconds,
    requestsPerSecond: requests / seconds,
    deltasPerSecond: stream ? (requests * deltas) / seconds : null,
    cpuMicrosPerRequest: cpuSeconds === null || requests === 0 ? null : (cpuSeconds * 1e6) / requests,
    latencyP50: quantile(latencies, 0.5),
    latencyP99: quantile(latencies, 0.99),
  };
}

/** Lets what is under way end, so that no target starts its next measure with abandoned requests. */
async function drain(connections) {
  const deadline = monotonicMicros() + 5e6;
  while (connections.some((connection) => connection.finish !== null) && monotonicMicros() < deadline)
    await wait(5);
  connections.forEach((connection) => connection.close());
}

/** One exchange at a time, the targets in turn: time to the first body byte for each, in lists of equal length. */
async function runAlternate({ targets, bodyBytes, deltas, turns, warmTurns }) {
  const expected = expectedBytes(deltas);
  const clients = targets.map((target) => ({
    connection: new ClientConnection(target),
    request: buildRequest(target, bodyBytes, true),
    times: [],
  }));
  let bad = 0;
  for (let turn = 0; turn < turns + warmTurns; turn++) {
    const order = turn % 2 === 0 ? clients : clients.toReversed();
    const answers = new Map();
    for (const client of order) {
      answers.set(client, await client.connection.exchange(client.request, new UnpacedCheck(expected)));
    }
    if (turn < warmTurns) continue;
    if ([...answers.values()].some((answer) => !answer.ok || !answer.check.isWhole())) {
      bad += 1;
      continue;
    }
    for (const [client, answer] of answers) client.times.push(answer.firstByteAt - answer.startedAt);
  }
  clients.forEach((client) => client.connection.close());
  return { bad, times: clients.map((client) => client.times) };
}

/** One paced stream at a time, the targets in turn: delays of every delta, in lists of equal length. */
async function runPaced({ targets, bodyBytes, deltas, turns, warmTurns }) {
  const clients = targets.map((target) => ({
    connection: new ClientConnection(target),
    request: buildRequest(target, bodyBytes, true),
    delays: [],
  }));
  let bad = 0;
  for (let turn = 0; turn < turns + warmTurns; turn++) {
    const order = turn % 2 === 0 ? clients : clients.toReversed();
    for (const client of order) {
      const answer = await client.connection.exchange(client.request, new PacedCheck());
      if (!answer.ok || !answer.check.isWhole(deltas)) bad += 1;
      else if (turn >= warmTurns) client.delays.push(...answer.check.delays);
    }
  }
  clients.forEach((client) => client.connection.close());
  return { bad, delays: clients.map((client) => client.delays) };
}

/** Many paced streams side by side, started `spacingMs` apart: processor time per delta, order, bytes, memory. */
async function runStreams({ target, bodyBytes, deltas, answers, count, spacingMs }) {
  const request = buildRequest(target, bodyBytes, true);
  const connections = Array.from({ length: count }, () => new ClientConnection(target));
  const pids = target.pid === undefined ? [] : findProcessTree(target.pid);
  let peak = 0;
  const sampler = setInterval(() => {
    peak = Math.max(peak, readUsage(pids)?.residentMegabytes ?? 0);
  }, 500);
  const readMeter = startMeter(target);
  const running = [];
  const begun = monotonicMicros();
  for (let index = 0; index < count; index++) {
    const early = begun + index * spacingMs * 1e3 - monotonicMicros();
    if (early > 0) await wait(early / 1e3);
    running.push(connections[index].exchange(request, pacedCheck(answers)));
  }
  const ended = await Promise.all(running);
  const { cpuSeconds, seconds, generatorBusy } = readMeter();
  clearInterval(sampler);
  connections.forEach((connection) => connection.close());
  const checks = ended.map((answer) => answer.check);
  const seen = checks.reduce((sum, check) => sum + check.seen, 0);
  const firstBytes = ended
    .filter((answer) => answer.ok)
    .map((answer) => answer.firstByteAt - answer.startedAt);
  const delays = checks.flatMap((check) => check.delays);
  const delaysOf = (from, to) => checks.flatMap((check) => check.delays.slice(from * deltas, to * deltas));
  return {
    count,
    seconds,
    generatorBusy,
    cpuSeconds,
    whole: ended.filter((answer) => answer.ok && answer.check.isWhole(deltas)).length,
    lost: count * deltas - seen,
    disordered: checks.reduce((sum, check) => sum + check.disordered, 0),
    cpuMicrosPerDelta: cpuSeconds === null || seen === 0 ? null : (cpuSeconds * 1e6) / seen,
    firstByteP99: quantile(firstBytes, 0.99),
    delayP50: quantile(delays, 0.5),
    delayP99: quantile(delays, 0.99),
    firstQuarterDelayP50: quantile(delaysOf(0, 0.25), 0.5),
    lastQuarterDelayP50: quantile(delaysOf(0.75, 1), 0.5),
    residentPeakMegabytes: pids.length === 0 ? null : peak,
  };
}

/** A fixed number of requests: resident memory over them, its slope over the second half. */
async function runMemory({ target, bodyBytes, requests, concurrency }) {
  const request = buildRequest(target, bodyBytes, false);
  const pids = target.pid === undefined ? [] : findProcessTree(target.pid);
  const resident = () => readUsage(pids)?.residentMegabytes ?? null;
  const connections = Array.from({ length: concurrency }, () => new ClientConnection(target));
  const step = Math.max(1, Math.floor(requests / 50));
  const samples = [];
  let started = 0;
  let done = 0;
  let bad = 0;
  const startMegabytes = resident();
  await new Promise((resolve) => {
    function next(connection) {
      if (started >= requests) return;
      started += 1;
      connection.send(request, null, (answer) => {
        done += 1;
        if (!answer.ok) bad += 1;
        if (done % step === 0) samples.push([done, resident()]);
        if (done === requests) resolve();
        else next(connection);
      });
    }
    connections.forEach(next);
  });
  connections.forEach((connection) => connection.close());
  const endMegabytes = resident();
  await wait(2000);
  const perRequest = pids.length === 0 ? null : slope(samples.slice(samples.length >> 1));
  return {
    bad,
    startMegabytes,
    endMegabytes,
    idleMegabytes: resident(),
    megabytesPer10k: perRequest === null ? null : perRequest * 10_000,
  };
}

/** Large requests one after another beside paced streams: when each was under way, for the stall probe's notes. */
async function runBeside({
  target,
  bodyBytes,
  deltas,
  answers,
  count,
  largeBytes,
  largeRequests,
  warmRequests,
  pauseMs,
}) {
  const small = buildRequest(target, bodyBytes, true);
  // A translated provider of the bench answers with a stream only, whose length says nothing here.
  const large = buildRequest(target, largeBytes, answers === 'translated');
  const streams = Array.from({ length: count }, () => new ClientConnection(target));
  let stopped = false;
  let bad = 0;
  async function keepStreaming(connection) {
    while (!stopped) {
      const answer = await connection.exchange(small, pacedCheck(answers));
      if (!answer.ok || !answer.check.isWhole(deltas)) bad += 1;
    }
  }
  const streaming = streams.map(keepStreaming);
  const connection = new ClientConnection(target);
  const windows = [];
  const quietWindows = [];
  await wait(1000);
  for (let turn = 0; turn < warmRequests + largeRequests; turn++) {
    const answer = await connection.exchange(large, null);
    if (!answer.ok) bad += 1;
    await wait(pauseMs);
    const quietFrom = monotonicMicros();
    await wait(pauseMs);
    if (turn < warmRequests) continue;
    windows.push([answer.startedAt, answer.endedAt]);
    quietWindows.push([quietFrom, quietFrom + answer.endedAt - answer.startedAt]);
  }
  stopped = true;
  await Promise.all(streaming);
  [...streams, connection].forEach((each) => each.close());
  return { bad, windows, quietWindows };
}

const jobs = {
  load: runLoad,
  alternate: runAlternate,
  paced: runPaced,
  streams: runStreams,
  memory: runMemory,
  beside: runBeside,
};

process.on('message', ({ job, options }) => {
  void jobs[job](options).then((result) => process.send({ result }));
});
process.on('disconnect', () => process.exit(0));
process.send({ ready: true });
