// What the status line tells, gathered from the parts that know: the ledger for the session, the meter for today, the
// exchanges in flight for both, and the route for who answers.
import type { BudgetView } from '../../contract/budgets.ts';
import type { Settings } from '../../contract/settings.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import type { Meter } from '../ledger/meter.ts';
import type { ReadableDb } from '../ledger/open-database.ts';
import { createSessionCost } from '../ledger/session-cost.ts';
import { PRACTICE } from '../providers/providers.ts';
import type { Providers } from '../providers/providers.ts';
import { defaultProvider } from '../router/choose-route.ts';
import type { Spend, StatusLineFacts } from './format-status-line.ts';

interface StatusLineSources {
  readonly db: ReadableDb;
  readonly ledger: { flush(): void };
  readonly meter: Meter;
  /** Those in flight. */
  readonly live: { readonly exchanges: readonly { toEntry(): LedgerEntry }[] };
  readonly providers: Providers;
  readonly settings: () => Settings;
  /** How the budgets stand. */
  readonly budgets: () => readonly BudgetView[];
  readonly situation: () => { readonly paused: boolean };
}

export function createStatusLineFacts(
  sources: StatusLineSources,
): (sessionId: string | null) => StatusLineFacts {
  const { db, ledger, meter, live, providers } = sources;
  const sessionCost = createSessionCost(db, () => ledger.flush());
  return (sessionId) => {
    const inFlight = live.exchanges.map((exchange) => exchange.toEntry());
    const { today, todayPracticeNanoUsd } = meter.view(0);
    const settled = {
      real: today.costNanoUsd - todayPracticeNanoUsd,
      practice: todayPracticeNanoUsd,
    };
    const id = defaultProvider(sources.settings(), PRACTICE);
    const provider = providers.get(id);
    return {
      session:
        sessionId === null
          ? null
          : addAll(
              sessionCost(sessionId),
              inFlight.filter((entry) => entry.sessionId === sessionId),
            ),
      today: addAll(settled, inFlight),
      budgetLeft: leftOfTightest(sources.budgets(), sessionId),
      provider: provider?.label ?? id,
      practice: provider?.descriptor.practice === true,
      paused: sources.situation().paused,
    };
  };
}

/**
 * What the tightest money budget still lets this session spend, reservations of requests in flight taken off: budgets over
 * everything and budgets per session; whether another one concerns the session is known only with a request.
 */
export function leftOfTightest(budgets: readonly BudgetView[], sessionId: string | null): number | null {
  const left = budgets
    .filter(({ unit, scope }) => unit === 'usd' && (scope.type === 'all' || isEachSession(scope)))
    .map((budget) => {
      const own = budget.scope.type === 'all' ? budget : figuresOf(budget, sessionId);
      return Math.max(0, budget.limit + own.granted - own.used - own.reserved);
    });
  return left.length === 0 ? null : Math.min(...left);
}

const isEachSession = (scope: BudgetView['scope']): boolean =>
  scope.type === 'session' && scope.id === undefined;

const untouched = { used: 0, reserved: 0, granted: 0 };

function figuresOf({ subjects }: BudgetView, sessionId: string | null): typeof untouched {
  return subjects.find(({ subject }) => subject === sessionId) ?? untouched;
}

/** Running estimates of what is in flight count, as they do in the window. */
function addAll(spend: Spend, entries: readonly LedgerEntry[]): Spend {
  const sum = (practice: boolean): number =>
    entries
      .filter((entry) => entry.practice === practice)
      .reduce((total, entry) => total + entry.costNanoUsd, 0);
  return { real: spend.real + sum(false), practice: spend.practice + sum(true) };
}
