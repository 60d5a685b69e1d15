// What a starting gateway does about a take-over of its own that is not as it should be: a change that was cut short is
// finished in the record, and settings that still hold an address of ours from before follow to where the gateway listens
// now (traps 6, 24, 25). An address of anybody else's is left alone.
import { isSameAddress } from './loopback-address.ts';
import { readClaudeCode } from './read-claude-code.ts';
import { takenOverAddresses } from './taken-over-address.ts';

interface RepairOptions {
  readonly settingsPath: string;
  readonly dataDir: string;
  /** Where the gateway listens. */
  readonly url: string;
  /** Resolves a change that was cut short; writes to the record alone. */
  readonly finish: () => Promise<void>;
  /** Connects Claude Code to `url` with the choices of last time. */
  readonly connect: () => Promise<unknown>;
}

export interface Repair {
  /** What the user should know, or null. */
  readonly notice: string | null;
  /** The port that running sessions may still use; null when nothing moved. */
  readonly earlierPort: number | null;
}

const nothing: Repair = { notice: null, earlierPort: null };

/** Never throws: a gateway starts whatever Claude Code's settings are like. */
export async function repairTakeOver(options: RepairOptions): Promise<Repair> {
  const { settingsPath, dataDir, url } = options;
  const cutShort = await attempt(options.finish);
  if (cutShort !== null)
    return {
      ...nothing,
      notice: `A change of ${settingsPath} was cut short and cannot be finished: ${cutShort}`,
    };
  const ours = await takenOverAddresses(dataDir, settingsPath);
  const { baseUrl } = await readClaudeCode({ settingsPath, ourUrls: [] });
  if (baseUrl === null || isSameAddress(baseUrl, url)) return nothing;
  if (!ours.some((address) => isSameAddress(address, baseUrl))) return nothing;
  const earlierPort = Number(new URL(baseUrl).port);
  const failure = await attempt(options.connect);
  return {
    earlierPort,
    notice:
      failure === null
        ? `Tollgate listens on ${url} now (before: ${baseUrl}), and Claude Code's settings follow.`
        : `Tollgate listens on ${url} now, but Claude Code's settings lead to ${baseUrl} and could not be changed: ${failure}`,
  };
}

/** Null when it worked, else why not. */
async function attempt(work: () => Promise<unknown>): Promise<string | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
