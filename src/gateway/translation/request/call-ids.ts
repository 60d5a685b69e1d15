// Ids of tool calls as providers take them (T13). A legal id passes unchanged; an illegal one, or one that an earlier
// call of the conversation used already, gets a stand-in that is the same each time the history is sent again.
import { createHash } from 'node:crypto';

const legalId = /^[a-zA-Z0-9_-]{1,64}$/;

export class CallIds {
  readonly #uses = new Map<string, number>();

  /** The id to send for the next call that bears `id`. */
  next(id: string): string {
    const earlier = this.#uses.get(id) ?? 0;
    this.#uses.set(id, earlier + 1);
    if (earlier === 0 && legalId.test(id)) return id;
    return `call_${createHash('sha256').update(`${id}#${earlier}`).digest('hex').slice(0, 24)}`;
  }
}
