// Past spend read from Claude Code's own logs: what is there, how an import goes, what has been imported. It is kept
// apart from measured exchanges, and is always shown as "from Claude Code's logs".
import { z } from 'zod';
import { NanoUsd } from './usage.ts';

const count = z.number().int().nonnegative();
/** Milliseconds since the epoch. */
const instant = z.number().int();

/** What lies in Claude Code's `projects` folder; finding out writes nothing. */
export const HistoryScan = z.object({
  /** The folder that was looked through; it need not exist. */
  folder: z.string(),
  files: count,
  bytes: count,
  /** When the oldest transcript begins; null without any. */
  oldest: instant.nullable(),
  /** When a transcript was last written; null without any. */
  newest: instant.nullable(),
  /** What an import would read: files that are new or have changed since the last one, and their unread bytes. */
  unreadFiles: count,
  unreadBytes: count,
});
export type HistoryScan = z.infer<typeof HistoryScan>;

export const HistoryState = z.enum(['idle', 'running', 'done', 'cancelled', 'failed']);
export type HistoryState = z.infer<typeof HistoryState>;

/** One import, running or the last one since the gateway started, and what the history holds. */
export const HistoryStatus = z.object({
  /** `idle`: none since the gateway started. A cancelled or failed import keeps what it did and can go on. */
  state: HistoryState,
  startedAt: instant.nullable(),
  endedAt: instant.nullable(),
  filesDone: count,
  filesTotal: count,
  /** Bytes that this import has read, and will have read when it is done. */
  bytesDone: count,
  bytesTotal: count,
  /** Messages that this import found for the first time, those that are left out as measured included. */
  newMessages: count,
  /** Lines that could not be read as a message, and files that could not be opened, in this import. */
  unreadableLines: count,
  unreadableFiles: count,
  /** Why it failed, and what to do; null otherwise. */
  problem: z.string().nullable(),
  /** All that the history holds from Claude Code's logs, without what the gateway measured itself. */
  imported: z.object({
    messages: count,
    costNanoUsd: NanoUsd,
    /** The part of the cost that was priced by a default, since no price was known for the model. */
    estimatedNanoUsd: NanoUsd,
    /** Messages found in the logs and left out, because the gateway had measured them. */
    measuredMessages: count,
    /** End of the last import that was done; null when there was none. */
    lastImportAt: instant.nullable(),
  }),
});
export type HistoryStatus = z.infer<typeof HistoryStatus>;

/** One import runs at a time; asking while one runs starts nothing. */
export const HistoryStarted = z.object({ started: z.boolean(), status: HistoryStatus });
export type HistoryStarted = z.infer<typeof HistoryStarted>;

/** What was taken out again. */
export const HistoryRemoved = z.object({ messages: count, costNanoUsd: NanoUsd, status: HistoryStatus });
export type HistoryRemoved = z.infer<typeof HistoryRemoved>;
