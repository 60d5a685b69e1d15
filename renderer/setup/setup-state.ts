// Where the first run stands, read from what holds and not from what was clicked: a step is done when its result is
// there. Pure.
import type { GatewayStatus } from '../../src/contract/control-contract.ts';
import type { ExchangeRow } from '../../src/contract/rows.ts';

export const setupSteps = ['provider', 'connect', 'request'] as const;
export type SetupStep = (typeof setupSteps)[number];
export type SetupProgress = Readonly<Record<SetupStep, boolean>>;

/** True on a machine where nothing was ever configured and nothing ever came through. */
export function isNewMachine(status: GatewayStatus, rows: readonly ExchangeRow[]): boolean {
  return (
    rows.length === 0 &&
    status.claudeCode.routedBy !== 'tollgate' &&
    status.providers.every((provider) => provider.practice)
  );
}

/** `arrived`: an answer was completed since the set-up began, or ever. */
export function readProgress(status: GatewayStatus, rows: readonly ExchangeRow[]): SetupProgress {
  return {
    provider: status.providers.some((provider) => !provider.practice && provider.problem === null),
    connect: status.claudeCode.routedBy === 'tollgate',
    request: rows.some((row) => row.state === 'completed'),
  };
}

/** The first step that is neither done nor passed over; null when there is none. */
export function nextStep(progress: SetupProgress, passed: ReadonlySet<SetupStep>): SetupStep | null {
  return setupSteps.find((step) => !progress[step] && !passed.has(step)) ?? null;
}

export type StepState = 'done' | 'passed' | 'open';

export function stateOf(step: SetupStep, progress: SetupProgress, passed: ReadonlySet<SetupStep>): StepState {
  if (progress[step]) return 'done';
  return passed.has(step) ? 'passed' : 'open';
}

/** What stands at the right of a step's title. */
export function describeStep(step: SetupStep, state: StepState, status: GatewayStatus): string {
  if (state === 'open') return '';
  if (state === 'passed') return step === 'provider' ? 'practice answers' : 'skipped';
  if (step === 'connect') return 'connected';
  if (step === 'request') return 'arrived';
  const current = status.providers.find((provider) => provider.current);
  return current === undefined || current.practice ? 'saved' : current.label;
}
