// What happens when the user quits: nobody may be left with settings that lead nowhere, so it is asked once whether
// Tollgate stays or gives Claude Code's settings back. Pure: the situation in, a decision with its words out.
import type { LingeringSession } from '../contract/rows.ts';
import type { OnQuit } from '../preload/desktop-api.ts';

export interface QuitSituation {
  /** The gateway ends with the shell; one that was adopted lives on, and so do all who use it. */
  readonly endsWithShell: boolean;
  /** Claude Code's settings lead here, as far as was last known. */
  readonly connected: boolean;
  /** Sessions that come through although the settings were given back. */
  readonly lingering: readonly LingeringSession[];
  /** What the user asked to be remembered. */
  readonly remembered: OnQuit;
  readonly hasTray: boolean;
}

export type QuitChoice = 'stay' | 'give-back' | 'quit';

export interface QuitQuestion {
  readonly message: string;
  readonly detail: string;
  /** The first is the default; leaving the question is `stay`. */
  readonly buttons: readonly { readonly label: string; readonly choice: QuitChoice }[];
  /** True when an answer may be remembered. */
  readonly rememberable: boolean;
  /** Index of the button that Escape presses. */
  readonly escape: number;
}

export type QuitDecision =
  { readonly kind: QuitChoice } | { readonly kind: 'ask'; readonly question: QuitQuestion };

export function decideQuit(situation: QuitSituation): QuitDecision {
  const { endsWithShell, connected, lingering, remembered } = situation;
  if (!endsWithShell) return { kind: 'quit' };
  if (!connected) return lingering.length === 0 ? { kind: 'quit' } : askAboutLingering(situation);
  if (remembered === 'keep') return { kind: 'stay' };
  if (remembered === 'give-back') return { kind: 'give-back' };
  return {
    kind: 'ask',
    question: {
      message: 'Claude Code goes through Tollgate. What shall happen when you quit?',
      detail:
        'With the settings it has now, Claude Code reaches no model while Tollgate is not running. Tollgate can go on running without a window, or give the settings back as they were before it.',
      buttons: [
        { label: stayLabel(situation), choice: 'stay' },
        { label: 'Give settings back and quit', choice: 'give-back' },
        { label: 'Cancel', choice: 'stay' },
      ],
      rememberable: true,
      escape: 2,
    },
  };
}

function askAboutLingering(situation: QuitSituation): QuitDecision {
  const count = situation.lingering.length;
  const places = [...new Set(situation.lingering.flatMap(({ project }) => project ?? []))].slice(0, 5);
  return {
    kind: 'ask',
    question: {
      message:
        count === 1
          ? 'One running session of Claude Code still comes through Tollgate.'
          : `${count} running sessions of Claude Code still come through Tollgate.`,
      detail: [
        'A running session keeps the address it began with, and stops working when Tollgate quits. Restart it, or keep Tollgate running until it has ended.',
        ...places,
      ].join('\n'),
      buttons: [
        { label: stayLabel(situation), choice: 'stay' },
        { label: 'Quit anyway', choice: 'quit' },
      ],
      rememberable: false,
      escape: 0,
    },
  };
}

function stayLabel({ hasTray }: QuitSituation): string {
  return hasTray ? 'Keep running in the tray' : 'Keep Tollgate open';
}
