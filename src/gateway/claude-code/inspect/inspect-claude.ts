// Looks at Claude Code on this computer, all of it: folders, programs, settings of every scope, shells, registry, editor.
// Reads only, and answers whatever it finds; what could not be looked at is said in `gaps`.
import type { ConfigFolder, InstalledProgram } from '../../../contract/doctor.ts';
import { claudeSettingsPath } from '../claude-folder.ts';
import { pointsAtTollgate } from '../env-keys.ts';
import { readClaudeState } from './claude-state.ts';
import type { ClaudeState } from './claude-state.ts';
import { findConfigFolders, namedFolder } from './config-folders.ts';
import { readEditorSettings } from './editor-settings.ts';
import type { FoundSource } from './found-source.ts';
import { findPrograms, versionInUse } from './installed-programs.ts';
import type { VersionCache } from './installed-programs.ts';
import { pathsOf, variableOf } from './machine.ts';
import type { Machine } from './machine.ts';
import { findManagedRules } from './managed-rules.ts';
import type { ManagedFindings } from './managed-rules.ts';
import { readManagedSettings } from './managed-settings.ts';
import type { ManagedSettings } from './managed-settings.ts';
import { readProjectSettings } from './project-settings.ts';
import { effectiveSource, rankSources } from './rank-sources.ts';
import type { RankedSource } from './rank-sources.ts';
import { CONFIG_DIR, watchedNames } from './route-names.ts';
import { readSettingsSources } from './settings-sources.ts';
import type { SettingsRead } from './settings-sources.ts';
import { readShellFiles } from './shell-files.ts';
import { describeSignIn } from './sign-in.ts';
import type { SignIn } from '../../../contract/doctor.ts';
import { readWindowsEnvironment } from './windows-registry.ts';

export interface RoutingOptions {
  readonly machine: Machine;
  /** Claude Code's config folder that Tollgate works on. */
  readonly claudeFolder: string;
  /** Addresses at which this gateway answers. */
  readonly ourUrls: readonly string[];
  /** How to call the environment that `machine.env` is: `the environment of this terminal`. */
  readonly environmentName: string;
}

export interface InspectOptions extends RoutingOptions {
  /** Whether the user named the config folder. */
  readonly folderNamed: boolean;
  readonly versions: VersionCache;
}

/** What decides the way of a request; read at every status, so without programs and folders. */
export interface Routing {
  readonly settings: SettingsRead;
  readonly managed: ManagedSettings;
  readonly projects: readonly SettingsRead[];
  readonly sources: readonly RankedSource[];
  readonly state: ClaudeState;
  readonly counts: { readonly known: number; readonly read: number };
  readonly gaps: readonly string[];
}

export interface TerminalFolder {
  readonly path: string;
  readonly source: FoundSource;
  /** True when the settings there name a Tollgate as well. */
  readonly pointsAtTollgate: boolean;
}

/** Values are in clear here; `view-inspection.ts` masks them. */
export interface Inspection extends Routing {
  readonly settingsPath: string;
  readonly folders: readonly ConfigFolder[];
  readonly programs: readonly InstalledProgram[];
  readonly version: string | null;
  readonly signIn: SignIn;
  readonly rules: ManagedFindings;
  /** The folder that new terminals use, when a shell file or the registry names another one; else null. */
  readonly terminalFolder: TerminalFolder | null;
  readonly ourUrls: readonly string[];
}

export async function readRouting(options: RoutingOptions): Promise<Routing> {
  const { machine, claudeFolder } = options;
  const settingsPath = claudeSettingsPath(claudeFolder);
  const [settings, managed, state, shells, registry, editors] = await Promise.all([
    readSettingsSources(machine, settingsPath, 'user'),
    readManagedSettings(machine, claudeFolder),
    readClaudeState(machine, claudeFolder),
    readShellFiles(machine),
    readWindowsEnvironment(machine),
    readEditorSettings(machine),
  ]);
  const projects = await readProjectSettings(machine, state.projects, settingsPath);
  const sources = rankSources([
    ...managed.reads.flatMap((read) => read.sources),
    ...projects.reads.flatMap((read) => read.sources),
    ...settings.sources,
    ...editors.sources,
    ...shells.sources,
    ...readEnvironment(machine, options.environmentName),
    ...registry,
  ]);
  return {
    settings,
    managed,
    projects: projects.reads,
    sources,
    state,
    counts: { known: state.projects.length, read: projects.read },
    gaps: [
      ...[settings, ...managed.reads, ...projects.reads].flatMap(sayGap),
      ...state.gaps,
      ...shells.gaps,
      ...editors.gaps,
      ...projects.gaps,
    ],
  };
}

export async function inspectClaude(options: InspectOptions): Promise<Inspection> {
  const { machine, claudeFolder, ourUrls } = options;
  const [routing, programs] = await Promise.all([
    readRouting(options),
    findPrograms(machine, options.versions),
  ]);
  const credentialsFile = pathsOf(machine).join(claudeFolder, '.credentials.json');
  const hasFile = (await machine.files.stat(credentialsFile))?.kind === 'file';
  return {
    ...routing,
    settingsPath: claudeSettingsPath(claudeFolder),
    folders: await findConfigFolders(machine, {
      current: claudeFolder,
      currentNamed: options.folderNamed,
      sources: routing.sources,
    }),
    programs,
    version: versionInUse(programs),
    signIn: describeSignIn(routing.sources, {
      inState: routing.state.hasLogin,
      credentialsFile: hasFile ? credentialsFile : null,
    }),
    rules: findManagedRules(routing.managed, ourUrls),
    terminalFolder: await findTerminalFolder(options, routing.sources),
    ourUrls,
  };
}

/** Trap 17: a folder named for the shell alone is not seen by a program that was started otherwise. */
async function findTerminalFolder(
  { machine, claudeFolder }: InspectOptions,
  sources: readonly RankedSource[],
): Promise<TerminalFolder | null> {
  const lasting = sources.filter(
    ({ kind }) => kind === 'shell-file' || kind === 'windows-user' || kind === 'windows-machine',
  );
  const source = effectiveSource(lasting, CONFIG_DIR);
  const path = source === null ? null : namedFolder(machine, source);
  if (source === null || path === null || pathsOf(machine).relative(path, claudeFolder) === '') return null;
  const [here, there] = [await machine.files.realPath(claudeFolder), await machine.files.realPath(path)];
  if (here !== null && here === there) return null;
  const { document } = await readSettingsSources(machine, claudeSettingsPath(path), 'user');
  return { path, source, pointsAtTollgate: document !== null && pointsAtTollgate(document) };
}

/** Inside a session of Claude Code the environment repeats what its settings say, and says nothing of its own. */
function readEnvironment(machine: Machine, environmentName: string): FoundSource[] {
  if (variableOf(machine, 'CLAUDECODE') === '1') return [];
  return watchedNames.flatMap((name): FoundSource[] => {
    const value = variableOf(machine, name);
    // Windows has one variable for every spelling of its name.
    if (value === undefined || (machine.platform === 'win32' && name !== name.toUpperCase())) return [];
    return [
      {
        kind: 'process',
        name,
        value,
        path: environmentName,
        line: null,
        column: null,
        project: null,
        only: null,
      },
    ];
  });
}

function sayGap(read: SettingsRead): string[] {
  return read.state === 'unreadable'
    ? [`${read.path} ${read.problem ?? 'cannot be read'}, so what it sets is not known.`]
    : [];
}
