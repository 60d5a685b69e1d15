// Finds what a take-over must know beside Claude Code's settings: editors' settings, its state file, its own command, and
// whether an administrator forbids a local key. Only looks.
import { claudeStatePath, oldClaudeStatePath } from './claude-folder.ts';
import { createClaudeRunner, findClaudeProgram } from './claude-program.ts';
import { diskFiles } from './file-port.ts';
import { diskMachine } from './inspect/disk-machine.ts';
import { editorSettingsPaths } from './inspect/editor-settings.ts';
import { findManagedRules } from './inspect/managed-rules.ts';
import { readManagedSettings } from './inspect/managed-settings.ts';
import type { Companions } from './take-over.ts';

/** `claudeFolder`: Claude Code's config folder. `env`: environment of this process. */
export async function findCompanions(
  claudeFolder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Companions> {
  const machine = diskMachine(env);
  const { home, platform } = machine;
  const state = claudeStatePath({ claudeFolder, env, home });
  const old = oldClaudeStatePath(claudeFolder);
  const isOld = (await diskFiles.facts(old).catch(() => null)) !== null;
  const program = await findClaudeProgram({ env, home, platform });
  const sources = { env, home, platform };
  return {
    editors: editorSettingsPaths(machine),
    mcp: {
      statePath: isOld ? old : state.path,
      run:
        program === null ? null : createClaudeRunner(program, sources, state.isNamed ? claudeFolder : null),
    },
  };
}

/** Why the administrator's settings would make Claude Code refuse a local key; null when they would not. */
export async function findKeyBan(
  claudeFolder: string,
  env: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  return findManagedRules(await readManagedSettings(diskMachine(env), claudeFolder), []).forbidsGatewayKey;
}
