// Starts the history's worker thread for one job and listens to it.
import { Worker } from 'node:worker_threads';
import type { HistoryJob, HistoryMessage } from './history-job.ts';
import type { ImportProgress } from './import-transcripts.ts';

/** In megabytes; an import needs a fraction of it, whatever the size of the transcripts. */
const WORKER_LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 24, stackSizeMb: 2 } as const;

/** Resolves with the worker's last word; rejects with a sentence for the user when the job failed. */
export function runJob(
  job: HistoryJob,
  onProgress: (progress: ImportProgress) => void,
): Promise<HistoryMessage> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(workerFile(), {
      name: 'tollgate-history',
      workerData: job,
      resourceLimits: WORKER_LIMITS,
      execArgv: [],
      env: {},
    });
    worker.on('message', (message: HistoryMessage) => {
      if (message.kind === 'progress') onProgress(message.progress);
      else if (message.kind === 'failed') reject(new Error(message.problem));
      else resolve(message);
    });
    worker.once('error', (error: NodeJS.ErrnoException) =>
      reject(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? new Error(OUT_OF_MEMORY) : error),
    );
    worker.once('exit', () => reject(new Error('The thread that reads the logs was stopped.')));
  });
}

const OUT_OF_MEMORY =
  'Reading the logs took more memory than it may. What was read is kept; import again to go on from there.';

/** The worker's own file: beside this one in a checkout, an entry of its own in a build. */
function workerFile(): URL {
  const name = import.meta.url.endsWith('.ts') ? './history-worker.ts' : '../headless/history-worker.js';
  return new URL(name, import.meta.url);
}
