// The only door of the gateway: what a host and the command line may use of it.
import type { Gateway } from './create-gateway.ts';
import type { GatewayHost } from './gateway-host.ts';

/**
 * Starts a gateway. Throws StartError, with one plain line, for what the user can mend. Loaded on demand: commands
 * that only read should not wait for the server, the price table and the HTTP client.
 */
export async function createGateway(host: GatewayHost): Promise<Gateway> {
  const { createGateway: create } = await import('./create-gateway.ts');
  return create(host);
}

export type { Gateway } from './create-gateway.ts';
export type { GatewayHost, Log } from './gateway-host.ts';
export { GatewayError, StartError } from './gateway-error.ts';
export { dataFolderAt, makeDataFolder, readLockText } from './data-folder/data-folder.ts';
export type { DataFolder } from './data-folder/data-folder.ts';
export { openLedgerForReading } from './ledger/open-database.ts';
export { reportUsage } from './ledger/usage-report.ts';
export { startOf } from './ledger/time-windows.ts';
export { LocalKeys } from './keys/local-keys.ts';
export { claudeSettingsPath, findClaudeFolder } from './claude-code/claude-folder.ts';
export { connectClaude, disconnectClaude } from './claude-code/take-over.ts';
export { readClaudeCode } from './claude-code/read-claude-code.ts';
export { TakeOverError } from './claude-code/take-over-error.ts';
