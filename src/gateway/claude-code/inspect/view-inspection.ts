// The inspection as it leaves the gateway: secrets masked, and what a gateway costs or brings worked out for it. Pure.
import type { ClaudeInspection } from '../../../contract/doctor.ts';
import { localKeyIn, optionalKeys } from '../env-keys.ts';
import { judgeFeatures } from './features.ts';
import type { FeatureFacts } from './features.ts';
import type { Inspection } from './inspect-claude.ts';
import { effectiveValue, viewSource } from './rank-sources.ts';
import { AUTH_TOKEN, API_KEY, KEY_HELPER } from './route-names.ts';
import { settingText } from './settings-sources.ts';

/** `anthropicUpstream`: whether Anthropic's own models answer by default; null when no gateway can say. */
export function viewInspection(inspection: Inspection, anthropicUpstream: boolean | null): ClaudeInspection {
  const { folders, settingsPath, programs, version, signIn, managed, rules, sources, counts, gaps } =
    inspection;
  return {
    folders: [...folders],
    settingsPath,
    programs: [...programs],
    version,
    signIn,
    managed: {
      places: [
        ...managed.reads.map(({ path }) => path),
        ...(managed.mcpFile === null ? [] : [managed.mcpFile]),
      ],
      rules: [...rules.rules],
      forbidsGatewayKey: rules.forbidsGatewayKey,
    },
    routes: sources.map(viewSource),
    projects: { ...counts },
    gaps: [...new Set(gaps)],
    features: judgeFeatures(featureFacts(inspection, anthropicUpstream)),
  };
}

export function featureFacts(inspection: Inspection, anthropicUpstream: boolean | null): FeatureFacts {
  const { sources, signIn, managed, settings, version } = inspection;
  const connected = localKeyInForce(inspection) !== null;
  // Before a connect the answer is for what a connect would write.
  const value = (name: string): string | null =>
    effectiveValue(sources, name) ??
    (connected ? null : (optionalKeys.find((key) => key.name === name)?.value ?? null));
  const credential = [AUTH_TOKEN, API_KEY, KEY_HELPER].some((name) => {
    const found = sources.find((source) => source.name === name && source.wins && source.project === null);
    return found !== undefined && found.value !== '';
  });
  // A key of ours in a header leaves the login as it is.
  const keepsLogin = connected && signIn.hasLogin && !credential;
  return {
    version,
    keepsLogin,
    hasLogin: signIn.hasLogin,
    hasRemoteSettings: managed.hasRemote,
    anthropicUpstream,
    permissionMode: settingText(settings.document, 'permissions', 'defaultMode'),
    value,
  };
}

/** The local key of a Tollgate that Claude Code would send outside of projects; null when it sends none. */
export function localKeyInForce(inspection: Pick<Inspection, 'sources'>): string | null {
  return localKeyIn((name) => effectiveValue(inspection.sources, name));
}
