// What is measured of a translated provider: Tollgate beside the provider's AI SDK package alone (`sdk`) and beside the
// least that Node needs to read and write the same events (`pipe`). The targets are started when the first measure of a
// round asks for them.
import { takeUndisturbed } from './disturbance.mjs';
import { inTurn, kilobyte, takeStalls, waitUntilIdle } from './measures.mjs';

/** Deltas of a stream whose cost is measured. */
const deltas = 200;
const warmMs = 3000;

/** Each side by its name, warm; `pick` says which of the api's targets stand for which side. */
async function startSides(bench, api, pick) {
  const sides = {};
  for (const [side, kind] of Object.entries(pick)) sides[side] = await bench.translating(api, kind);
  return sides;
}

/** Runs the unpaced load on all sides in turn, `slices` times, after each side is warm. */
async function runSides(bench, sides, options) {
  const answersOf = (side) => (side === 'direct' ? 'json' : 'translated');
  const run = (side, times) => {
    const { stop: _stop, ...target } = sides[side];
    const job = { ...options, ...times, target, answers: answersOf(side), concurrency: 8 };
    return bench.generator.run('load', job);
  };
  for (const side of Object.keys(sides)) await run(side, { warmMs: 0, ms: warmMs });
  const samples = [];
  for (let slice = 0; slice < (bench.quick ? 2 : 3); slice++) {
    const take = async () => {
      const sample = {};
      for (const side of inTurn(Object.keys(sides), slice + bench.round)) {
        sample[side] = await run(side, { warmMs: 200, ms: 1500 });
        sample[side].workLeftMs = await waitUntilIdle(sides[side]);
      }
      return sample;
    };
    samples.push(await takeUndisturbed(take));
  }
  return samples;
}

/** Processor time of a stream of 200 deltas. */
function streamMeasure(api) {
  return async (bench) => {
    await bench.upstream.shape({ deltas, paceMs: 0 });
    const sides = await startSides(bench, api, { direct: 'sdk', pipe: 'events', tollgate: 'tollgate' });
    return runSides(bench, sides, { bodyBytes: 2 * kilobyte, deltas });
  };
}

/** Processor time of a request of 200 KB whose answer is short. */
async function measureRequest(bench) {
  await bench.upstream.shape({ deltas: 1, paceMs: 0 });
  const sides = await startSides(bench, 'responses', { pipe: 'body', tollgate: 'tollgate' });
  return runSides(bench, sides, { bodyBytes: 200 * kilobyte, deltas: 1 });
}

/** 200 streams side by side for some seconds: processor time, order, and whether the delay grows. */
async function measureStreams(bench) {
  const count = 200;
  const paced = bench.quick ? 200 : 300;
  const sides = await startSides(bench, 'responses', { pipe: 'events', tollgate: 'tollgate' });
  const sample = {};
  const run = (side, perStream) => {
    const { stop: _stop, ...target } = sides[side];
    const options = { target, bodyBytes: 2 * kilobyte, deltas: perStream, answers: 'translated', count };
    return bench.generator.run('streams', { ...options, spacingMs: 2.5 });
  };
  for (const side of inTurn(Object.keys(sides), bench.round)) {
    await bench.upstream.shape({ deltas: 50, paceMs: 20 });
    await run(side, 50);
    await bench.upstream.shape({ deltas: paced, paceMs: 20 });
    sample[side] = await takeUndisturbed(() => run(side, paced));
    sample[side].workLeftMs = await waitUntilIdle(sides[side]);
    const { firstQuarterDelayP50: first, lastQuarterDelayP50: last } = sample[side];
    sample[side].delayGrowth = last - first;
  }
  return [sample];
}

/** The largest body that the gateway's own thread translates, and one that another thread takes. */
const stallingBytes = { largestInline: 256 * kilobyte, offloaded: 2048 * kilobyte };

async function measureStall(bench) {
  await bench.upstream.shape({ deltas: 100, paceMs: 20 });
  const start = () => bench.startProbed('translated');
  const tollgate = {};
  let bad = 0;
  for (const [name, bytes] of Object.entries(stallingBytes)) {
    tollgate[name] = await takeUndisturbed(() => takeStalls(bench, start, bytes, 'translated'));
    bad += tollgate[name].bad;
  }
  const { largestInline, offloaded } = tollgate;
  const others = Math.max(largestInline.others, offloaded.others);
  return [
    {
      tollgate: {
        bad,
        others,
        cpuMax: Math.max(largestInline.cpuMax, offloaded.cpuMax),
        inlineCpuMax: largestInline.cpuMax,
        offloadedCpuMax: offloaded.cpuMax,
        offloadedWallP50: offloaded.wallP50,
        largestInline,
        offloaded,
      },
    },
  ];
}

export const translatedMeasures = {
  translatedStream: streamMeasure('responses'),
  translatedChat: streamMeasure('chat'),
  translatedRequest: measureRequest,
  translatedStreams: measureStreams,
  translatedStall: measureStall,
};
