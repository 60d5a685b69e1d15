// What survives a restart: the lists last learned of each server and the names once given (R10, R18). A file that cannot be
// read is as good as none; it is written anew.
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { writeFileAtomic } from '../../lib/write-file-atomic.ts';
import { LearnedLists } from '../upstream/learned-lists.ts';

const CatalogueContent = z.object({
  version: z.literal(1),
  /** Kind, server and own name, separated by NUL → exposed name. */
  aliases: z.record(z.string(), z.string()),
  servers: z.record(z.string(), LearnedLists),
});
export type CatalogueContent = z.infer<typeof CatalogueContent>;

const WRITE_AFTER_MS = 300;

export interface CatalogueFile {
  readonly initial: CatalogueContent;
  /** Writes soon; `content` is asked for at that moment. */
  save(content: () => CatalogueContent): void;
  /** Writes at once what is still to be written. */
  flush(): void;
}

export function openCatalogueFile(
  path: string,
  uniqueSuffix: () => string,
  onError: (error: unknown) => void,
): CatalogueFile {
  let timer: NodeJS.Timeout | null = null;
  let latest: (() => CatalogueContent) | null = null;
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    if (latest === null) return;
    const content = latest();
    latest = null;
    try {
      writeFileAtomic(path, `${JSON.stringify(content)}\n`, 0o600, uniqueSuffix());
    } catch (error) {
      onError(error);
    }
  };
  return {
    initial: readContent(path),
    save(content) {
      latest = content;
      timer ??= setTimeout(flush, WRITE_AFTER_MS).unref();
    },
    flush,
  };
}

function readContent(path: string): CatalogueContent {
  try {
    return CatalogueContent.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return { version: 1, aliases: {}, servers: {} };
  }
}
