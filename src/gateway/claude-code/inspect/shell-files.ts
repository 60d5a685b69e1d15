// Reads the start-up files of the user's shells: which of them there are on each platform, what they set for programs
// started from a terminal, and which of two counts. Files they read in turn are followed, within bounds.
import type { FoundSource } from './found-source.ts';
import { lineAt } from './found-source.ts';
import { pathsOf, variableOf } from './machine.ts';
import type { Machine } from './machine.ts';
import { findPowerShellAssignments } from './powershell-assignments.ts';
import { watchedName } from './route-names.ts';
import { findShellAssignments } from './shell-assignments.ts';
import type { ShellAssignment } from './shell-assignments.ts';

type Dialect = 'posix' | 'fish' | 'powershell' | 'variables' | 'fish-variables';

/** One start-up file, in the order in which its shell reads them. */
interface ShellFile {
  readonly path: string;
  /** Null: counts for every program of the session, whatever the shell. */
  readonly shell: 'zsh' | 'bash' | 'fish' | 'powershell' | null;
  readonly dialect: Dialect;
}

const LARGEST_FILE = 1024 * 1024;
const MOST_FILES = 60;
const MOST_ASSIGNMENTS = 100;
const DEEPEST = 4;

export interface ShellFindings {
  /** In the order in which they take effect: of the same name and shell, the last one counts. */
  readonly sources: readonly FoundSource[];
  readonly gaps: readonly string[];
}

export async function readShellFiles(machine: Machine): Promise<ShellFindings> {
  const reading = new Reading(machine);
  for (const file of await shellFiles(machine)) await reading.take(file, 0);
  return { sources: reading.sources, gaps: reading.gaps };
}

/** The shell that a terminal of this user starts; null when that cannot be told. */
export function loginShell(machine: Machine): ShellFile['shell'] {
  if (machine.platform === 'win32') return 'powershell';
  const name = (variableOf(machine, 'SHELL') ?? '').split('/').at(-1) ?? '';
  if (name === 'zsh' || name === 'bash' || name === 'fish') return name;
  if (name === 'pwsh') return 'powershell';
  return machine.platform === 'darwin' ? 'zsh' : null;
}

class Reading {
  readonly sources: FoundSource[] = [];
  readonly gaps: string[] = [];
  readonly #machine: Machine;
  readonly #shell: ShellFile['shell'];
  /** Real paths taken already for a shell: a file read twice, or in a circle, is read once. */
  readonly #taken = new Set<string>();

  constructor(machine: Machine) {
    this.#machine = machine;
    this.#shell = loginShell(machine);
  }

