// Quitting, step by step: decide or ask, give the settings back when that is wished, and ask again when sessions still
// come through. Every way that fails ends in staying, with the reason told.
import type { GatewayStatus } from '../contract/control-contract.ts';
import type { OnQuit } from '../preload/desktop-api.ts';
import type { GatewayState } from './gateway-supervisor.ts';
import { decideQuit, type QuitChoice, type QuitQuestion } from './quit-question.ts';

export interface LeaveTakingOptions {
  gatewayState(): GatewayState;
  hasTray(): boolean;
  /** Shows the question; `button` is the index of the one that was pressed. */
  ask(question: QuitQuestion): Promise<{ readonly button: number; readonly remember: boolean }>;
  readonly preference: { read(): OnQuit; save(choice: OnQuit): void };
  /** Gives Claude Code's settings back, with or without a running gateway. Rejects with one sentence. */
  giveBack(): Promise<void>;
  /** The gateway's state after that; null when it does not run. */
  readStatus(): Promise<GatewayStatus | null>;
  /** Goes on without windows, or with one where there is no tray. */
  stay(): void;
  notify(title: string, text: string): void;
}

export class LeaveTaking {
  #status: GatewayStatus | null = null;
  #giveBackFirst = false;
  readonly #options: LeaveTakingOptions;

  constructor(options: LeaveTakingOptions) {
    this.#options = options;
  }

  /** The latest state of the gateway; what was last known still counts when it has died. */
  learn(status: GatewayStatus): void {
    this.#status = status;
  }

  /** The next `mayQuit` gives the settings back without a question. */
  giveBackNext(): void {
    this.#giveBackFirst = true;
  }

  /** True when the app may end now. False: it goes on, and whatever was to be said was said. */
  async mayQuit(): Promise<boolean> {
    try {
      return await this.#decide();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#options.notify(
        'Tollgate keeps running',
        `Claude Code's settings could not be given back: ${reason}`,
      );
      this.#options.stay();
      return false;
    }
  }

  async #decide(): Promise<boolean> {
    // Settings change behind a gateway's back as well, by hand or by the command line.
    this.#status = (await this.#options.readStatus().catch(() => null)) ?? this.#status;
    let choice: QuitChoice = this.#giveBackFirst ? 'give-back' : await this.#choose();
    this.#giveBackFirst = false;
    if (choice === 'give-back') {
      await this.#options.giveBack();
      this.#status = (await this.#options.readStatus()) ?? disconnected(this.#status);
      choice = await this.#choose();
    }
    if (choice === 'quit') return true;
    this.#options.stay();
    return false;
  }

  async #choose(): Promise<QuitChoice> {
    const { preference } = this.#options;
    const state = this.#options.gatewayState();
    const decision = decideQuit({
      endsWithShell: !(state.phase === 'running' && state.adopted),
      connected: this.#status?.claudeCode.routedBy === 'tollgate',
      lingering: state.phase === 'running' ? (this.#status?.lingeringSessions ?? []) : [],
      remembered: preference.read(),
      hasTray: this.#options.hasTray(),
    });
    if (decision.kind !== 'ask') return decision.kind;
    const { question } = decision;
    const { button, remember } = await this.#options.ask(question);
    const choice = question.buttons[button]?.choice ?? 'stay';
    const isAnswer = button !== question.escape;
    if (remember && question.rememberable && isAnswer)
      preference.save(choice === 'give-back' ? 'give-back' : 'keep');
    return choice;
  }
}

/** After a give-back with no gateway to ask: nothing leads here any more. */
function disconnected(status: GatewayStatus | null): GatewayStatus | null {
  return status === null
    ? null
    : { ...status, claudeCode: { ...status.claudeCode, routedBy: 'direct' }, lingeringSessions: [] };
}
