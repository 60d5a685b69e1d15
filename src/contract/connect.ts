// Taking over Claude Code and giving it back, as it crosses a process border: what the user may choose, and what a
// planned or finished change touches, file by file and key by key, with no secret in clear.
import { z } from 'zod';

/** What the user may choose. What is left out stays as at the last connect, or else as `defaultConnectOptions` says. */
export const ConnectOptions = z.strictObject({
  /**
   * `key`: Claude Code identifies itself with a local key in place of its own login. `login`: it keeps its claude.ai
   * login, and the local key travels in a header of its own.
   */
  credential: z.enum(['key', 'login']).optional(),
  /** Tollgate's status line in Claude Code. */
  statusLine: z.boolean().optional(),
  /** A hook that takes a dead address out of the settings when a session starts and no Tollgate answers. */
  sessionHook: z.boolean().optional(),
  /** The user settings of VS Code and editors built from it. */
  vscode: z.boolean().optional(),
  /** Tollgate's MCP endpoint, for all of the user's projects. */
  mcp: z.boolean().optional(),
});
export type ConnectOptions = z.infer<typeof ConnectOptions>;

/** All choices made; remembered from one connect to the next. */
export const ConnectChoices = ConnectOptions.required();
export type ConnectChoices = z.infer<typeof ConnectChoices>;

export const defaultConnectOptions: ConnectChoices = {
  credential: 'key',
  statusLine: false,
  sessionHook: true,
  vscode: false,
  mcp: true,
};

/** `settings`: Claude Code's settings.json. `vscode`: an editor's settings.json. `mcp`: Claude Code's .claude.json. */
export const TakeOverSurface = z.enum(['settings', 'vscode', 'mcp']);
export type TakeOverSurface = z.infer<typeof TakeOverSurface>;

export const TakeOverFile = z.object({
  surface: TakeOverSurface,
  path: z.string(),
  /** Unified diff; secrets in it are masked. Empty when nothing changes. */
  diff: z.string(),
  /** True once it was written. */
  applied: z.boolean(),
  /** Why this file is left alone though something was to be done, with line and column where there are such; else null. */
  problem: z.string().nullable(),
});
export type TakeOverFile = z.infer<typeof TakeOverFile>;

export const TakeOverKey = z.object({
  surface: TakeOverSurface,
  /** As a person would look it up: `env.ANTHROPIC_BASE_URL`, `statusLine`, `hooks.SessionStart`, `mcpServers.tollgate`. */
  name: z.string(),
  /** `unchanged`: it has the right value already. `kept`: the user's own value, left alone. */
  change: z.enum(['added', 'replaced', 'unchanged', 'kept', 'removed', 'restored']),
  /** The value from then on, secrets masked; null when the key is gone. */
  value: z.string().nullable(),
  /** One sentence: what the key is for, or why it stays or comes back. */
  reason: z.string(),
});
export type TakeOverKey = z.infer<typeof TakeOverKey>;

export const TakeOverCommand = z.object({
  /** The exact command as one would type it, secrets masked. */
  line: z.string(),
  reason: z.string(),
  /** True once it ran and did its work. */
  applied: z.boolean(),
});
export type TakeOverCommand = z.infer<typeof TakeOverCommand>;

/** A planned or finished change of Claude Code's settings and what goes with them. */
export const TakeOverResult = z.object({
  settingsPath: z.string(),
  /** The diffs of all files, one after the other; secrets in them are masked. Empty when no file changes. */
  diff: z.string(),
  /** Names what is shown: all files, and what they are to become. Send it back, with the same options, to apply that. */
  basedOn: z.string(),
  /** True when anything was written or run. */
  applied: z.boolean(),
  /** The choices that this plan follows. */
  options: ConnectChoices,
  /** Files that change, and those that should and cannot; the settings file always, first. */
  files: z.array(TakeOverFile),
  keys: z.array(TakeOverKey),
  /** Programs that are run, in this order, for what no file edit should do. */
  commands: z.array(TakeOverCommand),
  /** What the user should know: a key left alone, a backup's place. */
  notes: z.array(z.string()),
});
export type TakeOverResult = z.infer<typeof TakeOverResult>;

const dryRun = z.boolean();
/** The `basedOn` of the plan that was shown; when anything moved since, nothing is written. */
const basedOn = z.string().optional();

export const ConnectInput = z.strictObject({ dryRun, basedOn, options: ConnectOptions.optional() });
export type ConnectInput = z.infer<typeof ConnectInput>;

export const DisconnectInput = z.strictObject({ dryRun, basedOn });
export type DisconnectInput = z.infer<typeof DisconnectInput>;
