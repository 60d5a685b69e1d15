// The worker thread of the history: carries out one job and ends. It has its own database connection, and the lowest
// claim to the processor that the system lets a single thread have.
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import { openLedgerForReading } from '../ledger/open-database.ts';
import type { HistoryJob, HistoryMessage } from './history-job.ts';
import { openHistoryStore } from './history-store.ts';
import { importLimits, importTranscripts, leaveOutMeasured } from './import-transcripts.ts';
import type { ImportProgress } from './import-transcripts.ts';
import { openHistoryForWriting } from './open-history.ts';
import { scanTranscripts } from './scan-transcripts.ts';

const PROGRESS_MS = 100;
const NICENESS = 10;

const job = workerData as HistoryJob;
const cancelled = new Int32Array(job.cancel);
const tell = (message: HistoryMessage): void => parentPort?.postMessage(message);

// On Linux this is the thread's own; elsewhere it would slow the relay's thread down with it.
if (process.platform === 'linux') {
  try {
    setPriority(0, NICENESS);
  } catch {
    // Not allowed here: it runs like the others.
  }
}

try {
  await work();
} catch (error) {
  tell({ kind: 'failed', problem: error instanceof Error ? error.message : String(error) });
}

async function work(): Promise<void> {
  if (job.kind === 'scan') {
    tell({ kind: 'scanned', scan: scanTranscripts(job.claudeFolder, job.historyPath) });
    return;
  }
  const db = openHistoryForWriting(job.historyPath);
  const ledger = openLedgerForReading(job.ledgerPath);
  try {
    if (job.kind === 'leave-out') {
      leaveOutMeasured(db, ledger, openHistoryStore(db));
      tell({ kind: 'left-out' });
      return;
    }
    const result = await importTranscripts({
      claudeFolder: job.claudeFolder,
      db,
      ledger,
      prices: job.prices,
      limits: importLimits,
      now: Date.now,
      isCancelled: () => Atomics.load(cancelled, 0) !== 0,
      onProgress: limitRate((read) => tell({ kind: 'progress', progress: read() })),
    });
    tell({ kind: 'imported', ...result });
  } finally {
    ledger?.close();
    db.close();
  }
}

type Send = (read: () => ImportProgress) => void;

function limitRate(send: Send): Send {
  let last = -Infinity;
  return (read) => {
    const now = performance.now();
    if (now - last < PROGRESS_MS) return;
    last = now;
    send(read);
  };
}
