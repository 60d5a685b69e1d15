// Checks of Claude Code itself and of its settings file: malformed files, other config folders, proxies that catch localhost, tool search, permission mode, versions (traps 8, 15, 17, 23). Pure.
import { BlockList, isIPv4 } from 'node:net';
import { sayPlace } from '../claude-code/inspect/found-source.ts';
import { judgeFeatures } from '../claude-code/inspect/features.ts';
import { compareVersions } from '../claude-code/inspect/installed-programs.ts';
import { effectiveSource, effectiveValue } from '../claude-code/inspect/rank-sources.ts';
import {
  BASE_URL,
  CONFIG_DIR,
  maskValue,
  NO_BETAS,
  noProxyNames,
  proxyNames,
  TOOL_SEARCH,
} from '../claude-code/inspect/route-names.ts';
import type { SettingsRead } from '../claude-code/inspect/settings-sources.ts';
import { featureFacts } from '../claude-code/inspect/view-inspection.ts';
import { isLoopbackAddress } from '../claude-code/loopback-address.ts';
import type { DoctorFacts } from './doctor-facts.ts';
import { connectMend, makeFinding } from './finding.ts';
import type { Diagnosis } from './finding.ts';
import { isConnected } from './situation.ts';
import { checkTakeOver } from './take-over-checks.ts';

export function checkClaude(facts: DoctorFacts): Diagnosis[] {
  return [
    ...checkSettingsFiles(facts),
    ...checkFolders(facts),
    ...checkTakeOver(facts),
    ...checkProxy(facts),
    ...checkToolSearch(facts),
    ...checkPermissionMode(facts),
    ...checkVersion(facts),
  ];
}

function checkSettingsFiles(facts: DoctorFacts): Diagnosis[] {
  const { settings, managed, projects } = facts.inspection;
  return [settings, ...managed.reads, ...projects].flatMap((read): Diagnosis[] => {
    if (read.state !== 'malformed' && !(read.state === 'unreadable' && read.kind === 'user')) return [];
    const own = read.kind === 'user';
    return [
      makeFinding({
        code: read.state === 'malformed' ? 'settings-malformed' : 'settings-unreadable',
        about: own ? null : read.path,
        severity: own ? 'error' : read.kind === 'managed' ? 'warning' : 'notice',
        title: own ? "Claude Code's settings file cannot be used" : 'A settings file is ignored',
        cause: own
          ? 'Claude Code drops the whole file as it is, and Tollgate does not touch it.'
          : 'Claude Code drops the whole file as it is.',
        evidence: [`${read.path}${sayAt(read)}: ${read.problem ?? 'it cannot be read'}`],
        whatToDo:
          read.state === 'malformed'
            ? 'Mend it there with a text editor.'
            : 'Make the file readable for you.',
      }),
    ];
  });
}

function sayAt({ at }: SettingsRead): string {
  return at === null ? '' : `, line ${at.line}, column ${at.column}`;
}

/** Trap 17: a terminal may use another folder than the one Tollgate knows. */
function checkFolders(facts: DoctorFacts): Diagnosis[] {
  if (!isConnected(facts)) return [];
  const { folders, terminalFolder, settingsPath } = facts.inspection;
  const guests = folders
    .filter((folder) => folder.guest !== null && folder.exists)
    .map((folder) =>
      makeFinding({
        code: 'wsl-guest',
        about: folder.path,
        severity: 'notice',
        title: `Claude Code in the WSL guest ${folder.guest ?? ''} has its own settings`,
        cause: 'Settings of Windows do not reach into a guest, so its sessions do not come through Tollgate.',
        evidence: [folder.path],
        whatToDo: 'Run Tollgate in the guest as well, or leave it so.',
      }),
    );
  if (terminalFolder === null || terminalFolder.pointsAtTollgate) return guests;
  const { path, source } = terminalFolder;
  return [
    ...guests,
    makeFinding({
      code: 'other-config-folder',
      about: path,
      severity: 'warning',
      title: 'Terminals use another config folder of Claude Code',
      cause: `${CONFIG_DIR} is set for them, so their sessions do not see the settings that name Tollgate.`,
      evidence: [
        `${sayPlace(source)}: ${CONFIG_DIR}=${source.value ?? ''}`,
        `Tollgate works on ${settingsPath}.`,
      ],
      whatToDo: `Connect that folder as well: tollgate connect --claude-dir "${path}"`,
    }),
  ];
}

function checkProxy(facts: DoctorFacts): Diagnosis[] {
  const { sources } = facts.inspection;
  const address = effectiveValue(sources, BASE_URL) ?? '';
  if (!isLoopbackAddress(address)) return [];
  const proxy = firstSet(facts, proxyNames);
  if (proxy === null) return [];
  const url = URL.parse(address);
  const host = (url?.hostname ?? '').replace(/^\[|\]$/g, '');
  const exempt = firstSet(facts, noProxyNames);
  if (exempt !== null && (exempt.value === null || coversHost(exempt.value, host, url?.port ?? '')))
    return [];
  return [
    makeFinding({
      code: 'proxy-for-localhost',
      severity: 'error',
      title: 'A proxy catches the way to this computer itself',
      cause: `Claude Code obeys ${proxy.name} also for ${host}, unless NO_PROXY names it; its requests never arrive here.`,
      evidence: [
        `${sayPlace(proxy)}: ${proxy.name}${proxy.value === null ? '' : `=${maskValue(proxy.name, proxy.value)}`}`,
        exempt === null
          ? 'NO_PROXY is not set.'
          : `${sayPlace(exempt)}: ${exempt.name}=${exempt.value ?? ''}`,
      ],
      whatToDo: `Add ${host} to NO_PROXY in "env" of Claude Code's settings; "tollgate connect" does that.`,
      mend:
        isConnected(facts) && facts.gateway.running
          ? connectMend(
              'Exempt this computer',
              'Adds localhost to NO_PROXY for Claude Code; your own entries stay.',
            )
          : null,
    }),
  ];
}

