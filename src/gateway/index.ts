// The only door of the gateway: what a host and the command line may use of it.
import type { BudgetDesk } from './budgets/open-budget-desk.ts';
import type { RouteDesk } from './control/route-desk.ts';
import type { Gateway } from './create-gateway.ts';
import type { Doctor } from './doctor/doctor.ts';
import type { OpenDoctorOptions } from './doctor/open-doctor.ts';
import type { GatewayHost, Log } from './gateway-host.ts';

/**
 * Starts a gateway. Throws StartError, with one plain line, for what the user can mend. Loaded on demand: commands
 * that only read should not wait for the server, the price table and the HTTP client.
 */
export async function createGateway(host: GatewayHost): Promise<Gateway> {
  const { createGateway: create } = await import('./create-gateway.ts');
  return create(host);
}

/** A doctor for the command line, loaded on demand as well. */
export async function openDoctor(options: OpenDoctorOptions): Promise<Doctor> {
  const { openDoctor: open } = await import('./doctor/open-doctor.ts');
  return open(options);
}

/** Budgets of a data folder that no gateway uses, loaded on demand as well. Throws StartError. */
export async function openBudgetDesk(dataDir: string, log: Log): Promise<BudgetDesk> {
  const { openBudgetDesk: open } = await import('./budgets/open-budget-desk.ts');
  return open(dataDir, log);
}

/** The routes of a data folder, read without a gateway; loaded on demand as well. Throws StartError. */
export async function openRouteDesk(
  dataDir: string,
  env: Readonly<Record<string, string | undefined>>,
  now: () => number,
): Promise<RouteDesk> {
  const { openRouteDesk: open } = await import('./control/route-desk.ts');
  return open(dataDir, env, now);
}

export type { Gateway } from './create-gateway.ts';
export type { GatewayHost, Log } from './gateway-host.ts';
export { GatewayError, StartError } from './gateway-error.ts';
export { dataFolderAt, isDataFolderInUse, makeDataFolder, readLockText } from './data-folder/data-folder.ts';
export type { DataFolder } from './data-folder/data-folder.ts';
export { openLedgerForReading } from './ledger/open-database.ts';
export { reportUsage } from './ledger/usage-report.ts';
export { readUsageFromLogs } from './history/history-report.ts';
export { startOf } from './ledger/time-windows.ts';
export { healthProof } from './faces/health-route.ts';
export { LocalKeys } from './keys/local-keys.ts';
export { claudeSettingsPath, findClaudeFolder } from './claude-code/claude-folder.ts';
export { findCompanions, findKeyBan } from './claude-code/companions.ts';
export { connectClaude, disconnectClaude } from './claude-code/take-over.ts';
export { diskMachine } from './claude-code/inspect/disk-machine.ts';
export { readClaudeCode } from './claude-code/read-claude-code.ts';
export { takenOverAddresses } from './claude-code/taken-over-address.ts';
export { isSameAddress } from './claude-code/loopback-address.ts';
export { describeLingering } from './claude-code/lingering-sessions.ts';
export type { TollgateProgram } from './claude-code/tollgate-command.ts';
export { TakeOverError } from './claude-code/take-over-error.ts';
export { openSystemKeychain } from './vault/system-keychain.ts';
