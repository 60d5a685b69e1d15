// `tollgate budget`: how budgets stand, setting, removing, granting more. A running gateway does it; without one the data
// folder's own files are used.
import type { Command } from 'commander';
import { BudgetSettings, budgetModes, budgetPeriods } from '../contract/budgets.ts';
import type { BudgetList, BudgetScope, BudgetView } from '../contract/budgets.ts';
import type { ControlInput, ControlOutput } from '../contract/control-contract.ts';
import { GatewayError, openBudgetDesk } from '../gateway/index.ts';
import { CommandFailure } from './command-failure.ts';
import { formatCount, formatTable, formatUsd } from './format-output.ts';
import { dataDirOf } from './places.ts';
import { findRunningGateway } from './running-gateway.ts';

interface CommonOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

interface SetOptions extends CommonOptions {
  readonly scope: string;
  readonly of?: string;
  readonly per: string;
  readonly mode: string;
  readonly ifLedgerFails?: string;
  readonly countSubscription?: boolean;
}

type BudgetMethod = 'budget.list' | 'budget.set' | 'budget.remove' | 'budget.grant';

const silent = { info() {}, warn() {}, error() {} };
const print = (text: string): void => void process.stdout.write(`${text}\n`);

export function addBudgetCommand(program: Command): void {
  const budget = program.command('budget').description('limits on money and tokens, and how they stand');
  withCommon(budget.command('list').description('all budgets, what is used and when they reset')).action(
    list,
  );
  withCommon(budget.command('set').description('add a budget, or change the one of this name'))
    .argument('<id>', 'its name, like "day"')
    .argument('<amount>', 'US dollars like 25.00, or tokens like 2000000t')
    .option('--per <period>', budgetPeriods.join(', '), 'day')
    .option('--scope <scope>', 'all, developer, project, session, client, provider, model', 'all')
    .option('--of <name>', 'which project, session … ; without it one budget for each')
    .option('--mode <mode>', `${budgetModes.join(', ')}: refuse, only warn, or ask in the window`, 'hard')
    .option('--if-ledger-fails <what>', 'refuse or allow, while the ledger cannot be written')
    .option('--count-subscription', 'count a Claude subscription in money, at list price')
    .action(set);
  withCommon(budget.command('remove').description('take a budget out')).argument('<id>').action(remove);
  withCommon(budget.command('grant').description('allow more until the present window ends'))
    .argument('<id>')
    .argument('<amount>', 'US dollars like 5.00, or tokens like 1000000t')
    .option('--for <subject>', 'which one, in a budget for each project, session …')
    .action(grant);
}

function withCommon(command: Command): Command {
  return command.option('--data-dir <dir>', 'where Tollgate keeps its files').option('--json', 'print JSON');
}

async function call<M extends BudgetMethod>(
  options: CommonOptions,
  method: M,
  input: ControlInput<M>,
): Promise<ControlOutput<M>> {
  const dataDir = dataDirOf(options.dataDir);
  const gateway = await findRunningGateway(dataDir);
  if (gateway !== null) return gateway.call(method, input);
  const desk = await openBudgetDesk(dataDir, silent);
  try {
    // The table joins each method with its own input; the union of all of them needs one cast here.
    const run = desk.methods[method] as (input: ControlInput<M>) => Promise<ControlOutput<M>>;
    return await run(input);
  } catch (error) {
    throw error instanceof GatewayError ? new CommandFailure(error.message) : error;
  } finally {
    desk.close();
  }
}

async function list(options: CommonOptions): Promise<void> {
  report(options, await call(options, 'budget.list', {}));
}

async function set(id: string, amount: string, options: SetOptions): Promise<void> {
  const wanted = BudgetSettings.safeParse({
    id,
    scope: scopeFrom(options),
    period: options.per,
    limit: amountFrom(amount),
    mode: options.mode,
    ...(options.ifLedgerFails === undefined ? {} : { ifLedgerFails: options.ifLedgerFails }),
    ...(options.countSubscription === true ? { countSubscription: true } : {}),
  });
  if (!wanted.success) {
    const [issue] = wanted.error.issues;
    throw new CommandFailure(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}.`);
  }
  report(options, await call(options, 'budget.set', { budget: wanted.data }));
}

async function remove(id: string, options: CommonOptions): Promise<void> {
  report(options, await call(options, 'budget.remove', { id }));
}

async function grant(
  id: string,
  amount: string,
  options: CommonOptions & { readonly for?: string },
): Promise<void> {
  const subject = options.for === undefined ? {} : { subject: options.for };
  const answer = await call(options, 'budget.grant', { id, ...amountFrom(amount), ...subject });
  if (options.json === true) {
    print(JSON.stringify(answer));
    return;
  }
  const { unit, after, expiresAt } = answer.grant;
  const until = expiresAt === null ? '' : ` until ${new Date(expiresAt).toLocaleString()}`;
  print(`Granted. Budget "${id}" now allows ${sayAmount(after, unit)}${until}.`);
}

/** `25.00` are dollars, `2000000t` are tokens. */
function amountFrom(text: string): { usd: string } | { tokens: number } {
  const tokens = /^(\d{1,15})t$/.exec(text)?.[1];
  if (tokens !== undefined) return { tokens: Number(tokens) };
  const usd = text.replace(/^\$/, '');
  if (/^\d{1,6}(\.\d{1,9})?$/.test(usd)) return { usd };
  throw new CommandFailure(`"${text}" is no amount: write US dollars like 25.00, or tokens like 2000000t.`);
}

const fieldOfScope: Readonly<Record<string, string>> = {
  developer: 'name',
  project: 'path',
  session: 'id',
  client: 'id',
  provider: 'id',
  model: 'model',
};

function scopeFrom({ scope, of: value }: SetOptions): Record<string, string> {
  const field = fieldOfScope[scope];
  if (value === undefined) return { type: scope };
  if (field === undefined)
    throw new CommandFailure(`--of belongs to a scope that has names, not to "${scope}".`);
  return { type: scope, [field]: value };
}

function report(options: CommonOptions, answer: BudgetList): void {
  if (options.json === true) {
    print(JSON.stringify(answer));
    return;
  }
  if (answer.budgets.length === 0) {
    print('There are no budgets. Set one: tollgate budget set day 25.00');
    return;
  }
  const rows = answer.budgets.map((budget) => [
    budget.id,
    sayScope(budget.scope),
    budget.period,
    budget.mode,
    sayAmount(budget.used, budget.unit),
    sayAmount(budget.reserved, budget.unit),
    sayAmount(budget.limit + budget.granted, budget.unit),
    sayEnd(budget),
  ]);
  print(formatTable([['budget', 'for', 'per', 'mode', 'used', 'held', 'limit', 'resets'], ...rows]));
}

const sayAmount = (amount: number, unit: BudgetView['unit']): string =>
  unit === 'usd' ? formatUsd(amount) : `${formatCount(amount)} tokens`;

const sayEnd = ({ windowEnd }: BudgetView): string =>
  windowEnd === null ? 'never' : new Date(windowEnd).toLocaleString();

function sayScope(scope: BudgetScope): string {
  if (scope.type === 'all') return 'all';
  const [, value] = Object.entries(scope).find(([key]) => key !== 'type') ?? [];
  return value === undefined ? `each ${scope.type}` : `${scope.type} ${value}`;
}
