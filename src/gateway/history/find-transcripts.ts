// Lists the transcripts under Claude Code's `projects` folder, at any depth: newer versions keep those of sub-agents in
// folders of their session. Links are followed, each folder once.
import { readdirSync, statSync } from 'node:fs';
import type { Dirent, Stats } from 'node:fs';
import { join } from 'node:path';

/** A transcript as it lies on disk. */
export interface TranscriptFile {
  readonly path: string;
  /** Name of the folder under `projects`: the project's path as Claude Code writes it in file names. */
  readonly projectFolder: string;
  readonly inode: number;
  readonly size: number;
  readonly modifiedMs: number;
  /** Changes with every write, whatever a program makes of the modification time. */
  readonly changedMs: number;
}

export interface FoundTranscripts {
  readonly folder: string;
  /** In the order of their paths. */
  readonly files: readonly TranscriptFile[];
  /** Folders and files that could not be looked at. */
  readonly unreadable: number;
}

const DEEPEST = 16;

export function findTranscripts(claudeFolder: string): FoundTranscripts {
  const folder = join(claudeFolder, 'projects');
  const files: TranscriptFile[] = [];
  const visited = new Set<string>();
  let unreadable = 0;

  const visit = (path: string, projectFolder: string, depth: number): void => {
    let entries: Dirent[];
    try {
      const { dev, ino } = statSync(path);
      if (visited.has(`${dev} ${ino}`)) return;
      visited.add(`${dev} ${ino}`);
      entries = readdirSync(path, { withFileTypes: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') unreadable++;
      return;
    }
    for (const entry of entries) {
      const isTranscript = entry.name.endsWith('.jsonl');
      if (!isTranscript && !entry.isDirectory() && !entry.isSymbolicLink()) continue;
      const child = join(path, entry.name);
      const stats = entry.isDirectory() ? 'folder' : statOrNull(child);
      if (stats === null) unreadable += isTranscript ? 1 : 0;
      else if (stats === 'folder' || stats.isDirectory()) {
        if (depth < DEEPEST) visit(child, projectFolder === '' ? entry.name : projectFolder, depth + 1);
      } else if (isTranscript && stats.isFile()) files.push(fileFrom(child, projectFolder, stats));
    }
  };

  visit(folder, '', 0);
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return { folder, files, unreadable };
}

function statOrNull(path: string): Stats | null {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}

function fileFrom(path: string, projectFolder: string, stats: Stats): TranscriptFile {
  return {
    path,
    projectFolder,
    inode: stats.ino,
    size: stats.size,
    modifiedMs: stats.mtimeMs,
    changedMs: stats.ctimeMs,
  };
}
