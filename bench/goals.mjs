// The rows of the table: where each figure comes from, how it is compared with the pipe of the same run and what it
// must be. Pure: samples in, rows out.
import { median, spread } from './statistics.mjs';

/** Throughput of the fastest gateway recorded on one machine, as a share of the same minimal pipe there. */
const bestRecordedShare = { json2k: 705 / 5346, json200k: 146 / 2908 };

const micros = (value) => `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} µs`;
const millis = (value) => `${value >= 100 ? value.toFixed(0) : value.toFixed(1)} ms`;
const microsAsMillis = (value) => millis(value / 1000);
const perSecond = (value) => `${Math.round(value).toLocaleString('en')}/s`;
const megabytes = (value) => `${value.toFixed(1)} MB`;
const times = (value) => value.toFixed(2);

/** A row judged by the ratio of Tollgate to the pipe, sample by sample. */
function ratioRow({ number, title, measure, metric, directMetric, show, most, least, note, absolute }) {
  return { number, title, measure, metric, directMetric, show, most, least, note, absolute, by: 'ratio' };
}

/** A row judged by Tollgate's own figure, or by its distance to the pipe's. */
function limitRow({ number, title, measure, metric, directMetric, show, limit, by, must }) {
  return { number, title, measure, metric, directMetric, show, limit, by, must };
}

/** A row judged by Tollgate's own figure that shows the ratio to the reference as well. */
function comparedRow(row) {
  return { ...limitRow({ ...row, by: 'own' }), showsRatio: true };
}

const definitions = [
  ratioRow({
    number: '1',
    title: 'CPU per request, JSON 2 KB, 8 at a time',
    measure: 'json2k',
    metric: 'cpuMicrosPerRequest',
    show: micros,
    most: 1.25,
  }),
  ratioRow({
    number: '2',
    title: 'CPU per request, JSON 200 KB, 8 at a time',
    measure: 'json200k',
    metric: 'cpuMicrosPerRequest',
    show: micros,
    most: 1.4,
  }),
  ratioRow({
    number: '3',
    title: 'requests per second, JSON 2 KB',
    measure: 'json2k',
    metric: 'requestsPerSecond',
    directMetric: 'requestsPerSecond',
    show: perSecond,
    least: 5 * bestRecordedShare.json2k,
  }),
  ratioRow({
    number: '3',
    title: 'requests per second, JSON 200 KB',
    measure: 'json200k',
    metric: 'requestsPerSecond',
    directMetric: 'requestsPerSecond',
    show: perSecond,
    least: 12 * bestRecordedShare.json200k,
  }),
  ratioRow({
    number: '4',
    title: 'added time to first byte, p50, 2 KB',
    measure: 'firstByte2k',
    metric: 'addedP50',
    directMetric: 'p50',
    show: micros,
    most: 1.3,
    absolute: { most: 1000, text: '< 1 ms' },
  }),
  ratioRow({
    number: '4',
    title: 'added time to first byte, p50, 200 KB',
    measure: 'firstByte200k',
    metric: 'addedP50',
    directMetric: 'p50',
    show: micros,
    most: 1.3,
    absolute: { most: 1000, text: '< 1 ms' },
  }),
  ratioRow({
    number: '5',
    title: 'added time per delta, p50',
    measure: 'deltaDelay',
    metric: 'addedP50',
    directMetric: 'p50',
    show: micros,
    most: 1.2,
  }),
  ratioRow({
    number: '6',
    title: '200 streams of 50 deltas/s: CPU per delta',
    measure: 'streams',
    metric: 'cpuMicrosPerDelta',
    show: micros,
    most: 1.2,
  }),
  limitRow({
    number: '7',
    title: '200 streams: identical, in order, none lost',
    measure: 'streams',
    metric: 'whole',
    directMetric: 'whole',
    show: String,
    by: 'everySample',
    limit: 200,
    must: '200 of 200',
  }),
  ratioRow({
    number: '8',
    title: '200 starting streams: time to first byte, p99',
    measure: 'streams',
    metric: 'firstByteP99',
    directMetric: 'firstByteP99',
    show: microsAsMillis,
    most: 2,
  }),
  ratioRow({
    number: '9',
    title: 'unpaced deltas per second, 200 a stream',
    measure: 'burst',
    metric: 'deltasPerSecond',
    directMetric: 'deltasPerSecond',
    show: perSecond,
    least: 0.85,
  }),
  limitRow({
    number: '10',
    title: 'memory slope over 20,000 requests of 20 KB, per 10,000',
    measure: 'memory',
    metric: 'megabytesPer10k',
    show: megabytes,
    by: 'own',
    limit: 1,
    must: '≤ 1 MB',
  }),
  limitRow({
    number: '10',
    title: 'resident memory at 200 streams',
    measure: 'streams',
    metric: 'residentPeakMegabytes',
    show: megabytes,
    by: 'beyondPipe',
    limit: 80,
    must: '≤ pipe + 80 MB',
  }),
  limitRow({
    number: '11',
    title: 'work left after the last answer, worst of a round',
    measure: 'workLeft',
    metric: 'ms',
    show: millis,
    by: 'own',
    limit: 500,
    must: '≤ 500 ms',
  }),
  limitRow({
    number: '13',
    title: 'event-loop stall from 2 MB requests, own CPU, longest',
    measure: 'stall',
    metric: 'cpuMax',
    show: millis,
    by: 'own',
    limit: 5,
    must: '≤ 5 ms',
  }),
  limitRow({
    number: '13',
    title: 'the same by the clock, p50 of the requests',
    measure: 'stall',
    metric: 'wallP50',
    show: millis,
    by: 'own',
    limit: 5,
    must: '≤ 5 ms',
  }),
];

