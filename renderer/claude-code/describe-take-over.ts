// Words for taking over and giving back: what a plan changes, what was written, and which choice of credential fits the
// provider in use. Pure.
import type {
  ConnectChoices,
  ConnectOptions,
  TakeOverFile,
  TakeOverKey,
  TakeOverResult,
  TakeOverSurface,
} from '../../src/contract/connect.ts';
import type { ProviderView } from '../../src/contract/rows.ts';

/** There, or back. */
export type Direction = 'connect' | 'disconnect';

/** True when applying the plan writes or runs anything. */
export function hasChanges(plan: TakeOverResult): boolean {
  return plan.files.some((file) => file.diff !== '') || plan.commands.length > 0;
}

const surfaceNames: Record<TakeOverSurface, string> = {
  settings: "Claude Code's settings",
  vscode: 'Editor settings',
  mcp: "Claude Code's MCP servers",
};

export function nameSurface(surface: TakeOverSurface): string {
  return surfaceNames[surface];
}

const changeWords: Record<TakeOverKey['change'], string> = {
  added: 'added',
  replaced: 'replaced',
  unchanged: 'as it is',
  kept: 'yours, kept',
  removed: 'removed',
  restored: 'restored',
};

export function nameChange(change: TakeOverKey['change']): string {
  return changeWords[change];
}

/** A key's value for a row; a key that is gone, or is set to nothing, says so. */
export function describeValue(value: string | null): string {
  if (value === null) return 'not set';
  return value === '' ? 'set to nothing' : value;
}

/** The choices to show: what the user asks for now goes before what the plan says. */
export function mergeChoices(planned: ConnectChoices, asked: ConnectOptions): ConnectChoices {
  return {
    credential: asked.credential ?? planned.credential,
    statusLine: asked.statusLine ?? planned.statusLine,
    sessionHook: asked.sessionHook ?? planned.sessionHook,
    vscode: asked.vscode ?? planned.vscode,
    mcp: asked.mcp ?? planned.mcp,
  };
}

/** What became of a file, in a few words. */
export function describeFileOutcome(file: TakeOverFile): string {
  if (file.applied) return file.diff.includes('\n+++ /dev/null') ? 'removed' : 'written';
  if (file.problem !== null) return 'left alone';
  return 'nothing to change';
}

/** True when everything that was planned was done. */
export function isComplete(result: TakeOverResult): boolean {
  return (
    result.files.every((file) => file.applied || (file.problem === null && file.diff === '')) &&
    result.commands.every((command) => command.applied)
  );
}

/**
 * Why the chosen credential and the provider in use do not go together: one sentence with what to do; null when they do.
 */
export function explainMismatch(
  credential: NonNullable<ConnectOptions['credential']>,
  current: ProviderView | undefined,
): string | null {
  if (current === undefined || current.practice) return null;
  if (credential === 'key' && current.credential === 'client') {
    return `${current.label} passes Claude Code's own login on, and with a local key there is none to pass. Keep the login here, or use a provider with an API key.`;
  }
  return null;
}
