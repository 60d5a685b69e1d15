// Finds the `claude` programs on this computer and their versions: on PATH, and where the native installer, npm, Homebrew
// and the usual version managers put them. A version is read from the installation where it says so, else asked for.
import type { InstalledProgram } from '../../../contract/doctor.ts';
import type { Machine } from './machine.ts';
import { pathsOf, variableOf } from './machine.ts';

const VERSION_MS = 10_000;
const MOST_ASKED = 4;
const LARGEST_PACKAGE = 256 * 1024;

/** Remembers versions by file, so that a program is started once and not at every look. */
export type VersionCache = Map<string, string | null>;

export async function findPrograms(machine: Machine, cache: VersionCache): Promise<InstalledProgram[]> {
  const found = new Map<string, { path: string; first: boolean }>();
  const onPath = pathCandidates(machine);
  const known = await knownPlaces(machine);
  for (const path of [...onPath, ...known]) {
    const stat = await machine.files.stat(path);
    if (stat?.kind !== 'file') continue;
    if (machine.platform !== 'win32' && (stat.mode & 0o111) === 0) continue;
    const real = (await machine.files.realPath(path)) ?? path;
    // npm on Windows puts three files for three shells side by side: one installation.
    const mark = machine.platform === 'win32' ? real.replace(/\.(exe|cmd|ps1)$/i, '').toLowerCase() : real;
    if (!found.has(mark)) found.set(mark, { path, first: found.size === 0 && onPath.includes(path) });
  }
  const programs: InstalledProgram[] = [];
  for (const { path, first } of found.values()) {
    programs.push(await describe(machine, path, first, programs.length < MOST_ASKED ? cache : null));
  }
  return programs;
}

/** The version a terminal starts, else the newest. */
export function versionInUse(programs: readonly InstalledProgram[]): string | null {
  const first = programs.find((program) => program.first)?.version;
  if (first !== undefined && first !== null) return first;
  const versions = programs.flatMap((program) => program.version ?? []);
  return versions.sort(compareVersions).at(-1) ?? null;
}

