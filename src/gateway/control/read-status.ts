// The gateway's own state in one object: where it is, what it uses, who routes Claude Code, what is wrong.
import type { GatewayStatus } from '../../contract/control-contract.ts';
import type { LingeringSession } from '../../contract/rows.ts';
import type { Settings } from '../../contract/settings.ts';
import type { Machine } from '../claude-code/inspect/machine.ts';
import { readClaudeCode } from '../claude-code/read-claude-code.ts';
import type { GatewayHost } from '../gateway-host.ts';
import { PRACTICE } from '../providers/providers.ts';
import type { Providers } from '../providers/providers.ts';
import { defaultProvider } from '../router/choose-route.ts';

interface StatusSources {
  readonly host: GatewayHost;
  readonly settings: Settings;
  readonly providers: Providers;
  readonly settingsPath: string;
  readonly machine: Machine;
  readonly url: string;
  readonly paused: boolean;
  /** Further sentences for the user. */
  readonly warnings: readonly string[];
  readonly startedAt: number;
  /** Sessions that came through lately. */
  readonly recentSessions: readonly LingeringSession[];
}

export async function readStatus(sources: StatusSources): Promise<GatewayStatus> {
  const { host, url } = sources;
  const providers = sources.providers.views(defaultProvider(sources.settings, PRACTICE));
  const claudeCode = await readClaudeCode({
    settingsPath: sources.settingsPath,
    ourUrls: [url],
    machine: sources.machine,
  });
  const problem = providers.find((provider) => provider.current)?.problem ?? null;
  return {
    version: host.version,
    pid: process.pid,
    url,
    dataDir: host.dataDir,
    configPath: host.configPath,
    startedAt: sources.startedAt,
    paused: sources.paused,
    warnings: [...(problem === null ? [] : [problem]), ...sources.warnings],
    providers,
    claudeCode,
    lingeringSessions: claudeCode.routedBy === 'tollgate' ? [] : [...sources.recentSessions],
  };
}
