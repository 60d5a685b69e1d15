// The model lists last fetched, in `<data-dir>/models.json`, so that a start needs no network. A file that cannot be read
// is as good as none.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomic } from '../lib/write-file-atomic.ts';
import { MOST_MODELS } from './read-model-list.ts';

const count = z.int().positive().nullable();

const FetchedList = z.strictObject({
  /** Of the settings it was fetched with: a list of another address is not this provider's. */
  fingerprint: z.string(),
  fetchedAt: z.int().nonnegative(),
  models: z
    .array(
      z.strictObject({
        id: z.string().min(1),
        name: z.string().nullable(),
        contextWindow: count,
        maxOutputTokens: count,
        createdAt: z.iso.datetime().nullable(),
      }),
    )
    .max(MOST_MODELS),
});
export type FetchedList = z.infer<typeof FetchedList>;

const Content = z.strictObject({ version: z.literal(1), providers: z.record(z.string(), FetchedList) });

export interface ModelFile {
  read(): ReadonlyMap<string, FetchedList>;
  /** Throws what the disk throws. */
  write(lists: ReadonlyMap<string, FetchedList>): void;
}

export function modelFileAt(path: string, uniqueSuffix: () => string): ModelFile {
  return {
    read() {
      try {
        return new Map(Object.entries(Content.parse(JSON.parse(readFileSync(path, 'utf8'))).providers));
      } catch {
        return new Map();
      }
    },
    write(lists) {
      const content: z.infer<typeof Content> = { version: 1, providers: Object.fromEntries(lists) };
      writeFileAtomic(path, `${JSON.stringify(content)}\n`, 0o600, uniqueSuffix());
    },
  };
}
