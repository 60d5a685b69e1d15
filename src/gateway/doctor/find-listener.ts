// Which program listens at a port of this computer, where the system tells an ordinary user: /proc on Linux, lsof on macOS,
// netstat and tasklist on Windows. Null when it does not.
import type { Machine } from '../claude-code/inspect/machine.ts';
import { pathsOf, variableOf } from '../claude-code/inspect/machine.ts';

const COMMAND_MS = 4_000;
const MOST_PROCESSES = 5_000;
const LARGEST_TABLE = 16 * 1024 * 1024;

export interface Listener {
  readonly pid: number;
  readonly program: string | null;
}

export async function findListener(machine: Machine, port: number): Promise<Listener | null> {
  switch (machine.platform) {
    case 'linux':
      return findInProc(machine, port);
    case 'darwin':
      return findWithLsof(machine, port);
    case 'win32':
      return findWithNetstat(machine, port);
    default:
      return null;
  }
}

async function findInProc(machine: Machine, port: number): Promise<Listener | null> {
  const { files } = machine;
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    const read = await files.read(table, LARGEST_TABLE);
    if (read.state === 'ok')
      for (const inode of listeningInodes(read.bytes.toString('utf8'), port)) inodes.add(inode);
  }
  if (inodes.size === 0) return null;
  const processes = (await files.list('/proc')).filter((name) => /^\d+$/.test(name)).slice(0, MOST_PROCESSES);
  for (const pid of processes) {
    // The sockets of other users' processes cannot be seen; they stay unnamed.
    for (const handle of await files.list(`/proc/${pid}/fd`)) {
      const target = await files.readLink(`/proc/${pid}/fd/${handle}`);
      const inode = /^socket:\[(\d+)\]$/.exec(target ?? '')?.[1];
      if (inode !== undefined && inodes.has(inode))
        return { pid: Number(pid), program: await nameInProc(machine, pid) };
    }
  }
  return null;
}

async function nameInProc(machine: Machine, pid: string): Promise<string | null> {
  const line = await machine.files.read(`/proc/${pid}/cmdline`, 64 * 1024);
  const words =
    line.state === 'ok'
      ? line.bytes
          .toString('utf8')
          .split('\0')
          .filter((word) => word !== '')
      : [];
  return nameOfCommand(words);
}

/** `node /opt/x/server.mjs` is better known by its script. Arguments are left out: they may hold secrets. */
export function nameOfCommand(words: readonly string[]): string | null {
  const base = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;
  const [program, ...rest] = words;
  if (program === undefined) return null;
  const name = base(program);
  if (!/^(node|bun|deno|python[\d.]*|ruby|java)(\.exe)?$/i.test(name)) return name;
  const script = rest.find((word) => !word.startsWith('-') && /[./\\]/.test(word));
  return script === undefined ? name : `${name} ${base(script)}`;
}

/** Inodes of sockets that listen at the port, from a table of /proc/net. */
export function listeningInodes(table: string, port: number): string[] {
  const LISTENS = '0A';
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const matches = fields[1]?.endsWith(`:${hexPort}`) === true && fields[3] === LISTENS;
    return matches && fields[9] !== undefined ? [fields[9]] : [];
  });
}

async function findWithLsof(machine: Machine, port: number): Promise<Listener | null> {
  const args = ['-nP', `-iTCP:${port}`, '-sTCP:LISTEN', '-Fpc'];
  const answer = await machine.run('/usr/sbin/lsof', args, COMMAND_MS);
  return parseLsof(answer.stdout.toString('utf8'));
}

/** `p123` and `cnode` on lines of their own. */
export function parseLsof(text: string): Listener | null {
  const pid = /^p(\d+)$/m.exec(text)?.[1];
  if (pid === undefined) return null;
  return { pid: Number(pid), program: /^c(.+)$/m.exec(text)?.[1] ?? null };
}

async function findWithNetstat(machine: Machine, port: number): Promise<Listener | null> {
  const paths = pathsOf(machine);
  const system = paths.join(variableOf(machine, 'SystemRoot') ?? 'C:\\Windows', 'System32');
  const table = await machine.run(paths.join(system, 'netstat.exe'), ['-ano', '-p', 'TCP'], COMMAND_MS);
  const pid = parseNetstat(table.stdout.toString('latin1'), port);
  if (pid === null) return null;
  const args = ['/FI', `PID eq ${pid}`, '/FO', 'CSV', '/NH'];
  const names = await machine.run(paths.join(system, 'tasklist.exe'), args, COMMAND_MS);
  return { pid, program: /^"([^"]+)"/m.exec(names.stdout.toString('latin1'))?.[1] ?? null };
}

/** The state is a word of the system's language, so a listener is known by its far end, `0.0.0.0:0`. */
export function parseNetstat(text: string, port: number): number | null {
  for (const line of text.split(/\r?\n/)) {
    const [protocol, near, far, , pid] = line.trim().split(/\s+/);
    if (
      protocol === 'TCP' &&
      near?.endsWith(`:${port}`) === true &&
      /^(0\.0\.0\.0|\[::\]):0$/.test(far ?? '')
    ) {
      return Number(pid);
    }
  }
  return null;
}
