// What a host (the `serve` command, a test) lends the gateway: places, clock, randomness, log. The gateway takes
// nothing else from its surroundings.
import type { TollgateProgram } from './claude-code/tollgate-command.ts';
import type { Keychain } from './vault/keychain.ts';

/** Structured log; fields, not sentences. Secrets must not be passed in. */
export interface Log {
  info(fields: Readonly<Record<string, unknown>>, event: string): void;
  warn(fields: Readonly<Record<string, unknown>>, event: string): void;
  error(fields: Readonly<Record<string, unknown>>, event: string): void;
}

export interface GatewayHost {
  readonly version: string;
  /** Absolute path; created with mode 0700 when missing. */
  readonly dataDir: string;
  /** Absolute path of config.json. */
  readonly configPath: string;
  /** True when the user named the file: then it must exist. */
  readonly configRequired: boolean;
  /** 0 picks a free port. */
  readonly port: number;
  /** Environment in which `env:NAME` credentials are looked up, afresh for each request. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Claude Code's config folder. */
  readonly claudeFolder: string;
  /** The system keychain; null where none shall be used. Nothing asks it before a secret is stored or needed. */
  readonly keychain: Keychain | null;
  /** How Claude Code's settings can name Tollgate's own commands. */
  readonly program: TollgateProgram;
  /** Folder of the built window; its absence is answered with a page that says so. */
  readonly windowDir: string;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Cryptographically random bytes. */
  readonly randomBytes: (length: number) => Buffer;
  readonly log: Log;
  /** Own `ping` after this much upstream silence in a stream; 15,000 unless a test says otherwise. */
  readonly pingAfterMs: number;
  /** How long running streams may go on after a stop was asked for. */
  readonly drainMs: number;
}
