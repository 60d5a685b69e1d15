// Where Claude Code keeps its user settings, by the same rule as Claude Code itself.
import { join, resolve } from 'node:path';

export interface ClaudeFolderSources {
  /** Folder named by the user, for example with `--claude-dir`; it goes before everything else. */
  readonly explicit?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Home folder of the user. */
  readonly home: string;
}

/** Absolute path of Claude Code's config folder, which need not exist. */
export function findClaudeFolder({ explicit, env, home }: ClaudeFolderSources): string {
  if (explicit !== undefined && explicit !== '') return resolve(explicit);
  const named = env['CLAUDE_CONFIG_DIR'];
  // Claude Code normalises both to NFC, which on macOS is what it then finds on disk.
  if (named !== undefined && named.trim() !== '') return resolve(named.normalize('NFC'));
  return join(home, '.claude').normalize('NFC');
}

/** The user settings file in a config folder. */
export function claudeSettingsPath(claudeFolder: string): string {
  return join(claudeFolder, 'settings.json');
}

/**
 * Where Claude Code keeps its state (`.claude.json`), by its own rule: in the config folder when that was named, else in
 * the home folder. `isNamed` says that Claude Code must be told the folder to find it.
 */
export function claudeStatePath({
  claudeFolder,
  env,
  home,
}: { claudeFolder: string } & ClaudeFolderSources): {
  readonly path: string;
  readonly isNamed: boolean;
} {
  const named = env['CLAUDE_CONFIG_DIR'];
  const isNamed =
    (named !== undefined && named.trim() !== '' && resolve(named.normalize('NFC')) === claudeFolder) ||
    claudeFolder !== join(home, '.claude').normalize('NFC');
  return { path: join(isNamed ? claudeFolder : home, '.claude.json'), isNamed };
}

/** The state file of very old versions, which still goes before the other where it exists. */
export function oldClaudeStatePath(claudeFolder: string): string {
  return join(claudeFolder, '.config.json');
}
