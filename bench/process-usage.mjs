// Processor time and memory of a process and all its descendants, from /proc. On other systems than Linux there is
// nothing to read: `canReadUsage` is false and the figures are null.
import { readFileSync, readdirSync } from 'node:fs';

export const canReadUsage = process.platform === 'linux';

const ticksPerSecond = 100;
const pageBytes = 4096;
const mebibyte = 1024 * 1024;

/** Fields of /proc/<pid>/stat behind the name, which may hold spaces; null when the process is gone. */
function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return null;
  }
}

/** Process ids of `root` and its descendants as they are now. */
export function findProcessTree(root) {
  if (!canReadUsage) return [];
  const parents = new Map();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = readStat(name);
    if (stat !== null) parents.set(Number(name), Number(stat[1]));
  }
  const tree = new Set([root]);
  for (let before = 0; before !== tree.size;) {
    before = tree.size;
    for (const [pid, parent] of parents) if (tree.has(parent)) tree.add(pid);
  }
  return [...tree];
}

/** `{ cpuSeconds, residentMegabytes }` of the processes together, or null where there is no /proc. */
export function readUsage(pids) {
  if (!canReadUsage || pids.length === 0) return null;
  let ticks = 0;
  let pages = 0;
  for (const pid of pids) {
    const stat = readStat(pid);
    if (stat === null) continue;
    ticks += Number(stat[11]) + Number(stat[12]);
    pages += Number(stat[21]);
  }
  return { cpuSeconds: ticks / ticksPerSecond, residentMegabytes: (pages * pageBytes) / mebibyte };
}
