// Reads the settings that an administrator put on this computer for Claude Code: files with drop-ins, the preferences of
// macOS, the policy keys of Windows. Of these sources the first one with a policy counts whole; only `env` is joined.
import { pathsOf, variableOf } from './machine.ts';
import type { Machine } from './machine.ts';
import { readSettingsSources, readSettingsText } from './settings-sources.ts';
import type { SettingsRead } from './settings-sources.ts';
import { readRegistryKey } from './windows-registry.ts';

const PLIST_MS = 5_000;
const MOST_DROP_INS = 100;
const DOMAIN = 'com.anthropic.claudecode';
const POLICY_KEY = 'SOFTWARE\\Policies\\ClaudeCode';

export interface ManagedSettings {
  /** Everything that was found, strongest first, malformed ones included. */
  readonly reads: readonly SettingsRead[];
  /** The part of `reads` whose policy is in force, strongest first. */
  readonly inForce: readonly SettingsRead[];
  /** Path of `managed-mcp.json` when there is one: then no other MCP server is loaded. */
  readonly mcpFile: string | null;
  /** True when settings of an organisation, fetched from Anthropic, are kept in the config folder. */
  readonly hasRemote: boolean;
}

/** The folder of managed files on this platform. */
export function managedFolder(machine: Machine): string {
  if (machine.platform === 'darwin') return '/Library/Application Support/ClaudeCode';
  if (machine.platform !== 'win32') return '/etc/claude-code';
  return pathsOf(machine).join(variableOf(machine, 'ProgramFiles') ?? 'C:\\Program Files', 'ClaudeCode');
}

export async function readManagedSettings(machine: Machine, claudeFolder: string): Promise<ManagedSettings> {
  const paths = pathsOf(machine);
  const groups = [
    await readPreferences(machine),
    await readPolicy(machine, 'HKLM'),
    await readFiles(machine),
    await readPolicy(machine, 'HKCU'),
  ];
  const mcpFile = paths.join(managedFolder(machine), 'managed-mcp.json');
  const remote = await machine.files.stat(paths.join(claudeFolder, 'remote-settings.json'));
  return {
    reads: groups.flat(),
    inForce: groups.find((group) => group.some(hasPolicy)) ?? [],
    mcpFile: (await machine.files.stat(mcpFile)) === null ? null : mcpFile,
    // An empty object is what is kept when there is nothing to enforce.
    hasRemote: remote !== null && remote.size > 2,
  };
}

function hasPolicy(read: SettingsRead): boolean {
  return (read.document?.root?.children?.length ?? 0) > 0;
}

async function readFiles(machine: Machine): Promise<SettingsRead[]> {
  const paths = pathsOf(machine);
  const folder = managedFolder(machine);
  const dropIns = (await machine.files.list(paths.join(folder, 'managed-settings.d')))
    .filter((name) => name.endsWith('.json') && !name.startsWith('.'))
    .sort()
    .slice(0, MOST_DROP_INS);
  const files = [
    paths.join(folder, 'managed-settings.json'),
    ...dropIns.map((name) => paths.join(folder, 'managed-settings.d', name)),
  ];
  const reads = await Promise.all(files.map((path) => readSettingsSources(machine, path, 'managed')));
  // Later drop-ins go over earlier ones.
  return reads.filter(({ state }) => state !== 'absent').reverse();
}

async function readPreferences(machine: Machine): Promise<SettingsRead[]> {
  if (machine.platform !== 'darwin') return [];
  const user = variableOf(machine, 'USER') ?? machine.home.split('/').at(-1) ?? '';
  const folder = '/Library/Managed Preferences';
  const candidates = [
    ...(/^[\w.@-]+$/.test(user) ? [`${folder}/${user}/${DOMAIN}.plist`] : []),
    `${folder}/${DOMAIN}.plist`,
  ];
  const reads = await Promise.all(
    candidates.map(async (path): Promise<SettingsRead | null> => {
      if ((await machine.files.stat(path)) === null) return null;
      const answer = await machine.run('/usr/bin/plutil', ['-convert', 'json', '-o', '-', path], PLIST_MS);
      const whose = { path, kind: 'managed' as const, project: null };
      if (answer.code === 0) return readSettingsText(answer.stdout.toString('utf8'), whose);
      return {
        ...whose,
        state: 'unreadable',
        problem: 'cannot be read as JSON',
        at: null,
        document: null,
        sources: [],
      };
    }),
  );
  return reads.flatMap((read) => read ?? []);
}

async function readPolicy(machine: Machine, hive: 'HKLM' | 'HKCU'): Promise<SettingsRead[]> {
  if (machine.platform !== 'win32') return [];
  const key = `${hive}\\${POLICY_KEY}`;
  const text = (await readRegistryKey(machine, key)).get('Settings');
  if (text === undefined || text === '') return [];
  return [readSettingsText(text, { path: `${key}\\Settings`, kind: 'managed', project: null })];
}
