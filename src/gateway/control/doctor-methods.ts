// Inspection and doctor, as Control offers them to the window.
import type { Control } from '../../contract/control-contract.ts';
import type { ProviderView } from '../../contract/rows.ts';
import type { Machine } from '../claude-code/inspect/machine.ts';
import { createDoctor } from '../doctor/doctor.ts';
import type { GatewayHost } from '../gateway-host.ts';
import type { LocalKeys } from '../keys/local-keys.ts';

export type DoctorMethods = Pick<Control, 'claude.inspect' | 'doctor.run' | 'doctor.mend'>;

export interface DoctorMethodOptions {
  readonly host: GatewayHost;
  readonly machine: Machine;
  readonly url: () => string;
  readonly keys: Pick<LocalKeys, 'controlKey' | 'identify'>;
  readonly paused: () => boolean;
  readonly providers: () => readonly ProviderView[];
  readonly claude: Pick<Control, 'claude.connect' | 'claude.disconnect'>;
}

export function doctorMethods(options: DoctorMethodOptions): DoctorMethods {
  const { host, machine, url, keys } = options;
  const doctor = createDoctor({
    machine,
    claudeFolder: host.claudeFolder,
    folderNamed: false,
    environmentName: 'the environment in which Tollgate runs',
    versions: new Map(),
    dataDir: host.dataDir,
    configPath: host.configPath,
    nodeVersion: process.versions.node,
    uid: process.getuid?.() ?? null,
    now: host.now,
    controlKey: () => keys.controlKey,
    knowsKey: (key) => keys.identify(key) !== null,
    gateway: async () => ({
      running: true,
      url: url(),
      paused: options.paused(),
      providers: options.providers(),
    }),
    claude: options.claude,
  });
  return {
    'claude.inspect': () => doctor.inspect(),
    'doctor.run': () => doctor.run(),
    'doctor.mend': (request) => doctor.mend(request),
  };
}
