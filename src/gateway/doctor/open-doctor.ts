// A doctor for the command line: it works on a data folder whether or not a gateway runs there, and reads that folder's keys
// only when they exist, since looking must not make any.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { GatewayStatus } from '../../contract/control-contract.ts';
import { claudeSettingsPath } from '../claude-code/claude-folder.ts';
import { diskMachine } from '../claude-code/inspect/disk-machine.ts';
import type { TollgateProgram } from '../claude-code/tollgate-command.ts';
import { claudeMethods } from '../control/claude-methods.ts';
import { dataFolderAt } from '../data-folder/data-folder.ts';
import { LocalKeys } from '../keys/local-keys.ts';
import { createDoctor } from './doctor.ts';
import type { Doctor } from './doctor.ts';
import { USUAL_URL } from './situation.ts';

export interface OpenDoctorOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly dataDir: string;
  readonly claudeFolder: string;
  /** True when the user named the folder. */
  readonly folderNamed: boolean;
  /** Of the gateway that runs for the data folder; null when none does. */
  readonly status: GatewayStatus | null;
  /** `config.json` of the data folder, unless the running gateway says otherwise. */
  readonly configPath: string;
  readonly program: TollgateProgram;
  readonly now: () => number;
}

export function openDoctor(options: OpenDoctorOptions): Doctor {
  const { status } = options;
  const keys = readKeys(options.dataDir, options.now);
  return createDoctor({
    machine: diskMachine(options.env),
    claudeFolder: options.claudeFolder,
    folderNamed: options.folderNamed,
    environmentName: 'the environment of this terminal',
    versions: new Map(),
    dataDir: options.dataDir,
    configPath: status?.configPath ?? options.configPath,
    nodeVersion: process.versions.node,
    uid: process.getuid?.() ?? null,
    now: options.now,
    controlKey: () => keys?.controlKey ?? null,
    knowsKey: (key) => (keys === null ? null : keys.identify(key) !== null),
    gateway: async () => ({
      running: status !== null,
      url: status?.url ?? null,
      paused: status?.paused ?? false,
      providers: status?.providers ?? null,
    }),
    claude: claudeMethods({
      settingsPath: claudeSettingsPath(options.claudeFolder),
      dataDir: options.dataDir,
      url: () => status?.url ?? USUAL_URL,
      key: () => makeKey(options.dataDir, options.now),
      now: options.now,
      program: options.program,
      env: options.env,
      onApplied: () => undefined,
    }),
  });
}

/** The first client's key. Only a mend asks for it, and no mend that connects is offered before the folder exists. */
function makeKey(dataDir: string, now: () => number): string {
  return new LocalKeys(dataFolderAt(dataDir).keys, { randomBytes, now }).firstClientKey();
}

function readKeys(dataDir: string, now: () => number): LocalKeys | null {
  const { keys } = dataFolderAt(dataDir);
  if (!existsSync(keys)) return null;
  try {
    return new LocalKeys(keys, { randomBytes, now });
  } catch {
    // Damaged: a start says so; here it only means that no key can be told.
    return null;
  }
}
