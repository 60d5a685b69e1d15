// Refuses a prompt that cannot fit into the model's window, in the words on which Claude Code compacts (P14). Only when
// the estimate is well above: near the border the provider decides.
import { GatewayError } from '../../gateway-error.ts';
import type { Target, TranslatedRequest } from '../../translation/types.ts';

/** The estimate counts some 15 % too much by design. */
const MARGIN = 1.3;

/** Throws REQUEST_INVALID. */
export function checkWindow({ promptTokens }: TranslatedRequest, { contextWindow }: Target): void {
  if (contextWindow === null || promptTokens <= contextWindow * MARGIN) return;
  throw new GatewayError(
    'REQUEST_INVALID',
    `prompt is too long: ${promptTokens} tokens > ${contextWindow} maximum`,
  );
}