/** Of a translated provider; "direct" is the AI SDK's package alone, "pipe" the same events or body by Node alone. */
const translatedDefinitions = [
  comparedRow({
    number: '12',
    title: 'CPU per translated stream of 200 deltas, Responses',
    measure: 'translatedStream',
    metric: 'cpuMicrosPerRequest',
    directMetric: 'cpuMicrosPerRequest',
    show: microsAsMillis,
    limit: 8000,
    must: '≤ 8 ms',
  }),
  comparedRow({
    number: '12',
    title: 'the same, Chat Completions',
    measure: 'translatedChat',
    metric: 'cpuMicrosPerRequest',
    directMetric: 'cpuMicrosPerRequest',
    show: microsAsMillis,
    limit: 8000,
    must: '≤ 8 ms',
  }),
  comparedRow({
    number: '12',
    title: 'CPU per translated request of 200 KB',
    measure: 'translatedRequest',
    metric: 'cpuMicrosPerRequest',
    show: microsAsMillis,
    limit: 5000,
    must: '≤ 5 ms',
  }),
  limitRow({
    number: '13',
    title: 'stall from translated requests to 256 KB, own CPU, longest',
    measure: 'translatedStall',
    metric: 'inlineCpuMax',
    show: millis,
    by: 'own',
    limit: 10,
    must: '≤ 10 ms',
  }),
  limitRow({
    number: '13',
    title: 'stall from translated requests of 2 MB, own CPU, longest',
    measure: 'translatedStall',
    metric: 'offloadedCpuMax',
    show: millis,
    by: 'own',
    limit: 10,
    must: '≤ 10 ms',
  }),
  comparedRow({
    number: '6',
    title: '200 translated streams of 50 deltas/s: CPU per delta',
    measure: 'translatedStreams',
    metric: 'cpuMicrosPerDelta',
    show: micros,
    limit: 100,
    must: '≤ 100 µs',
  }),
  limitRow({
    number: '7',
    title: '200 translated streams: whole, in order, none lost',
    measure: 'translatedStreams',
    metric: 'whole',
    show: String,
    by: 'everySample',
    limit: 200,
    must: '200 of 200',
  }),
  limitRow({
    number: '5',
    title: '200 translated streams: delay, last quarter less first',
    measure: 'translatedStreams',
    metric: 'delayGrowth',
    show: microsAsMillis,
    by: 'own',
    // A queue that grows falls behind by more than the time between two deltas.
    limit: 20_000,
    must: '≤ 20 ms',
  }),
];

function verdictOf(row, ratios, own, pipe, values) {
  if (row.by === 'ratio') {
    const middle = median(ratios);
    if (middle === null) return 'n/a';
    const overRatio = row.most === undefined ? middle < row.least : middle > row.most;
    return overRatio || (row.absolute !== undefined && own > row.absolute.most) ? 'OVER' : 'ok';
  }
  if (own === null) return 'n/a';
  if (row.by === 'everySample') return values.every((value) => value === row.limit) ? 'ok' : 'OVER';
  if (row.by === 'beyondPipe') return own - pipe > row.limit ? 'OVER' : 'ok';
  return own > row.limit ? 'OVER' : 'ok';
}

function mustOf(row) {
  if (row.by !== 'ratio') return row.must;
  const ratio = row.most === undefined ? `≥ ${times(row.least)} ×` : `≤ ${times(row.most)} ×`;
  return row.absolute === undefined ? ratio : `${ratio}, ${row.absolute.text}`;
}

/** Median of one metric over the samples of one side, as text. */
function cell(samples, side, metric, show) {
  const middle = metric === undefined ? null : median(samples.map((sample) => sample[side]?.[metric]));
  return middle === null ? '–' : show(middle);
}

/** `results`: measure → samples. Gives rows of `{ number, title, direct, pipe, tollgate, ratio, must, verdict }`. */
export function evaluateGoals(results) {
  return [...definitions, ...translatedDefinitions].map((row) => {
    const samples = results[row.measure] ?? [];
    const values = samples.map((sample) => sample.tollgate?.[row.metric]);
    const ratios = samples.map((sample) => sample.tollgate?.[row.metric] / sample.pipe?.[row.metric]);
    const own = median(values);
    const pipe = median(samples.map((sample) => sample.pipe?.[row.metric]));
    const range = row.by === 'ratio' || row.showsRatio ? spread(ratios) : null;
    const several = samples.length > 1;
    const ownRange = row.by === 'ratio' || !several ? null : spread(values);
    return {
      number: row.number,
      title: row.title,
      direct: cell(samples, 'direct', row.directMetric, row.show),
      pipe: cell(samples, 'pipe', row.metric, row.show),
      tollgate:
        cell(samples, 'tollgate', row.metric, row.show) +
        (ownRange === null || ownRange.min === ownRange.max
          ? ''
          : ` (${row.show(ownRange.min)} to ${row.show(ownRange.max)})`),
      ratio:
        range === null
          ? ''
          : times(range.median) + (several ? ` (${times(range.min)}–${times(range.max)})` : ''),
      must: mustOf(row),
      verdict: verdictOf(row, ratios, own, pipe, values),
    };
  });
}

/** Exchanges that failed or answered other bytes, over all measures, by side. */
export function countBad(results, side) {
  const samples = Object.values(results).flat();
  return samples.reduce((sum, sample) => sum + (sample[side]?.bad ?? 0), 0);
}
