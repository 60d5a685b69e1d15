// The real client as a process: its own home, state file and working folder in a temporary place, an environment with nothing
// of the developer's own, and `claude -p` run to its end.
import { spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';
import type { InstalledClient } from './install-client.ts';

/** The object that `claude -p --output-format json` prints. */
export type ClientResult = {
  is_error: boolean;
  result: string;
  session_id: string;
  num_turns: number;
  total_cost_usd: number;
  [more: string]: unknown;
};
export type ClientRun = { code: number | null; stdout: string; stderr: string; result: ClientResult };

export type RunOptions = {
  args: string[];
  token?: string;
  environment?: Record<string, string>;
  /** True gives the client no address and no key but those of its settings files. */
  bySettings?: boolean;
};

export type ClientHome = {
  /** The client's executable. */
  readonly path: string;
  /** The client's configuration folder. */
  readonly claudeFolder: string;
  /** The folder the client works in. */
  readonly workFolder: string;
  /** The client's environment: the address and key it is given, and more of the test's wish. */
  environment(door: Record<string, string>): Record<string, string>;
  /** `claude -p PROMPT --output-format json` with more arguments. */
  ask(prompt: string, environment: Record<string, string>, args?: string[]): Promise<ClientRun>;
  remove(): Promise<void>;
};

/** All client versions; the label of one that is not there says why its tests are skipped. */
export function installedClients(): (InstalledClient & { label: string })[] {
  return inject('clients').map((client) => ({
    ...client,
    label: `Claude Code ${client.version}${client.reason === null ? '' : ` (${client.reason})`}`,
  }));
}

function runClient(
  path: string,
  environment: Record<string, string>,
  args: string[],
  cwd: string,
): Promise<ClientRun> {
  const child = spawn(path, args, { cwd, env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      try {
        resolve({ code, stdout, stderr, result: JSON.parse(stdout) as ClientResult });
      } catch {
        reject(new Error(`the client printed no result (exit ${code}):\n${stdout}\n${stderr}`));
      }
    });
  });
}

/** Makes the folders. The client's version decides what its state file claims, so that no first-run screen comes. */
export async function createClientHome(client: InstalledClient): Promise<ClientHome> {
  if (client.path === null) throw new Error(client.reason);
  const path = client.path;
  const folder = await createTemporaryFolder('tollgate-client');
  const claudeFolder = join(folder.path, '.claude');
  const workFolder = join(folder.path, 'work');
  const temporary = join(folder.path, 'tmp');
  for (const one of [claudeFolder, workFolder, temporary]) await mkdir(one, { recursive: true });
  await writeFile(
    join(claudeFolder, '.claude.json'),
    JSON.stringify({
      hasCompletedOnboarding: true,
      lastOnboardingVersion: client.version,
      theme: 'dark',
      numStartups: 3,
      projects: { [workFolder]: { hasTrustDialogAccepted: true, hasCompletedProjectOnboarding: true } },
    }),
  );
  return {
    path,
    claudeFolder,
    workFolder,
    environment: (door) => ({
      PATH: process.env['PATH'] ?? '',
      ...(process.env['SYSTEMROOT'] === undefined ? {} : { SYSTEMROOT: process.env['SYSTEMROOT'] }),
      HOME: folder.path,
      USERPROFILE: folder.path,
      CLAUDE_CONFIG_DIR: claudeFolder,
      TMPDIR: temporary,
      TEMP: temporary,
      TMP: temporary,
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      DISABLE_AUTOUPDATER: '1',
      DISABLE_TELEMETRY: '1',
      DISABLE_ERROR_REPORTING: '1',
      ...door,
    }),
    ask: (prompt, environment, args = []) =>
      runClient(path, environment, ['-p', prompt, '--output-format', 'json', ...args], workFolder),
    remove: () => folder.remove(),
  };
}
