// Preloaded into a target (`--import`) for one measure only: notes every turn of the event loop that took long, with
// its wall time and with the processor time of the main thread. The second is free of other processes' noise.
// Lines of `<end, microseconds> <wall, microseconds> <processor, microseconds>` go to a file twice a second.
import { appendFile } from 'node:fs';
import { isMainThread } from 'node:worker_threads';
import { monotonicMicros } from '../wire/clock.mjs';

const file = process.env.TOLLGATE_BENCH_STALLS;
const periodMs = 1;
const notedMicros = 1500;

let lines = '';
let lastAt = monotonicMicros();
let lastUsed = usedMicros();

/** Processor time of the main thread so far, microseconds. */
function usedMicros() {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function noteTurn() {
  const at = monotonicMicros();
  const used = usedMicros();
  if (at - lastAt > notedMicros) lines += `${Math.round(at)} ${Math.round(at - lastAt)} ${used - lastUsed}\n`;
  lastAt = at;
  lastUsed = used;
}

function writeLines() {
  if (lines === '') return;
  appendFile(file, lines, () => {});
  lines = '';
}

if (file !== undefined && isMainThread) {
  setInterval(noteTurn, periodMs).unref();
  setInterval(writeLines, 500).unref();
}
