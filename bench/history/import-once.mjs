// node import-once.mjs DIR HISTORY.db WORKER: one import as the gateway does it, in its worker thread, in a process of its
// own. Prints the totals, and the milliseconds from starting the thread to its last word.
import { Worker } from 'node:worker_threads';

const [claudeFolder, historyPath, workerFile] = process.argv.slice(2);
const begun = performance.now();
const worker = new Worker(workerFile, {
  workerData: {
    kind: 'import',
    claudeFolder,
    historyPath,
    ledgerPath: `${historyPath}.no-ledger`,
    prices: {},
    cancel: new SharedArrayBuffer(4),
  },
  // As src/gateway/history/run-job.ts has them.
  resourceLimits: { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 24, stackSizeMb: 2 },
  execArgv: [],
  env: {},
});
worker.on('message', (message) => {
  if (message.kind === 'progress') return;
  if (message.kind !== 'imported') throw new Error(JSON.stringify(message));
  const milliseconds = Math.round(performance.now() - begun);
  process.stdout.write(`${JSON.stringify({ milliseconds, ...message.progress })}\n`);
});
