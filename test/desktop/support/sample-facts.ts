// Snapshots for tests: a plain healthy gateway, with whatever a test wants different.
import type { GatewayStatus, Snapshot } from '../../../src/contract/control-contract.ts';
import type { ExchangeRow, MeterView, ProviderView } from '../../../src/contract/rows.ts';
import { noTokens, noTotals } from '../../../src/contract/usage.ts';

export function sampleProvider(changes: Partial<ProviderView> = {}): ProviderView {
  return {
    id: 'anthropic',
    type: 'anthropic',
    label: 'Anthropic',
    practice: false,
    baseUrl: 'https://api.anthropic.com',
    current: true,
    credential: 'env:ANTHROPIC_API_KEY',
    problem: null,
    ...changes,
  };
}

export const practiceProvider = sampleProvider({
  id: 'practice',
  type: 'practice',
  label: 'Practice',
  practice: true,
  baseUrl: null,
  current: false,
  credential: 'none',
});

export function sampleStatus(changes: Partial<GatewayStatus> = {}): GatewayStatus {
  return {
    version: '0.1.0',
    pid: 4711,
    url: 'http://127.0.0.1:8655',
    dataDir: '/data',
    configPath: '/data/config.json',
    startedAt: 0,
    paused: false,
    warnings: [],
    lingeringSessions: [],
    providers: [sampleProvider(), practiceProvider],
    claudeCode: {
      settingsPath: '/home/me/.claude/settings.json',
      routedBy: 'tollgate',
      baseUrl: null,
      note: '',
    },
    ...changes,
  };
}

export function sampleMeter(changes: Partial<MeterView> = {}): MeterView {
  return {
    today: { ...noTotals, exchanges: 132, costNanoUsd: 4_187_300_000 },
    todayPracticeNanoUsd: 0,
    month: { ...noTotals, exchanges: 2_000, costNanoUsd: 87_200_000_000 },
    liveNanoUsd: 0,
    quarters: [],
    ...changes,
  };
}

export function sampleRow(id: string, state: ExchangeRow['state'], practice = false): ExchangeRow {
  return {
    ...noTokens,
    id,
    startedAt: 1,
    endedAt: state === 'live' ? null : 2,
    state,
    client: 'claude-code',
    sessionId: null,
    agentId: null,
    parentAgentId: null,
    requestClass: null,
    developer: null,
    project: null,
    projectSource: 'none',
    provider: 'anthropic',
    practice,
    modelAsked: 'claude-opus-5-5',
    modelServed: 'claude-opus-5-5',
    streaming: true,
    status: 200,
    stopReason: null,
    attempts: 1,
    firstByteMs: null,
    durationMs: null,
    costNanoUsd: 0,
    usageBasis: 'reported',
    priceEstimated: false,
    reason: null,
    unconfirmed: false,
  };
}

export function sampleSnapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return { status: sampleStatus(), meter: sampleMeter(), exchanges: [], ...changes };
}
