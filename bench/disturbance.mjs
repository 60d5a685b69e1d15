// How much of the machine other programs took while something was measured, and measuring again when it was much.
import { readFileSync } from 'node:fs';
import { canReadUsage, findProcessTree, readUsage } from './process-usage.mjs';

const ticksPerSecond = 100;
/** Cores' worth of work by others above which a figure is taken again. */
const tolerated = 0.12;
const tries = 3;
const longestWaitMs = 5000;

/** Seconds that all cores together spent in programs or lost to the hypervisor, since boot. */
function readMachineSeconds() {
  const [user, nice, system, , , , , steal] = readFileSync('/proc/stat', 'latin1')
    .slice(0, 200)
    .split('\n')[0]
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + steal) / ticksPerSecond;
}

/** Starts watching; the returned function gives the cores' worth of work by programs that are not the bench's. */
function watchMachine() {
  if (!canReadUsage) return () => 0;
  const pids = findProcessTree(process.pid);
  const own = readUsage(pids).cpuSeconds;
  const all = readMachineSeconds();
  const begun = performance.now();
  return () => {
    const others = readMachineSeconds() - all - (readUsage(pids).cpuSeconds - own);
    return Math.max(0, others / ((performance.now() - begun) / 1000));
  };
}

/** Waits until others leave the machine alone for a moment, at most `longestWaitMs`. */
async function waitForQuiet() {
  const deadline = performance.now() + longestWaitMs;
  while (performance.now() < deadline) {
    const readOthers = watchMachine();
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (readOthers() <= tolerated) return;
  }
}

/** Runs `take` up to three times until others left the machine alone; gives the least disturbed result. */
export async function takeUndisturbed(take) {
  let best = null;
  for (let attempt = 0; attempt < tries; attempt++) {
    await waitForQuiet();
    const readOthers = watchMachine();
    const result = await take();
    const taken = { ...result, others: readOthers() };
    if (best === null || taken.others < best.others) best = taken;
    if (best.others <= tolerated) break;
  }
  return best;
}

export const isDisturbed = (sample) => sample.others > tolerated;
