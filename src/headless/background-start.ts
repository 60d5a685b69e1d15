// The user's leave to start Tollgate in the background, and the start itself: a process of its own that outlives the
// one that asked for it.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BACKGROUND_FILE, BackgroundStart } from '../contract/background-start.ts';

/** Null when the user did not allow it. */
export function readBackgroundStart(dataDir: string): BackgroundStart | null {
  try {
    return BackgroundStart.parse(JSON.parse(readFileSync(join(dataDir, BACKGROUND_FILE), 'utf8')));
  } catch {
    return null;
  }
}

export function allowBackgroundStart(dataDir: string, command: readonly string[]): void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const allowed: BackgroundStart = { version: 1, command: [...command] };
  writeFileSync(join(dataDir, BACKGROUND_FILE), `${JSON.stringify(allowed)}\n`, { mode: 0o600 });
}

export function forbidBackgroundStart(dataDir: string): void {
  rmSync(join(dataDir, BACKGROUND_FILE), { force: true });
}

/** What Claude Code sets for its hooks and what leads to ourselves; a gateway must not take them for the user's. */
const notForGateways =
  /^(ANTHROPIC_(BASE_URL|AUTH_TOKEN|CUSTOM_HEADERS)|CLAUDECODE|CLAUDE_PROJECT_DIR|CLAUDE_ENV_FILE|CLAUDE_CODE_.*)$/;

/** Starts it and does not wait. False when the program could not be started at all. */
export function startInBackground({ command }: BackgroundStart): Promise<boolean> {
  const [program = '', ...words] = command;
  return new Promise((resolve) => {
    const env = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => !notForGateways.test(name)),
    );
    // From the home folder: a process that lives on must not keep a project's folder or drive busy.
    const child = spawn(program, words, {
      detached: true,
      stdio: 'ignore',
      windowsHide: true,
      env,
      cwd: homedir(),
    });
    child.once('error', () => resolve(false));
    child.once('spawn', () => {
      child.unref();
      resolve(true);
    });
  });
}