/** Negative when `one` is older. */
export function compareVersions(one: string, other: string): number {
  const parts = (version: string): number[] => version.split('.').map(Number);
  const [left, right] = [parts(one), parts(other)];
  for (let index = 0; index < 3; index++) {
    const difference = (left[index] ?? 0) - (right[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function pathCandidates(machine: Machine): string[] {
  const paths = pathsOf(machine);
  const folders = (variableOf(machine, 'PATH') ?? '')
    .split(paths.delimiter)
    .map((folder) => folder.replace(/^"|"$/g, ''))
    // A relative entry means another program in every folder.
    .filter((folder) => folder !== '' && paths.isAbsolute(folder));
  return [...new Set(folders)].slice(0, 200).flatMap((folder) => inFolder(machine, folder));
}

function inFolder(machine: Machine, folder: string): string[] {
  const names = machine.platform === 'win32' ? ['claude.exe', 'claude.cmd'] : ['claude'];
  return names.map((name) => pathsOf(machine).join(folder, name));
}

async function knownPlaces(machine: Machine): Promise<string[]> {
  const paths = pathsOf(machine);
  const { home, platform } = machine;
  const under = (...parts: string[]): string => paths.join(home, ...parts);
  if (platform === 'win32') {
    const roaming = variableOf(machine, 'APPDATA') ?? under('AppData', 'Roaming');
    const local = variableOf(machine, 'LOCALAPPDATA') ?? under('AppData', 'Local');
    return [
      under('.local', 'bin'),
      paths.join(roaming, 'npm'),
      paths.join(local, 'pnpm'),
      under('.volta', 'bin'),
      under('.bun', 'bin'),
      paths.join(local, 'Microsoft', 'WinGet', 'Links'),
    ].flatMap((folder) => inFolder(machine, folder));
  }
  const nodeVersions = under('.nvm', 'versions', 'node');
  const nvm = (await machine.files.list(nodeVersions))
    .filter((name) => /^v\d/.test(name))
    .sort()
    .reverse()
    .slice(0, 20);
  return [
    under('.local', 'bin'),
    under('.claude', 'local'),
    under('.claude', 'local', 'node_modules', '.bin'),
    ...(platform === 'darwin'
      ? ['/opt/homebrew/bin', under('Library', 'pnpm')]
      : ['/home/linuxbrew/.linuxbrew/bin']),
    '/usr/local/bin',
    '/usr/bin',
    under('.npm-global', 'bin'),
    under('.volta', 'bin'),
    under('.bun', 'bin'),
    under('.asdf', 'shims'),
    under('.local', 'share', 'mise', 'shims'),
    under('.local', 'share', 'pnpm'),
    ...nvm.map((version) => paths.join(nodeVersions, version, 'bin')),
  ].flatMap((folder) => inFolder(machine, folder));
}

async function describe(
  machine: Machine,
  path: string,
  first: boolean,
  cache: VersionCache | null,
): Promise<InstalledProgram> {
  const real = (await machine.files.realPath(path)) ?? path;
  const kind = kindOf(real);
  const known = versionInPath(real) ?? (await versionInPackage(machine, real));
  if (known !== null) return { path, kind, first, version: known, problem: null };
  const isScript = /\.(cmd|bat|ps1)$/i.test(path);
  if (isScript || cache === null)
    return { path, kind, first, version: null, problem: 'Its version was not asked for.' };
  const version = await askVersion(machine, path, real, cache);
  const problem = version === null ? 'It did not answer to --version.' : null;
  return { path, kind, first, version, problem };
}

function kindOf(real: string): InstalledProgram['kind'] {
  if (/[\\/](claude[\\/]versions|ClaudeCode)[\\/]/.test(real)) return 'native';
  if (/[\\/]node_modules[\\/]|[\\/]npm[\\/]claude\.(cmd|exe)$/i.test(real)) return 'npm';
  if (/[\\/](Cellar|Caskroom|homebrew|linuxbrew)[\\/]/i.test(real)) return 'homebrew';
  return /[\\/]\.local[\\/]bin[\\/]/.test(real) ? 'native' : 'other';
}

/** The native installer and Homebrew name the version in the path. */
function versionInPath(real: string): string | null {
  return /[\\/](?:versions|claude-code(?:@[^\\/]+)?)[\\/](\d+\.\d+\.\d+)(?=[\\/]|$)/.exec(real)?.[1] ?? null;
}

/** npm: the package's own manifest, some folders above the program. */
async function versionInPackage(machine: Machine, real: string): Promise<string | null> {
  const paths = pathsOf(machine);
  const folder = /^(.*[\\/]node_modules[\\/]@anthropic-ai[\\/]claude-code(?:-[\w-]+)?)[\\/]/.exec(real)?.[1];
  const manifests = [
    ...(folder === undefined ? [] : [paths.join(folder, 'package.json')]),
    paths.join(paths.dirname(real), 'node_modules', '@anthropic-ai', 'claude-code', 'package.json'),
  ];
  for (const manifest of manifests) {
    const file = await machine.files.read(manifest, LARGEST_PACKAGE);
    const version =
      file.state === 'ok'
        ? /"version"\s*:\s*"(\d+\.\d+\.\d+)/.exec(file.bytes.toString('utf8'))?.[1]
        : undefined;
    if (version !== undefined) return version;
  }
  return null;
}

async function askVersion(
  machine: Machine,
  path: string,
  real: string,
  cache: VersionCache,
): Promise<string | null> {
  const stat = await machine.files.stat(real);
  const mark = `${real} ${stat?.size ?? 0} ${stat?.changedAt ?? 0}`;
  const known = cache.get(mark);
  if (known !== undefined) return known;
  const answer = await machine.run(path, ['--version'], VERSION_MS);
  const version =
    answer.code === 0 ? (/^\s*(\d+\.\d+\.\d+)\b/.exec(answer.stdout.toString('utf8'))?.[1] ?? null) : null;
  cache.set(mark, version);
  return version;
}