  async take(file: ShellFile, depth: number): Promise<void> {
    const { files } = this.#machine;
    const real = (await files.realPath(file.path)) ?? file.path;
    const mark = `${file.shell ?? ''} ${real}`;
    if (this.#taken.has(mark) || this.#taken.size >= MOST_FILES) return;
    this.#taken.add(mark);
    const read = await files.read(file.path, LARGEST_FILE);
    if (read.state === 'absent') return;
    if (read.state === 'unreadable') {
      this.gaps.push(`${file.path} ${read.why}, so what it sets is not known.`);
      return;
    }
    // A file with zero bytes is no text; what a shell would make of it nobody can say.
    if (read.bytes.includes(0) && !isUtf16(read.bytes)) {
      this.gaps.push(`${file.path} is not a text file, so what it sets is not known.`);
      return;
    }
    const text = decode(read.bytes);
    const facts = findAssignments(text, file.dialect);
    // What a file reads is read where that stands; as a whole before its own lines is close enough.
    if (depth < DEEPEST) {
      for (const path of facts.reads) {
        const target = this.#expand(path, file.path);
        if (target !== null) await this.take({ ...file, path: target }, depth + 1);
      }
    }
    // The last ones count; a file with more of them is not written by a person.
    for (const assignment of facts.assignments.slice(-MOST_ASSIGNMENTS))
      this.sources.push(this.#sourceOf(file, text, assignment));
  }

  #sourceOf(file: ShellFile, text: string, assignment: ShellAssignment): FoundSource {
    const { name, value, offset, inCommand } = assignment;
    return {
      kind: 'shell-file',
      name,
      value,
      path: file.path,
      ...lineAt(text, offset),
      project: null,
      only: inCommand
        ? 'counts only where this alias, function or command line is used'
        : this.#shell !== null && file.shell !== null && file.shell !== this.#shell
          ? `counts only in ${file.shell}, and your shell is ${this.#shell}`
          : null,
    };
  }

  /** A path as a shell would make it of `~/x`, `$HOME/x` or a relative one; null when it needs the shell. */
  #expand(written: string, from: string): string | null {
    const paths = pathsOf(this.#machine);
    const { home } = this.#machine;
    const path = written.replace(/^(~|\$HOME|\$\{HOME\})(?=[\\/])/, () => home);
    if (path.includes('$') || path.includes('`') || path.includes('*') || path === '') return null;
    // A relative path is looked up from wherever the shell starts, which is home more often than not.
    return paths.isAbsolute(path)
      ? path
      : paths.join(written.startsWith('.') ? paths.dirname(from) : home, path);
  }
}

function findAssignments(
  text: string,
  dialect: Dialect,
): { readonly assignments: readonly ShellAssignment[]; readonly reads: readonly string[] } {
  switch (dialect) {
    case 'posix':
    case 'fish':
      return findShellAssignments(text, dialect);
    case 'powershell':
      return { assignments: findPowerShellAssignments(text), reads: [] };
    case 'variables':
      return { assignments: findPlainVariables(text), reads: [] };
    case 'fish-variables':
      return { assignments: findFishVariables(text), reads: [] };
  }
}

/** `NAME=value` per line, as in /etc/environment. */
function findPlainVariables(text: string): ShellAssignment[] {
  return [...text.matchAll(/^[ \t]*(?:export[ \t]+)?([A-Za-z_]\w*)=(.*)$/gm)].flatMap((match) => {
    const name = watchedName(match[1] ?? '', false);
    const value = (match[2] ?? '').trim().replace(/^(["'])(.*)\1$/, '$2');
    const dynamic = value.includes('$');
    return name === null
      ? []
      : [{ name, value: dynamic ? null : value, offset: match.index, inCommand: false }];
  });
}

/** fish keeps universal variables as `SETUVAR --export NAME:value` with `\x3a` for special characters. */
function findFishVariables(text: string): ShellAssignment[] {
  return [...text.matchAll(/^SETUVAR (?:--\S+ )*--export (?:--\S+ )*(\w+):(.*)$/gm)].flatMap((match) => {
    const name = watchedName(match[1] ?? '', false);
    const value = (match[2] ?? '').replace(/\\x([0-9a-f]{2})/gi, (_, code: string) =>
      String.fromCharCode(parseInt(code, 16)),
    );
    return name === null ? [] : [{ name, value, offset: match.index, inCommand: false }];
  });
}

async function shellFiles(machine: Machine): Promise<ShellFile[]> {
  const paths = pathsOf(machine);
  const { home, platform } = machine;
  const file = (shell: ShellFile['shell'], dialect: Dialect, ...parts: string[]): ShellFile => ({
    path: paths.join(...parts),
    shell,
    dialect,
  });
  const zsh = variableOf(machine, 'ZDOTDIR') ?? home;
  const config = variableOf(machine, 'XDG_CONFIG_HOME') ?? paths.join(home, '.config');
  const fishParts = await machine.files.list(paths.join(config, 'fish', 'conf.d'));
  const systemParts = await machine.files.list(paths.join(config, 'environment.d'));
  const posix = ['.bash_profile', '.bash_login', '.profile', '.bashrc', '.bash_aliases'];
  const everywhere = [
    ...['.zshenv', '.zprofile', '.zshrc', '.zlogin'].map((name) => file('zsh', 'posix', zsh, name)),
    ...posix.map((name) => file('bash', 'posix', home, name)),
    file('fish', 'fish-variables', config, 'fish', 'fish_variables'),
    ...fishParts
      .filter((name) => name.endsWith('.fish'))
      .sort()
      .map((name) => file('fish', 'fish', config, 'fish', 'conf.d', name)),
    file('fish', 'fish', config, 'fish', 'config.fish'),
  ];
  if (platform === 'win32') return [...everywhere, ...windowsProfiles(machine)];
  const system = [
    file(null, 'variables', '/etc/environment'),
    ...systemParts
      .filter((name) => name.endsWith('.conf'))
      .sort()
      .map((name) => file(null, 'variables', config, 'environment.d', name)),
  ];
  return [
    ...(platform === 'linux' ? system : []),
    ...everywhere,
    ...['profile.ps1', 'Microsoft.PowerShell_profile.ps1'].map((name) =>
      file('powershell', 'powershell', config, 'powershell', name),
    ),
  ];
}

function windowsProfiles(machine: Machine): ShellFile[] {
  const paths = pathsOf(machine);
  const oneDrive = variableOf(machine, 'OneDrive');
  const documents = [
    paths.join(machine.home, 'Documents'),
    ...(oneDrive === undefined || oneDrive === '' ? [] : [paths.join(oneDrive, 'Documents')]),
  ];
  return documents.flatMap((folder) =>
    ['WindowsPowerShell', 'PowerShell'].flatMap((edition) =>
      ['profile.ps1', 'Microsoft.PowerShell_profile.ps1', 'Microsoft.VSCode_profile.ps1'].map((name) => ({
        path: paths.join(folder, edition, name),
        shell: 'powershell' as const,
        dialect: 'powershell' as const,
      })),
    ),
  );
}

function isUtf16(bytes: Buffer): boolean {
  return (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
}

/** PowerShell profiles are often saved as UTF-16. */
function decode(bytes: Buffer): string {
  if (!isUtf16(bytes)) return bytes.toString('utf8').replace(/^\uFEFF/, '');
  return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
}
