// May this exchange happen? Checks in order, the first refusal wins. Pure.
import type { GatewayErrorCode } from '../gateway-error.ts';

export interface Situation {
  /** The user pressed pause. */
  readonly paused: boolean;
  /** The gateway is draining before it stops. */
  readonly stopping: boolean;
}

export type Decision =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly code: GatewayErrorCode; readonly sentence: string };

export function decide(situation: Situation): Decision {
  if (situation.stopping) {
    return { allowed: false, code: 'STOPPING', sentence: 'Tollgate is stopping; try again when it runs.' };
  }
  if (situation.paused) {
    return {
      allowed: false,
      code: 'PAUSED',
      sentence:
        'Tollgate is paused, so nothing is sent and nothing is spent. Resume it in its window or tray.',
    };
  }
  return { allowed: true };
}
