// Sees to it that no process of an MCP server outlives the gateway, not even when the gateway is killed outright (R52).
// A tiny shell in a session of its own holds the reading end of a pipe; when the pipe breaks, it ends every process group
// it was told of. What moved to a group of its own is found by a mark in its environment, on Linux.
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Names the gateway and the instance a process belongs to; inherited by all that a server starts. */
export const MARK_VARIABLE = 'TOLLGATE_MCP_INSTANCE';

/**
 * Lines on standard input: `+ PGID` begins, `- PGID` ends the care for a group. The first argument is the mark of this run;
 * where there is a /proc, what carries it and left its group is ended too.
 */
const SCRIPT = `
trap '' INT TERM HUP
groups=""
while read -r what group; do
  case "$what" in
    +) groups="$groups $group" ;;
    -) rest=""; for one in $groups; do [ "$one" = "$group" ] || rest="$rest $one"; done; groups="$rest" ;;
  esac
done
for one in $groups; do kill -TERM "-$one" 2>/dev/null; done
sleep 1
for one in $groups; do kill -KILL "-$one" 2>/dev/null; done
for file in $(grep -ls "TOLLGATE_MCP_INSTANCE=$1:" /proc/[0-9]*/environ 2>/dev/null); do
  one="\${file#/proc/}"
  kill -KILL "\${one%/environ}" 2>/dev/null
done
exit 0
`;

export interface OrphanGuard {
  /** From now on the group dies with the gateway. Call right after the process was started. */
  watch(group: number): void;
  /** The group has ended. */
  forget(group: number): void;
  /** Ends the guard itself; groups still watched are ended by it. */
  close(): void;
}

const none: OrphanGuard = { watch() {}, forget() {}, close() {} };

/** `run`: how all marks of this gateway's run begin, up to a colon. */
export function createOrphanGuard(platform: NodeJS.Platform, run: string): OrphanGuard {
  // Windows has no process groups of this kind; there a server ends when its input does.
  if (platform === 'win32') return none;
  let shell: ChildProcess | null = null;
  const watched = new Set<number>();
  const tell = (line: string): void => void shell?.stdin?.write(`${line}\n`);
  const start = (): ChildProcess => {
    const child = spawn('/bin/sh', ['-c', SCRIPT, 'tollgate-orphan-guard', run], {
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: { PATH: '/usr/bin:/bin' },
      cwd: '/',
    });
    child.unref();
    child.on('error', () => (shell = null));
    child.on('exit', () => (shell = null));
    child.stdin.on('error', () => {});
    return child;
  };
  return {
    watch(group) {
      watched.add(group);
      if (shell === null) {
        shell = start();
        for (const one of watched) tell(`+ ${one}`);
      } else tell(`+ ${group}`);
    },
    forget(group) {
      if (watched.delete(group)) tell(`- ${group}`);
    },
    close() {
      shell?.stdin?.end();
      shell = null;
    },
  };
}

/** Processes whose mark is accepted; empty where the system does not show environments as Linux does. */
export function findMarked(accept: (mark: string) => boolean): number[] {
  const found: number[] = [];
  for (const name of readFolder('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    const mark = markOf(pid);
    if (mark !== null && accept(mark)) found.push(pid);
  }
  return found;
}

function markOf(pid: number): string | null {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
    const entry = entries.find((line) => line.startsWith(`${MARK_VARIABLE}=`));
    return entry === undefined ? null : entry.slice(MARK_VARIABLE.length + 1);
  } catch {
    // It ended meanwhile, or belongs to another user.
    return null;
  }
}

function readFolder(path: string): string[] {
  try {
    return readdirSync(path);
  } catch {
    return [];
  }
}

/** Ends what an earlier gateway of the same data folder left behind. `owner` is that folder's mark. */
export function endLeftovers(owner: string): number {
  const left = findMarked((mark) => mark.startsWith(`${owner}:`));
  for (const pid of left) endProcess(pid, 'SIGKILL');
  return left.length;
}

/** A negative `pid` means the whole group. Returns false when there is nothing left to end. */
export function endProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}
