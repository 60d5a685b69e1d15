// Lays out the table and says below it what a reader must know: pinning, noise, failed exchanges, goals not reached.
import { isDisturbed } from './disturbance.mjs';
import { median } from './statistics.mjs';

const columns = [
  ['#', 'number'],
  ['measure', 'title'],
  ['direct', 'direct'],
  ['pipe', 'pipe'],
  ['Tollgate', 'tollgate'],
  ['ratio to pipe', 'ratio'],
  ['must', 'must'],
  ['', 'verdict'],
];

function layOut(rows) {
  const lines = [
    columns.map(([heading]) => heading),
    ...rows.map((row) => columns.map(([, key]) => row[key])),
  ];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column].length)));
  const text = lines.map((line) =>
    line
      .map((value, column) => value.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  const rule = widths.map((width) => '-'.repeat(width)).join('  ');
  return [text[0], rule, ...text.slice(1)].join('\n');
}

/** Busy shares below which a throughput figure says more about the generator than about the target. */
const saturated = 0.85;

function notes({ rows, meta, bad, results }) {
  const list = [];
  if (!meta.pinned) list.push('Nothing is pinned to a core here (that needs Linux, taskset and two cores).');
  const busy = median((results.json2k ?? []).map((sample) => sample.tollgate?.targetBusy));
  if (busy !== null && busy < saturated) {
    list.push(
      `Tollgate used only ${Math.round(busy * 100)} % of its core in the 2 KB load: another process took part of the machine.`,
    );
  }
  const samples = Object.values(results).flat();
  const disturbed = samples.filter((sample) =>
    [sample, sample.pipe, sample.tollgate].some((part) => part !== undefined && isDisturbed(part)),
  );
  if (disturbed.length > 0) {
    list.push(
      `${disturbed.length} of ${samples.length} samples were taken while other programs used the machine, also after repeating them.`,
    );
  }
  if (bad.pipe + bad.tollgate > 0)
    list.push(`Failed or altered exchanges: pipe ${bad.pipe}, ${meta.subject} ${bad.tollgate}.`);
  const over = rows.filter((row) => row.verdict === 'OVER');
  list.push(
    over.length === 0
      ? 'Every goal that could be measured here is met.'
      : `Over the goal: ${over.map((row) => `${row.number} (${row.title})`).join('; ')}.`,
  );
  list.push(
    'Ratios hold within this run only; on a shared machine read differences under 25 % as noise and repeat.',
  );
  list.push(
    'Row 3: the limit is 5 × (2 KB) and 12 × (200 KB) the fastest other gateway measured beside this pipe; others used 7.5 to 48 × the CPU of the pipe per request.',
  );
  return list;
}

/** The whole text for standard output. */
export function formatTable(run) {
  const { meta, rows } = run;
  const pinning = meta.pinned ? 'gateway on core 0, load and upstream on core 1' : 'unpinned';
  const head = `${meta.subject} beside a minimal node:http pipe, ${meta.at}: ${meta.cpu}, ${meta.system}, Node ${meta.node}, ${meta.rounds} round(s)${meta.quick ? ', quick' : ''}, ${pinning}. Medians; (lowest–highest).`;
  return `${head}\n\n${layOut(rows)}\n\n${notes(run).join('\n')}\n`;
}
