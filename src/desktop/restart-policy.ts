// Whether a gateway that died is started again, and when. Pure: what happened in, a decision out.

/** A gateway that stayed ready this long is healthy; its end starts the counting afresh. */
export const healthyAfterMs = 60_000;
/** So many deaths before that, one after another, and the shell gives up. */
export const quickDeathLimit = 5;
/** Exit code by which `serve` says that it cannot run as things are: port taken, folder in use, bad settings. */
const cannotRunExitCode = 2;
const longestDelayMs = 30_000;

export interface GatewayDeath {
  /** Exit code; null when a signal or a crash ended it. */
  readonly exitCode: number | null;
  /** Milliseconds between its ready line and its end; null when it never became ready. */
  readonly readyForMs: number | null;
  /** Last non-empty line on its standard error; null when there was none. */
  readonly lastErrorLine: string | null;
  /** Quick deaths in a row before this one. */
  readonly quickDeathsBefore: number;
}

export type RestartDecision =
  | {
      readonly kind: 'restart';
      readonly delayMs: number;
      readonly quickDeaths: number;
      readonly reason: string;
    }
  | { readonly kind: 'give-up'; readonly reason: string };

/** Half a second, then doubled for every quick death in a row, at most 30 s. */
export function restartDelayMs(quickDeaths: number): number {
  return Math.min(longestDelayMs, 500 * 2 ** Math.max(0, quickDeaths - 1));
}

/** Decides after an end nobody asked for. */
export function decideRestart(death: GatewayDeath): RestartDecision {
  const words =
    death.lastErrorLine === null ? 'It left no message.' : `Its last message: ${death.lastErrorLine}`;
  if (death.exitCode === cannotRunExitCode) {
    return {
      kind: 'give-up',
      reason: death.lastErrorLine ?? 'The gateway could not start and left no message.',
    };
  }
  const quick = death.readyForMs === null || death.readyForMs < healthyAfterMs;
  const quickDeaths = quick ? death.quickDeathsBefore + 1 : 1;
  if (quick && quickDeaths >= quickDeathLimit) {
    return { kind: 'give-up', reason: `The gateway ended ${quickDeathLimit} times in a row. ${words}` };
  }
  const how = death.exitCode === null ? 'ended unexpectedly' : `ended with code ${death.exitCode}`;
  return {
    kind: 'restart',
    delayMs: restartDelayMs(quickDeaths),
    quickDeaths,
    reason: `The gateway ${how}. ${words}`,
  };
}
