// Unified diff of a settings file for people to read before they agree to it: lines are compared as they are and
// printed masked. Pure.
import { maskSettings } from './mask-secrets.ts';
import type { Dialect } from './settings-text.ts';

const CONTEXT = 3;
/** Cells of the comparison table; a larger difference is shown as all lines out, all lines in. */
const LARGEST_TABLE = 4_000_000;

interface DiffLine {
  readonly sign: ' ' | '-' | '+';
  /** Index into the old lines, for '+' into the new ones. */
  readonly at: number;
}

/** Empty when both are the same; null stands for a file that does not exist. */
export function diffSettings(
  path: string,
  before: string | null,
  after: string | null,
  dialect: Dialect = 'json',
): string {
  if (before === after) return '';
  const old = toLines(before);
  const fresh = toLines(after);
  const shownOld = toLines(before === null ? null : maskSettings(before, dialect));
  const shownFresh = toLines(after === null ? null : maskSettings(after, dialect));
  const lines = compareLines(old, fresh);
  const header = [
    `--- ${before === null ? '/dev/null' : path}`,
    `+++ ${after === null ? '/dev/null' : path}`,
  ];
  const hunks = groupHunks(lines).flatMap((hunk) => printHunk(hunk, shownOld, shownFresh));
  return `${[...header, ...hunks].join('\n')}\n`;
}

/** Lines with a mark for what cannot be seen: a last line without its end is another line than one with it. */
function toLines(text: string | null): string[] {
  if (text === null || text === '') return [];
  const lines = text.split('\n');
  const last = lines.pop();
  if (last !== undefined && last !== '') lines.push(`${last}\n\\ No newline at end of file`);
  return lines;
}

function compareLines(old: readonly string[], fresh: readonly string[]): DiffLine[] {
  let head = 0;
  while (head < old.length && head < fresh.length && old[head] === fresh[head]) head++;
  let tail = 0;
  while (
    tail < old.length - head &&
    tail < fresh.length - head &&
    old[old.length - 1 - tail] === fresh[fresh.length - 1 - tail]
  ) {
    tail++;
  }
  const middle = compareMiddle(old.slice(head, old.length - tail), fresh.slice(head, fresh.length - tail));
  return [
    ...range(0, head).map((at): DiffLine => ({ sign: ' ', at })),
    ...middle.map(({ sign, at }): DiffLine => ({ sign, at: at + head })),
    ...range(old.length - tail, old.length).map((at): DiffLine => ({ sign: ' ', at })),
  ];
}

/** Longest common subsequence by table. */
function compareMiddle(old: readonly string[], fresh: readonly string[]): DiffLine[] {
  if (old.length * fresh.length > LARGEST_TABLE) {
    return [...allLines('-', old.length), ...allLines('+', fresh.length)];
  }
  const width = fresh.length + 1;
  const common = new Uint32Array((old.length + 1) * width);
  const cell = (i: number, j: number): number => common[i * width + j] ?? 0;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = fresh.length - 1; j >= 0; j--) {
      common[i * width + j] =
        old[i] === fresh[j] ? cell(i + 1, j + 1) + 1 : Math.max(cell(i + 1, j), cell(i, j + 1));
    }
  }
  const lines: DiffLine[] = [];
  let i = 0;
  let j = 0;
  while (i < old.length && j < fresh.length) {
    if (old[i] === fresh[j]) {
      lines.push({ sign: ' ', at: i });
      i++;
      j++;
    } else if (cell(i + 1, j) >= cell(i, j + 1)) lines.push({ sign: '-', at: i++ });
    else lines.push({ sign: '+', at: j++ });
  }
  return [
    ...lines,
    ...range(i, old.length).map((at): DiffLine => ({ sign: '-', at })),
    ...range(j, fresh.length).map((at): DiffLine => ({ sign: '+', at })),
  ];
}

interface Hunk {
  readonly lines: readonly DiffLine[];
  /** Old and new lines before the first line of the hunk. */
  readonly oldBefore: number;
  readonly freshBefore: number;
}

function groupHunks(lines: readonly DiffLine[]): Hunk[] {
  const near = lines.map((_, at) =>
    lines.slice(Math.max(0, at - CONTEXT), at + CONTEXT + 1).some((line) => line.sign !== ' '),
  );
  const hunks: Hunk[] = [];
  let oldBefore = 0;
  let freshBefore = 0;
  let open: DiffLine[] = [];
  lines.forEach((line, at) => {
    if (near[at] === true) {
      if (near[at - 1] !== true) {
        open = [];
        hunks.push({ lines: open, oldBefore, freshBefore });
      }
      open.push(line);
    }
    if (line.sign !== '+') oldBefore++;
    if (line.sign !== '-') freshBefore++;
  });
  return hunks;
}

function printHunk(hunk: Hunk, old: readonly string[], fresh: readonly string[]): string[] {
  const oldCount = hunk.lines.filter((line) => line.sign !== '+').length;
  const freshCount = hunk.lines.filter((line) => line.sign !== '-').length;
  const place = (before: number, count: number): string => `${count === 0 ? before : before + 1},${count}`;
  return [
    `@@ -${place(hunk.oldBefore, oldCount)} +${place(hunk.freshBefore, freshCount)} @@`,
    ...hunk.lines.map(({ sign, at }) => sign + showLine((sign === '+' ? fresh : old)[at] ?? '')),
  ];
}

/** Carriage returns and the byte order mark would only upset a terminal. */
function showLine(line: string): string {
  return line.replace(/\r(?=\n|$)/, '').replace(/^\uFEFF/, '');
}

function allLines(sign: '-' | '+', count: number): DiffLine[] {
  return range(0, count).map((at) => ({ sign, at }));
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, index) => from + index);
}
