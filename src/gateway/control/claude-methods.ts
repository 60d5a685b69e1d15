// Taking over Claude Code's settings and giving them back, as Control offers it to the window.
import type { Control, ControlInput, TakeOverResult } from '../../contract/control-contract.ts';
import { connectClaude, disconnectClaude } from '../claude-code/take-over.ts';
import { TakeOverError } from '../claude-code/take-over-error.ts';
import { GatewayError } from '../gateway-error.ts';

interface ClaudeMethodOptions {
  readonly settingsPath: string;
  readonly dataDir: string;
  readonly url: () => string;
  readonly key: () => string;
  readonly now: () => number;
  /** The file was written. */
  readonly onApplied: () => void;
}

export function claudeMethods(
  options: ClaudeMethodOptions,
): Pick<Control, 'claude.connect' | 'claude.disconnect'> {
  const { settingsPath, dataDir, now } = options;
  const request = (input: ControlInput<'claude.connect'>) => ({
    settingsPath,
    dataDir,
    now,
    dryRun: input.dryRun,
    ...(input.basedOn === undefined ? {} : { basedOn: input.basedOn }),
  });
  const finish = async (work: Promise<TakeOverResult>): Promise<TakeOverResult> => {
    try {
      const result = await work;
      if (result.applied) options.onApplied();
      return result;
    } catch (error) {
      if (error instanceof TakeOverError) throw new GatewayError('CONFLICT', error.message, error);
      throw error;
    }
  };
  return {
    'claude.connect': (input) =>
      finish(connectClaude({ ...request(input), url: options.url(), key: options.key() })),
    'claude.disconnect': (input) => finish(disconnectClaude(request(input))),
  };
}
