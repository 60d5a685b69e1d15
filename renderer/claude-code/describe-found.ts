// Words for what was found out about Claude Code on this computer. Pure.
import type { ClaudeInspection, ConfigFolder, RouteSource } from '../../src/contract/doctor.ts';

const folderWords: Record<ConfigFolder['foundBy'], string> = {
  option: 'named when Tollgate was started',
  environment: 'from CLAUDE_CONFIG_DIR',
  'shell-file': 'from CLAUDE_CONFIG_DIR in a shell file',
  default: 'the usual place',
  wsl: 'in WSL',
};

export function describeFolder(folder: ConfigFolder): string {
  const where = folder.guest === null ? folderWords[folder.foundBy] : `in WSL, ${folder.guest}`;
  return folder.exists ? where : `${where}; not there yet`;
}

export function describeVersion(inspection: ClaudeInspection): string {
  if (inspection.version !== null) return inspection.version;
  return inspection.programs.length === 0 ? 'not found on this computer' : 'could not be found out';
}

/** `ANTHROPIC_BASE_URL = http://…`; a value that was not read leaves the name alone. */
export function describeSetting(route: RouteSource): string {
  return route.value === null ? route.name : `${route.name} = ${route.value}`;
}

export interface RoutePlace {
  readonly path: string;
  readonly routes: readonly RouteSource[];
}

/** Routes by the file or environment they stand in, strongest place first. */
export function groupByPlace(routes: readonly RouteSource[]): readonly RoutePlace[] {
  const paths = [...new Set(routes.map((route) => route.place.path))];
  return paths.map((path) => ({ path, routes: routes.filter((route) => route.place.path === path) }));
}

/** What stands under a setting when it does not simply count. */
export function describeStanding(route: RouteSource): string | null {
  if (route.note !== null) return route.note;
  if (!route.wins) return 'It does not count.';
  return route.project === null ? null : `It counts in ${route.project} alone.`;
}

/** `12 projects, 3 of them could not be read`; null when Claude Code knows none. */
export function describeProjects({ projects }: ClaudeInspection): string | null {
  if (projects.known === 0) return null;
  const known = projects.known === 1 ? '1 project looked at' : `${projects.known} projects known`;
  const unread = projects.known - projects.read;
  return unread === 0 ? known : `${known}, ${unread} could not be read`;
}
