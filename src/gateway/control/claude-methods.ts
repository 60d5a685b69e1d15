// Taking over Claude Code's settings and giving them back, as Control offers it to the window.
import { dirname } from 'node:path';
import type { Control, ControlInput, TakeOverResult } from '../../contract/control-contract.ts';
import { findCompanions, findKeyBan } from '../claude-code/companions.ts';
import { connectClaude, disconnectClaude } from '../claude-code/take-over.ts';
import { TakeOverError } from '../claude-code/take-over-error.ts';
import type { TollgateProgram } from '../claude-code/tollgate-command.ts';
import { GatewayError } from '../gateway-error.ts';

interface ClaudeMethodOptions {
  readonly settingsPath: string;
  readonly dataDir: string;
  readonly url: () => string;
  readonly key: () => string;
  readonly now: () => number;
  readonly program: TollgateProgram;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The file was written. */
  readonly onApplied: () => void;
}

export function claudeMethods(
  options: ClaudeMethodOptions,
): Pick<Control, 'claude.connect' | 'claude.disconnect'> {
  const { settingsPath, dataDir, now, env, program } = options;
  const claudeFolder = dirname(settingsPath);
  const request = async ({ dryRun, basedOn }: ControlInput<'claude.disconnect'>) => ({
    settingsPath,
    dataDir,
    now,
    dryRun,
    basedOn,
    companions: await findCompanions(claudeFolder, env),
  });
  const connect = async (input: ControlInput<'claude.connect'>): Promise<TakeOverResult> =>
    connectClaude({
      ...(await request(input)),
      url: options.url(),
      key: options.key(),
      wishes: input.options ?? {},
      program,
      environment: env,
      forbidsKey: await findKeyBan(claudeFolder, env),
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
    'claude.connect': (input) => finish(connect(input)),
    'claude.disconnect': (input) => finish(request(input).then(disconnectClaude)),
  };
}
