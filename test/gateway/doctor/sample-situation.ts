// Facts of a computer on which all is well - Claude Code connected, the gateway running - and ways to change one of them.
import type { Finding } from '../../../src/contract/doctor.ts';
import { inspectClaude } from '../../../src/gateway/claude-code/inspect/inspect-claude.ts';
import { BASE_URL } from '../../../src/gateway/claude-code/env-keys.ts';
import { diagnose } from '../../../src/gateway/doctor/doctor.ts';
import { addressKey } from '../../../src/gateway/doctor/doctor-facts.ts';
import type { AddressFacts, DoctorFacts } from '../../../src/gateway/doctor/doctor-facts.ts';
import { createMachine } from '../inspect/memory-machine.ts';
import type { MachineInput, MemoryFile } from '../inspect/memory-machine.ts';

export const OURS = 'http://127.0.0.1:8655';
export const KEY = 'tg-AAAAAAAAAAAAAAAAAAAAAAAAAAAA1111';

/** What a connect writes. */
export const connectedEnv: Readonly<Record<string, string>> = {
  ANTHROPIC_BASE_URL: OURS,
  ANTHROPIC_AUTH_TOKEN: KEY,
  ENABLE_TOOL_SEARCH: 'true',
  CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
  CLAUDE_CODE_GATEWAY_HINT_HEADERS: '1',
  NO_PROXY: 'localhost,127.0.0.1,::1',
};

export interface SituationInput extends MachineInput {
  /** `env` of the user's settings; null for no file. */
  readonly settings?: Readonly<Record<string, string>> | null;
  /** Other keys of the user's settings. */
  readonly more?: object;
  /** Who answers, by `host:port`; nobody elsewhere. */
  readonly answers?: Readonly<Record<string, AddressFacts['answers']>>;
  readonly facts?: Partial<DoctorFacts>;
}

export async function makeSituation(input: SituationInput = {}): Promise<DoctorFacts> {
  const platform = input.platform ?? 'linux';
  const home =
    { linux: '/home/ada', darwin: '/Users/ada', win32: 'C:\\Users\\ada' }[platform as 'linux'] ?? '/home/ada';
  const slash = platform === 'win32' ? '\\' : '/';
  const claudeFolder = `${home}${slash}.claude`;
  const env = input.settings === undefined ? connectedEnv : input.settings;
  const own: Record<string, MemoryFile> =
    env === null
      ? {}
      : { [`${claudeFolder}${slash}settings.json`]: JSON.stringify({ ...input.more, env }, null, 2) };
  const machine = createMachine({
    ...input,
    platform,
    files: {
      ...own,
      [`${home}${slash}.local${slash}bin${slash}claude${platform === 'win32' ? '.exe' : ''}`]: {
        link: `${home}${slash}.local${slash}share${slash}claude${slash}versions${slash}2.1.330`,
      },
      [`${home}${slash}.local${slash}share${slash}claude${slash}versions${slash}2.1.330`]: { program: true },
      ...input.files,
    },
  });
  const gateway = input.facts?.gateway ?? { running: true, url: OURS, paused: false, providers: [] };
  const inspection = await inspectClaude({
    machine,
    claudeFolder,
    folderNamed: false,
    ourUrls: gateway.url === null ? [] : [gateway.url],
    environmentName: 'the environment of this terminal',
    versions: new Map(),
  });
  const answers: Record<string, AddressFacts['answers']> = gateway.running
    ? { '127.0.0.1:8655': 'here', 'localhost:8655': 'here', ...input.answers }
    : { ...input.answers };
  const keys = inspection.sources.flatMap(({ name, value }) =>
    name === BASE_URL && value !== null ? (addressKey(value) ?? []) : [],
  );
  const dataDir = `${home}${slash}data`;
  return {
    now: Date.UTC(2026, 10, 22, 12),
    nodeVersion: '24.21.0',
    platform,
    uid: platform === 'win32' ? null : 1000,
    inspection,
    gateway,
    dataFolder: {
      path: dataDir,
      exists: true,
      files: platform === 'win32' ? [] : [{ path: dataDir, kind: 'folder', mode: 0o700, uid: 1000 }],
      syncedBy: null,
    },
    config: { path: `${dataDir}${slash}config.json`, problem: null },
    ledger: { path: `${dataDir}${slash}ledger.db`, problem: null, newestAt: Date.UTC(2026, 10, 22, 11) },
    takeOver:
      env === connectedEnv
        ? { state: 'taken', writtenUrl: OURS, at: 0, givingBack: false }
        : { state: 'none', writtenUrl: null, at: null, givingBack: false },
    addresses: new Map(keys.map((key) => [key, addressFacts(key, answers[key] ?? 'nobody')])),
    usualPort: [],
    knowsKey: (key) => key === KEY,
    ...input.facts,
  };
}

export function addressFacts(key: string, answers: AddressFacts['answers']): AddressFacts {
  const colon = key.lastIndexOf(':');
  const named = answers === 'stranger' || answers === 'silent';
  return {
    host: key.slice(0, colon),
    port: Number(key.slice(colon + 1)),
    answers,
    program: named ? 'node server.mjs' : null,
    pid: named ? 4711 : null,
  };
}

export async function findingsOf(input: SituationInput = {}): Promise<Finding[]> {
  return diagnose(await makeSituation(input)).map(({ finding }) => finding);
}

/** `error doctor-code [connect]` per finding. */
export async function summaryOf(input: SituationInput = {}): Promise<string[]> {
  return diagnose(await makeSituation(input)).map(
    ({ finding, action }) =>
      `${finding.severity} ${finding.code}${action === null ? '' : ` [${action.kind}]`}`,
  );
}

export const stopped: DoctorFacts['gateway'] = { running: false, url: null, paused: false, providers: null };