function firstSet(facts: DoctorFacts, names: readonly string[]): ReturnType<typeof effectiveSource> {
  for (const name of names) {
    const source = effectiveSource(facts.inspection.sources, name);
    if (source !== null && source.value !== '') return source;
  }
  return null;
}

/**
 * Whether a list of hosts that no proxy serves names this one. Measured with Claude Code 2.1.330: an address block counts, a
 * port must be the right one, and of wildcards `*` alone works.
 */
export function coversHost(list: string, host: string, port: string): boolean {
  const entries = list.toLowerCase().split(/[\s,]+/);
  return entries.some((entry) => {
    if (entry === '*') return true;
    const plain = entry.replace(/^\[([^\]]*)\]/, '$1');
    return plain === host || plain === `${host}:${port}` || coversBlock(entry, host);
  });
}

function coversBlock(entry: string, host: string): boolean {
  const match = /^([\d.]+)\/(\d{1,2})$/.exec(entry);
  if (match === null || !isIPv4(match[1] ?? '') || !isIPv4(host)) return false;
  const block = new BlockList();
  block.addSubnet(match[1] ?? '', Math.min(32, Number(match[2])), 'ipv4');
  return block.check(host, 'ipv4');
}

function checkToolSearch(facts: DoctorFacts): Diagnosis[] {
  if (!isConnected(facts)) return [];
  const { inspection } = facts;
  const verdict = judgeFeatures(featureFacts(inspection, null)).find(({ id }) => id === 'tool-search');
  if (verdict?.state !== 'lost') return [];
  const chosen =
    effectiveSource(inspection.sources, NO_BETAS) ?? effectiveSource(inspection.sources, TOOL_SEARCH);
  return [
    makeFinding({
      code: 'tool-search-off',
      // What somebody chose is worth a word, not an alarm.
      severity: chosen === null ? 'warning' : 'notice',
      title: 'Tool search is off',
      cause: `${verdict.why} That costs tokens with every request, and a changed tool empties the prompt cache.`,
      evidence: [
        chosen === null
          ? `${TOOL_SEARCH} is not set.`
          : `${sayPlace(chosen)}: ${chosen.name}=${chosen.value ?? ''}`,
        `Claude Code ${inspection.version ?? 'of unknown version'}.`,
      ],
      whatToDo: `Set ${TOOL_SEARCH} to "true" in "env" of Claude Code's settings${chosen?.name === NO_BETAS ? `, and remove ${NO_BETAS}` : ''}.`,
      mend:
        chosen === null && facts.gateway.running
          ? connectMend('Turn tool search on', `Writes ${TOOL_SEARCH}=true into Claude Code's settings.`)
          : null,
    }),
  ];
}

/** Provider types whose answers carry Anthropic's check of auto mode, or that run no tools. */
const checkedTypes = new Set(['anthropic', 'bedrock', 'vertex', 'foundry', 'practice']);

function checkPermissionMode(facts: DoctorFacts): Diagnosis[] {
  const current = facts.gateway.providers?.find((provider) => provider.current);
  if (current === undefined || checkedTypes.has(current.type) || !isConnected(facts)) return [];
  const verdict = judgeFeatures(featureFacts(facts.inspection, false)).find(({ id }) => id === 'auto-mode');
  if (verdict?.state !== 'lost') return [];
  return [
    makeFinding({
      code: 'auto-mode-unchecked',
      severity: 'warning',
      title: 'Auto mode cannot check actions with this provider',
      cause: `${verdict.why} It is the permission mode that Claude Code begins with.`,
      evidence: [
        `${current.label} (${current.type}) answers by default.`,
        'permissions.defaultMode is not set to another mode.',
        `Claude Code ${facts.inspection.version ?? 'of unknown version'}.`,
      ],
      whatToDo:
        'Set "permissions": { "defaultMode": "default" } in Claude Code\'s settings, or switch to an Anthropic provider.',
    }),
  ];
}

/** From which version on something works; the reason completes "before that …". */
const thresholds = [
  {
    version: '2.1.153',
    severity: 'warning',
    reason: 'a version in use then could send your Anthropic login to a gateway',
  },
  { version: '2.1.181', severity: 'warning', reason: 'the prompt cache finds nothing behind a gateway' },
  {
    version: '2.1.273',
    severity: 'notice',
    reason: 'Claude Code does not say what a request is for (cost by prompt)',
  },
] as const;

function checkVersion(facts: DoctorFacts): Diagnosis[] {
  const { version, programs } = facts.inspection;
  if (version === null || !isConnected(facts)) return [];
  const missed = thresholds.filter((threshold) => compareVersions(version, threshold.version) < 0);
  const [worst] = missed;
  if (worst === undefined) return [];
  const program = programs.find((one) => one.version === version);
  return [
    makeFinding({
      code: 'claude-too-old',
      severity: worst.severity,
      title: `Claude Code ${version} lacks something that Tollgate builds on`,
      cause: missed.map((threshold) => `Before ${threshold.version} ${threshold.reason}.`).join(' '),
      evidence: [`${program?.path ?? 'claude'} is version ${version}.`],
      whatToDo:
        'Update with "claude update". npm under Node 20 stops at 2.1.197; the native installer does not.',
    }),
  ];
}
