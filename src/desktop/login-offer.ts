// Offers the start at login once, at the moment it begins to matter: when Claude Code was connected. Off until then, and
// off for whoever says no; the switch in the settings stays.
import type { GatewayStatus } from '../contract/control-contract.ts';

export interface LoginOfferOptions {
  /** False where there is no such thing, as in a checkout. */
  readonly available: boolean;
  isOn(): boolean;
  readonly memory: { wasOffered(): boolean; setOffered(): void };
  /** True for yes. */
  ask(): Promise<boolean>;
  switchOn(): Promise<void>;
  notify(title: string, text: string): void;
}

export class LoginOffer {
  #routedBy: GatewayStatus['claudeCode']['routedBy'] | null = null;
  readonly #options: LoginOfferOptions;

  constructor(options: LoginOfferOptions) {
    this.#options = options;
  }

  /** Told of each state of the gateway; resolves when the question, if it came, was dealt with. */
  async learn(status: GatewayStatus): Promise<void> {
    const before = this.#routedBy;
    this.#routedBy = status.claudeCode.routedBy;
    // Only a change that was seen: a start with everything connected long since is no time for questions.
    if (before === null || before === 'tollgate' || this.#routedBy !== 'tollgate') return;
    const { available, memory } = this.#options;
    if (!available || this.#options.isOn() || memory.wasOffered()) return;
    memory.setOffered();
    try {
      if (await this.#options.ask()) await this.#options.switchOn();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.notify('Tollgate could not be set to start at login', reason);
    }
  }
}
