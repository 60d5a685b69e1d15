// Sample rows, meters and snapshots that satisfy the control contract, for tests of the window. Every amount is made up
// but adds up: the meter's totals are the sums of the rows they were made from.
import type { GatewayStatus, Snapshot } from '../../src/contract/control-contract.ts';
import type { ExchangeRow, MeterView, ProviderView } from '../../src/contract/rows.ts';
import { noTotals, type Totals } from '../../src/contract/usage.ts';

/** A finished exchange that started at `at` (milliseconds since the epoch); `change` replaces fields. */
export function makeRow(id: string, at: number, change: Partial<ExchangeRow> = {}): ExchangeRow {
  return {
    id,
    startedAt: at,
    endedAt: at + 4_200,
    state: 'completed',
    client: 'claude-code',
    sessionId: '0f5b7c1e-6a43-4a56-9c0d-2f6f1f0f7a11',
    agentId: null,
    parentAgentId: null,
    requestClass: null,
    developer: null,
    project: '/home/mira/acme',
    projectSource: 'transcript',
    provider: 'anthropic',
    practice: false,
    modelAsked: 'claude-opus-5-5',
    modelServed: 'claude-opus-5-5',
    streaming: true,
    status: 200,
    stopReason: 'end_turn',
    attempts: 1,
    firstByteMs: 640,
    durationMs: 4_200,
    inputTokens: 412,
    cacheReadTokens: 98_304,
    cacheWrite5mTokens: 1_210,
    cacheWrite1hTokens: 0,
    outputTokens: 812,
    costNanoUsd: 42_100_000,
    usageBasis: 'reported',
    priceEstimated: false,
    reason: null,
    unconfirmed: false,
    ...change,
  };
}

export function makeProvider(id: string, change: Partial<ProviderView> = {}): ProviderView {
  return {
    id,
    type: 'anthropic',
    label: id.charAt(0).toUpperCase() + id.slice(1),
    practice: false,
    baseUrl: `https://api.${id}.example`,
    current: false,
    credential: `env:${id.toUpperCase()}_KEY`,
    problem: null,
    ...change,
  };
}

export function makeStatus(change: Partial<GatewayStatus> = {}): GatewayStatus {
  return {
    version: '0.1.0',
    pid: 4711,
    url: 'http://127.0.0.1:8655',
    dataDir: '/home/mira/.local/share/tollgate',
    configPath: '/home/mira/.local/share/tollgate/config.json',
    startedAt: 0,
    paused: false,
    warnings: [],
    lingeringSessions: [],
    providers: [makeProvider('anthropic', { current: true, baseUrl: 'https://api.anthropic.com' })],
    claudeCode: {
      settingsPath: '/home/mira/.claude/settings.json',
      routedBy: 'tollgate',
      baseUrl: 'http://127.0.0.1:8655',
      note: 'All Claude Code sessions on this computer → Tollgate → Anthropic',
    },
    ...change,
  };
}

function sumRows(rows: readonly ExchangeRow[]): Totals {
  return rows.reduce<Totals>(
    (sum, row) => ({
      exchanges: sum.exchanges + 1,
      inputTokens: sum.inputTokens + row.inputTokens,
      cacheReadTokens: sum.cacheReadTokens + row.cacheReadTokens,
      cacheWrite5mTokens: sum.cacheWrite5mTokens + row.cacheWrite5mTokens,
      cacheWrite1hTokens: sum.cacheWrite1hTokens + row.cacheWrite1hTokens,
      outputTokens: sum.outputTokens + row.outputTokens,
      costNanoUsd: sum.costNanoUsd + row.costNanoUsd,
    }),
    noTotals,
  );
}

/** The meter that belongs to these rows, all taken as today's. `dayStart` is local midnight. */
export function makeMeter(rows: readonly ExchangeRow[], dayStart: number): MeterView {
  const settled = rows.filter((row) => row.state !== 'live');
  const quarters: number[] = [];
  for (const row of settled) {
    const quarter = Math.max(0, Math.floor((row.startedAt - dayStart) / (15 * 60_000)));
    while (quarters.length <= quarter) quarters.push(0);
    quarters[quarter] = (quarters[quarter] ?? 0) + row.costNanoUsd;
  }
  return {
    today: sumRows(settled),
    todayPracticeNanoUsd: sumRows(settled.filter((row) => row.practice)).costNanoUsd,
    month: sumRows(settled),
    liveNanoUsd: sumRows(rows.filter((row) => row.state === 'live')).costNanoUsd,
    quarters,
  };
}

export function makeSnapshot(
  rows: readonly ExchangeRow[],
  dayStart: number,
  status: GatewayStatus = makeStatus(),
): Snapshot {
  return { status, meter: makeMeter(rows, dayStart), exchanges: [...rows].slice(0, 100) };
}
