// Budgets: their shape in config.json, what is shown of them, and what may be asked of them. Amounts are integers: of
// nano-dollars (1e-9 USD) in a money budget, of tokens of all classes in a token budget.
import { z } from 'zod';

const budgetId = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'use 1 to 64 of a–z, 0–9, ".", "_", "-", starting with a letter or digit',
  );
const named = z.string().min(1).max(1024);
const amount = z.number().int();
const instant = z.number().int();

/**
 * What a budget concerns. Without a value it is one budget for each: each project, each session … A project's path covers
 * the folders inside it; a model is a glob, where `*` stands for any run of characters.
 */
export const BudgetScope = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('all') }),
  z.strictObject({ type: z.literal('developer'), name: named.optional() }),
  z.strictObject({ type: z.literal('project'), path: named.optional() }),
  z.strictObject({ type: z.literal('session'), id: named.optional() }),
  z.strictObject({ type: z.literal('client'), id: named.optional() }),
  z.strictObject({ type: z.literal('provider'), id: named.optional() }),
  z.strictObject({ type: z.literal('model'), model: named.optional() }),
]);
export type BudgetScope = z.infer<typeof BudgetScope>;

export const budgetPeriods = ['hour', 'day', 'week', 'month', 'lifetime'] as const;
export const BudgetPeriod = z.enum(budgetPeriods);
export type BudgetPeriod = z.infer<typeof BudgetPeriod>;

/** `hard` refuses, `soft` only warns, `ask` holds the request until the user has answered. */
export const budgetModes = ['hard', 'soft', 'ask'] as const;
export const BudgetMode = z.enum(budgetModes);
export type BudgetMode = z.infer<typeof BudgetMode>;

export const BudgetUnit = z.enum(['usd', 'tokens']);
export type BudgetUnit = z.infer<typeof BudgetUnit>;

/** US dollars as a decimal string, so that no binary rounding enters a limit. */
export const usdAmount = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,9})?$/, 'US dollars as a string, like "25.00", at most 999999');
const tokenAmount = z.number().int().min(0).max(1_000_000_000_000_000);

/** Dollars or tokens, one of the two. */
export const BudgetAmount = z
  .strictObject({ usd: usdAmount.optional(), tokens: tokenAmount.optional() })
  .refine(({ usd, tokens }) => (usd === undefined) !== (tokens === undefined), {
    message: 'give either "usd" or "tokens"; for both limits make two budgets',
  });
export type BudgetAmount = z.infer<typeof BudgetAmount>;

export const BudgetSettings = z.strictObject({
  id: budgetId,
  scope: BudgetScope,
  period: BudgetPeriod,
  limit: BudgetAmount,
  mode: BudgetMode,
  /**
   * What happens to a request while the ledger cannot hold its reservation; without it `refuse`, and `allow` in a soft
   * budget.
   */
  ifLedgerFails: z.enum(['refuse', 'allow']).optional(),
  /** True lets requests on a Claude subscription count in a money budget, at list price. */
  countSubscription: z.boolean().optional(),
});
export type BudgetSettings = z.infer<typeof BudgetSettings>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** What holds for all budgets. */
export const BudgetRules = z.strictObject({
  /** IANA name like `Europe/Berlin`; without it the computer's own zone. */
  timeZone: z.string().refine(isTimeZone, 'use the name of a time zone, like "Europe/Berlin"').optional(),
  /** First day of a week; Monday without it. */
  weekStart: z.enum(['monday', 'sunday', 'saturday']).optional(),
  /**
   * Reserve at most this many output tokens for a request instead of all that its max_tokens allows. More requests fit at
   * a time, but one that writes more than this may pass the limit by the difference.
   */
  outputCap: z.number().int().min(1).max(10_000_000).optional(),
});
export type BudgetRules = z.infer<typeof BudgetRules>;

/** One window of one budget, of one of its subjects (one session, one project …). */
const Standing = z.object({
  used: amount,
  /** Held by requests in flight. */
  reserved: amount,
  /** Added to the limit until this window ends. */
  granted: amount,
  /** When the limit was first reached in this window, milliseconds since the epoch. */
  reachedAt: instant.nullable(),
});

export const BudgetView = Standing.extend({
  id: z.string(),
  scope: BudgetScope,
  period: BudgetPeriod,
  mode: BudgetMode,
  unit: BudgetUnit,
  /** Without what was granted. */
  limit: amount,
  windowStart: instant,
  /** Null for a lifetime budget. */
  windowEnd: instant.nullable(),
  /** Above 75 % `warning`, above 95 % `critical`, from 100 % `reached`. */
  state: z.enum(['ok', 'warning', 'critical', 'reached']),
  /** How it stands, for people. */
  sentence: z.string(),
  /** Of a budget for each of something: its fullest subjects, the fullest first; the figures above are the first one's. */
  subjects: z.array(Standing.extend({ subject: z.string() })),
});
export type BudgetView = z.infer<typeof BudgetView>;

/** A request that waits for the user's word. */
export const BudgetAskView = z.object({
  id: z.string(),
  budget: z.string(),
  subject: z.string().nullable(),
  unit: BudgetUnit,
  /** What is left of the budget, not below zero, and what the request may use at most. */
  left: amount,
  needed: amount,
  sentence: z.string(),
  model: z.string(),
  project: z.string().nullable(),
  sessionId: z.string().nullable(),
  client: z.string(),
  askedAt: instant,
  expiresAt: instant,
});
export type BudgetAskView = z.infer<typeof BudgetAskView>;

export const BudgetGrant = z.object({
  budget: z.string(),
  subject: z.string().nullable(),
  unit: BudgetUnit,
  amount,
  grantedAt: instant,
  /** The end of the window it was given for; null for a lifetime budget. */
  expiresAt: instant.nullable(),
  /** What could be used in all in this window, before and after. */
  before: amount,
  after: amount,
});
export type BudgetGrant = z.infer<typeof BudgetGrant>;

export const BudgetList = z.object({
  budgets: z.array(BudgetView),
  asks: z.array(BudgetAskView),
  timeZone: z.string(),
  weekStart: z.enum(['monday', 'sunday', 'saturday']),
});
export type BudgetList = z.infer<typeof BudgetList>;

const amountFields = { usd: usdAmount.optional(), tokens: tokenAmount.optional() };

export const budgetMethods = {
  'budget.list': { input: z.strictObject({}), output: BudgetList },
  /** Adds a budget, or changes the one of this id; what was used in its window stays counted. */
  'budget.set': {
    input: z.strictObject({ budget: BudgetSettings }),
    output: BudgetList.extend({ previous: BudgetSettings.nullable() }),
  },
  'budget.remove': {
    input: z.strictObject({ id: z.string() }),
    output: BudgetList.extend({ removed: BudgetSettings }),
  },
  /** Adds to the limit until the present window ends. `subject`: which one, in a budget for each of something. */
  'budget.grant': {
    input: z.strictObject({ id: z.string(), ...amountFields, subject: z.string().optional() }),
    output: BudgetList.extend({ grant: BudgetGrant }),
  },
  'budget.asks': { input: z.strictObject({}), output: z.object({ asks: z.array(BudgetAskView) }) },
  /** `more` grants the amount, dollars or tokens as the budget counts, and asks the budget again. */
  'budget.answer': {
    input: z.strictObject({ id: z.string(), answer: z.enum(['once', 'more', 'refuse']), ...amountFields }),
    output: z.object({ asks: z.array(BudgetAskView) }),
  },
} as const;
