// Asks the running gateway which sessions still come through after a give-back.
import { describeLingering } from '../gateway/index.ts';
import { findRunningGateway } from './running-gateway.ts';

/** One sentence for the user, or none: also when no gateway runs. */
export async function findLingering(dataDir: string): Promise<readonly string[]> {
  try {
    const gateway = await findRunningGateway(dataDir);
    if (gateway === null) return [];
    const { lingeringSessions } = await gateway.call('status.get', {});
    const sentence = describeLingering(lingeringSessions);
    return sentence === null ? [] : [sentence];
  } catch {
    // The give-back is done; that the gateway could not be asked takes nothing from it.
    return [];
  }
}
