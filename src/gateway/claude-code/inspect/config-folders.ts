// Finds every config folder of Claude Code that may be in use: the one Tollgate works on, one that the environment or a
// shell file names, the default, and those in WSL guests on Windows (traps 17, 118).
import type { ConfigFolder } from '../../../contract/doctor.ts';
import type { FoundSource } from './found-source.ts';
import { sayPlace } from './found-source.ts';
import type { Machine } from './machine.ts';
import { pathsOf, variableOf } from './machine.ts';
import { CONFIG_DIR } from './route-names.ts';

const WSL_MS = 5_000;
const MOST_GUESTS = 8;
const MOST_HOMES = 20;

export interface FolderSearch {
  /** The folder Tollgate works on, and whether the user named it. */
  readonly current: string;
  readonly currentNamed: boolean;
  /** Shell files and registry, as found. */
  readonly sources: readonly FoundSource[];
}

export async function findConfigFolders(machine: Machine, search: FolderSearch): Promise<ConfigFolder[]> {
  const paths = pathsOf(machine);
  const standard = paths.join(machine.home, '.claude');
  const named = variableOf(machine, CONFIG_DIR)?.trim() ?? '';
  const candidates: Omit<ConfigFolder, 'exists' | 'current' | 'guest'>[] = [
    ...(search.currentNamed ? [{ path: search.current, foundBy: 'option' as const, note: null }] : []),
    ...(named === '' ? [] : [{ path: paths.resolve(named), foundBy: 'environment' as const, note: null }]),
    ...search.sources.flatMap((source) => folderOf(machine, source)),
    { path: standard, foundBy: 'default', note: null },
    { path: search.current, foundBy: 'option', note: null },
  ];
  const folders: ConfigFolder[] = [];
  const same = (one: string, other: string): boolean => paths.relative(one, other) === '';
  for (const candidate of candidates) {
    if (folders.some((folder) => same(folder.path, candidate.path))) continue;
    const stat = await machine.files.stat(candidate.path);
    folders.push({
      ...candidate,
      exists: stat?.kind === 'folder',
      current: same(candidate.path, search.current),
      guest: null,
    });
  }
  return [...folders, ...(await findGuestFolders(machine))];
}

/** The folder that a value of CLAUDE_CONFIG_DIR names; null when it takes a shell to tell. */
export function namedFolder(machine: Machine, source: FoundSource): string | null {
  if (source.name !== CONFIG_DIR || source.value === null || source.value.trim() === '') return null;
  const paths = pathsOf(machine);
  const path = source.value.replace(/^~(?=[\\/]|$)/, () => machine.home);
  return paths.isAbsolute(path) ? paths.normalize(path).replace(/(?<=.)[\\/]+$/, '') : null;
}

function folderOf(
  machine: Machine,
  source: FoundSource,
): Omit<ConfigFolder, 'exists' | 'current' | 'guest'>[] {
  const path = source.kind === 'process' ? null : namedFolder(machine, source);
  if (path === null) return [];
  const note = `${sayPlace(source)} sets ${CONFIG_DIR}${source.only === null ? '' : `; it ${source.only}`}.`;
  return [{ path, foundBy: 'shell-file', note }];
}

/** Homes of running WSL guests; one that does not run is named, not started. */
async function findGuestFolders(machine: Machine): Promise<ConfigFolder[]> {
  if (machine.platform !== 'win32') return [];
  const program = pathsOf(machine).join(
    variableOf(machine, 'SystemRoot') ?? 'C:\\Windows',
    'System32',
    'wsl.exe',
  );
  const all = guestNames(await machine.run(program, ['--list', '--quiet'], WSL_MS));
  if (all.length === 0) return [];
  const running = new Set(guestNames(await machine.run(program, ['--list', '--running', '--quiet'], WSL_MS)));
  const found = await Promise.all(
    all.slice(0, MOST_GUESTS).map(async (guest): Promise<ConfigFolder[]> => {
      const root = `\\\\wsl$\\${guest}`;
      if (!running.has(guest)) {
        const note = `The WSL guest ${guest} does not run, so it was not looked into.`;
        return [{ path: root, foundBy: 'wsl', exists: false, current: false, guest, note }];
      }
      const users = (await machine.files.list(`${root}\\home`)).slice(0, MOST_HOMES);
      const homes = [`${root}\\root`, ...users.map((user) => `${root}\\home\\${user}`)];
      return (await Promise.all(homes.map((home) => guestFolder(machine, guest, home)))).flat();
    }),
  );
  return found.flat();
}

async function guestFolder(machine: Machine, guest: string, home: string): Promise<ConfigFolder[]> {
  const path = `${home}\\.claude`;
  const stat = await machine.files.stat(path);
  if (stat?.kind !== 'folder') return [];
  const note = `Claude Code in the WSL guest ${guest} has settings of its own, which Tollgate here does not change.`;
  return [{ path, foundBy: 'wsl', exists: true, current: false, guest, note }];
}

/** `wsl.exe` answers in UTF-16. Guests of Docker hold no homes. Pure. */
export function guestNames(answer: { readonly code: number | null; readonly stdout: Buffer }): string[] {
  if (answer.code !== 0) return [];
  const text = answer.stdout.includes(0) ? answer.stdout.toString('utf16le') : answer.stdout.toString('utf8');
  return text
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => /^[\w.-]{1,64}$/.test(line) && !line.startsWith('docker-desktop'));
}
