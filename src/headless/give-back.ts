// Gives Claude Code's settings back without a gateway: the same path as `tollgate disconnect`.
import type { TakeOverResult } from '../contract/connect.ts';
import { disconnectClaude } from '../gateway/index.ts';

interface GiveBackOptions {
  readonly dataDir: string;
  readonly settingsPath: string;
}

/** Throws TakeOverError. */
export function giveBack({ dataDir, settingsPath }: GiveBackOptions): Promise<TakeOverResult> {
  return disconnectClaude({ settingsPath, dataDir, dryRun: false, now: Date.now });
}
