// The constants of the Model Context Protocol that both sides of the gateway share: revisions, reserved `_meta` keys and
// error codes.

/** Stateless since this revision: every request says its version and capabilities itself. */
export const MODERN_VERSION = '2026-07-28';
/** Revisions with an `initialize` handshake, newest first. */
export const legacyVersions: readonly string[] = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'];
export const LATEST_LEGACY_VERSION = '2025-11-25';
/** The only revision that allows several messages in one body. */
export const BATCH_VERSION = '2025-03-26';
export const supportedVersions: readonly string[] = [MODERN_VERSION, ...legacyVersions];

/** Revisions are dates, so they compare as text. */
export const isModernVersion = (version: string): boolean => version >= MODERN_VERSION;

export const metaKeys = {
  protocolVersion: 'io.modelcontextprotocol/protocolVersion',
  clientInfo: 'io.modelcontextprotocol/clientInfo',
  clientCapabilities: 'io.modelcontextprotocol/clientCapabilities',
  serverInfo: 'io.modelcontextprotocol/serverInfo',
  subscriptionId: 'io.modelcontextprotocol/subscriptionId',
  logLevel: 'io.modelcontextprotocol/logLevel',
  /** Claude Code's own: the id of the model's `tool_use` block that this call answers. */
  toolUseId: 'claudecode/toolUseId',
} as const;

export const errorCodes = {
  parseError: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  invalidParams: -32602,
  internalError: -32603,
  /** Legacy streamable HTTP: the session is not known. */
  sessionNotFound: -32001,
  /** Legacy name of a missing resource; modern uses invalidParams (R36). */
  resourceNotFound: -32002,
  headerMismatch: -32020,
  missingClientCapability: -32021,
  unsupportedVersion: -32022,
} as const;

export interface RpcError {
  readonly code: number;
  readonly message: string;
  readonly data?: unknown;
}

/** The protocol's log levels from least to most severe. */
export const logLevels = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const;
export type LogLevel = (typeof logLevels)[number];

export const isLogLevel = (value: unknown): value is LogLevel =>
  typeof value === 'string' && (logLevels as readonly string[]).includes(value);
