// Finds the project of a Claude Code session: a header names it, else the session's transcript in Claude Code's folder,
// else the working directory in the request itself.
//
// Measured: when the first request of a session arrives, its transcript is often not there yet, or has no `cwd`; from
// the second on it is with 2.1.330, while 2.1.197 may write it only at the end. So an answer from the request can be
// bettered later, and one from the transcript is final.
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProjectSource } from '../../contract/rows.ts';
import type { ByteParts } from '../lib/byte-parts.ts';
import { workingDirectoryOf } from './working-directory.ts';

/** Of each transcript only this much is read; the first message with `cwd` stands near the start. */
const READ_BYTES = 64 * 1024;
/** Sessions remembered; the one unused for longest is forgotten first. */
const KEPT_SESSIONS = 1000;
const SMALL_BODY = 64 * 1024;

export interface FoundProject {
  /** Absolute folder, or the name the header gave. */
  readonly project: string | null;
  readonly source: ProjectSource;
}

export interface ProjectFinder {
  /** Never throws. `header`: value of `x-tollgate-project`; `sessionId`: of `x-claude-code-session-id`. */
  find(request: { header: string | null; sessionId: string | null; body: ByteParts }): Promise<FoundProject>;
}

interface Session {
  /** How often the session was asked for. */
  asked: number;
  found: FoundProject;
}

const NONE: FoundProject = { project: null, source: 'none' };

export function createProjectFinder({ claudeFolder }: { readonly claudeFolder: string }): ProjectFinder {
  const sessions = new Map<string, Session>();
  const recall = (sessionId: string): Session => {
    const session = sessions.get(sessionId) ?? { asked: 0, found: NONE };
    sessions.delete(sessionId);
    sessions.set(sessionId, session);
    const oldest = sessions.keys().next();
    if (sessions.size > KEPT_SESSIONS && oldest.done !== true) sessions.delete(oldest.value);
    return session;
  };
  return {
    async find({ header, sessionId, body }) {
      const named = header?.trim() ?? '';
      if (named !== '') return { project: named, source: 'header' };
      // Claude Code always sends a session; what does not is searched only while that costs next to nothing.
      if (sessionId === null || !isSessionId(sessionId))
        return body.length > SMALL_BODY ? NONE : fromRequest(body);
      const session = recall(sessionId);
      if (session.found.source === 'transcript') return session.found;
      session.asked++;
      // At the 1st, 2nd, 4th, 8th … request: what never comes must not cost every request a search.
      if (!isPowerOfTwo(session.asked)) return session.found;
      const project = await projectFromTranscript(claudeFolder, sessionId);
      if (project !== null) session.found = { project, source: 'transcript' };
      else if (session.found.source === 'none') session.found = fromRequest(body);
      return session.found;
    },
  };
}

/** The folder in which the session was begun, or null while no transcript says so. Never throws. */
export async function projectFromTranscript(claudeFolder: string, sessionId: string): Promise<string | null> {
  if (!isSessionId(sessionId)) return null;
  const projects = join(claudeFolder, 'projects');
  const folders = await readdir(projects).catch(() => []);
  for (const folder of folders) {
    const project = readWorkingDirectory(await readStart(join(projects, folder, `${sessionId}.jsonl`)));
    if (project !== null) return project;
  }
  return null;
}

/** The id becomes part of a path: letters, digits and hyphens only. */
function isSessionId(sessionId: string): boolean {
  return /^[A-Za-z0-9-]{1,128}$/.test(sessionId);
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0;
}

function fromRequest(body: ByteParts): FoundProject {
  const project = workingDirectoryOf(body.whole());
  return project === null ? NONE : { project, source: 'request' };
}

async function readStart(path: string): Promise<string> {
  const file = await open(path, 'r').catch(() => null);
  if (file === null) return '';
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(READ_BYTES), 0, READ_BYTES, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } catch {
    return '';
  } finally {
    await file.close().catch(() => undefined);
  }
}

/** `cwd` of the first whole line that has one; the last line may be half written, or cut by the limit. */
function readWorkingDirectory(start: string): string | null {
  for (const line of start.split('\n')) {
    const cwd = line.includes('"cwd"') ? readCwd(line) : null;
    if (cwd !== null) return cwd;
  }
  return null;
}

function readCwd(line: string): string | null {
  try {
    const entry: unknown = JSON.parse(line);
    if (typeof entry !== 'object' || entry === null || !('cwd' in entry)) return null;
    return typeof entry.cwd === 'string' && entry.cwd !== '' ? entry.cwd : null;
  } catch {
    return null;
  }
}
