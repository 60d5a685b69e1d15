// Reads the settings files of the projects that Claude Code knows: `.claude/settings.json` and `.claude/settings.local.json`,
// whose values go over the user's own. A few at a time and within a time limit, since a project may lie on a slow drive.
import type { Machine } from './machine.ts';
import { pathsOf } from './machine.ts';
import { readSettingsSources } from './settings-sources.ts';
import type { SettingsRead } from './settings-sources.ts';

const MOST_PROJECTS = 500;
const AT_ONCE = 8;
const WHOLE_MS = 8_000;

export interface ProjectSettings {
  readonly reads: readonly SettingsRead[];
  /** How many projects were looked at. */
  readonly read: number;
  readonly gaps: readonly string[];
}

/** `userSettings`: the user's own file, which a project at the user's home would otherwise be taken for. */
export async function readProjectSettings(
  machine: Machine,
  projects: readonly string[],
  userSettings: string,
): Promise<ProjectSettings> {
  const own = await realOf(machine, userSettings);
  const reads: SettingsRead[] = [];
  const queue = projects.slice(0, MOST_PROJECTS);
  let read = 0;
  let late = false;
  const timer = setTimeout(() => (late = true), WHOLE_MS);
  const worker = async (): Promise<void> => {
    for (let project = queue.shift(); project !== undefined && !late; project = queue.shift()) {
      reads.push(...(await readProject(machine, project, own)));
      read++;
    }
  };
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker));
  } finally {
    clearTimeout(timer);
  }
  const left = projects.length - read;
  return {
    reads: reads.sort((one, other) => (one.path < other.path ? -1 : 1)),
    read,
    gaps:
      left > 0
        ? [
            `${left} of ${projects.length} projects were not looked at: they are too many, or too slow to read.`,
          ]
        : [],
  };
}

async function readProject(machine: Machine, project: string, own: string): Promise<SettingsRead[]> {
  const paths = pathsOf(machine);
  const reads: SettingsRead[] = [];
  for (const [kind, name] of [
    ['project-local', 'settings.local.json'],
    ['project', 'settings.json'],
  ] as const) {
    const path = paths.join(project, '.claude', name);
    const one = await readSettingsSources(machine, path, kind, project);
    if (one.state !== 'absent' && (await realOf(machine, path)) !== own) reads.push(one);
  }
  return reads;
}

async function realOf(machine: Machine, path: string): Promise<string> {
  return (await machine.files.realPath(path)) ?? path;
}
