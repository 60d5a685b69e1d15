// Registers Tollgate's MCP endpoint with Claude Code, and takes the registration back: by Claude Code's own `claude mcp`
// command where it is installed, since its state file is written by every running session, else by a careful edit of
// that file. A server of the same name that is not Tollgate's is never touched.
import type { TakeOverKey } from '../../contract/connect.ts';
import { carryOut, isIdle, planChange, whileChanging } from './change-file.ts';
import type { ChangeTools, PlannedChange } from './change-file.ts';
import type { RunClaude } from './claude-program.ts';
import { decideConnect, decideDisconnect } from './decide-change.ts';
import { isSameAddress } from './loopback-address.ts';
import { maskValue, maskWithin } from './mask-secrets.ts';
import { isOwnServer, serversIn } from './own-server.ts';
import { whileOwnersLocked } from './owners-lock.ts';
import { mcpSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import { TakeOverError } from './take-over-error.ts';
import { MCP_NAME, mcpServer } from './wanted-entries.ts';
import type { TakeOverAim } from './wanted-entries.ts';

export interface McpPlace {
  /** Claude Code's state file; it need not exist. */
  readonly statePath: string;
  /** Null when Claude Code's command is not installed. */
  readonly run: RunClaude | null;
}

/** `claude mcp …`, one run of it. */
export interface PlannedCommand {
  readonly args: readonly string[];
  readonly reason: string;
}

export interface McpPlan {
  readonly surface: Surface;
  /** Set when the file is edited. */
  readonly change: PlannedChange | null;
  readonly commands: readonly PlannedCommand[];
  readonly keys: readonly TakeOverKey[];
  readonly notes: readonly string[];
  /** Why nothing can be done, or null. */
  readonly problem: string | null;
  /** What the plan was made from; of the file, which others rewrite all day, only what matters. */
  readonly basis: unknown;
}

/** `aim` null takes the registration back. Never rejects for what is wrong with the file: that is the plan's problem. */
export async function planMcp(
  tools: ChangeTools,
  place: McpPlace,
  aim: TakeOverAim | null,
): Promise<McpPlan> {
  const surface = mcpSurface(place.statePath);
  const nothing = { surface, change: null, commands: [], keys: [], notes: [], problem: null, basis: null };
  try {
    return (await planRegistration(tools, place, surface, aim)) ?? nothing;
  } catch (error) {
    if (!(error instanceof TakeOverError)) throw error;
    return { ...nothing, problem: error.message, basis: error.message };
  }
}

async function planRegistration(
  tools: ChangeTools,
  place: McpPlace,
  surface: Surface,
  aim: TakeOverAim | null,
): Promise<McpPlan | null> {
  const change = await planChange(tools, surface, (look) =>
    aim === null ? decideDisconnect(look) : decideConnect(look, aim, null, tools.now()),
  );
  const servers = serversIn(change.look.document);
  const present = servers.get(MCP_NAME);
  const plain = {
    surface,
    change: null,
    commands: [],
    keys: [],
    notes: [],
    problem: null,
    basis: present ?? null,
  };
  if (present !== undefined && !isOwnServer(present)) {
    const note = `${surface.path} has an MCP server named ${MCP_NAME} that is not Tollgate's; it was left alone.`;
    return aim === null ? null : { ...plain, notes: [note] };
  }
  if (aim !== null && present === undefined) {
    const twin = findTwin(servers, aim);
    const note = `Tollgate's MCP endpoint is registered already, under the name ${twin}; it was left so.`;
    if (twin !== null) return { ...plain, notes: [note] };
  }
  if (!change.decision.changed) return { ...plain, change, keys: change.decision.keys };
  const { keys, notes } = change.decision;
  // What was done by an edit is undone by one, with the file's layout of before.
  if (place.run === null || change.look.record !== null) return { ...plain, change, keys, notes };
  const commands = [
    ...(present === undefined ? [] : [removal(aim)]),
    ...(aim === null ? [] : [addition(aim)]),
  ];
  return { ...plain, commands, keys };
}

/** The name under which the user has the same endpoint already. */
function findTwin(servers: ReadonlyMap<string, unknown>, aim: TakeOverAim): string | null {
  const { url } = mcpServer(aim);
  for (const [name, server] of servers) {
    const other = (server as { url?: unknown } | null)?.url;
    if (typeof other === 'string' && isSameAddress(other, url)) return name;
  }
  return null;
}

function removal(aim: TakeOverAim | null): PlannedCommand {
  return {
    args: ['mcp', 'remove', MCP_NAME, '--scope', 'user'],
    reason:
      aim === null
        ? 'Tollgate had registered it.'
        : 'The entry of before has another address or key; the next line adds it anew.',
  };
}

function addition(aim: TakeOverAim): PlannedCommand {
  return {
    args: ['mcp', 'add-json', MCP_NAME, JSON.stringify(mcpServer(aim)), '--scope', 'user'],
    reason: 'The MCP servers that you add to Tollgate reach Claude Code through this one.',
  };
}

/** As one would type it, secrets masked. */
export function showCommand({ args }: PlannedCommand): string {
  const shown = args.map((arg) => {
    const masked = arg.startsWith('{') ? maskValue('server', JSON.parse(arg)) : maskWithin(arg);
    return /^[\w./:=-]+$/.test(masked) ? masked : `'${masked.replaceAll("'", `'\\''`)}'`;
  });
  return ['claude', ...shown].join(' ');
}

export interface McpOutcome {
  readonly applied: boolean;
  readonly notes: readonly string[];
  readonly problem: string | null;
}

/** Carries the plan out. Never rejects for what goes wrong here: that must not stop the rest of a take-over. */
export async function applyMcp(
  tools: ChangeTools,
  place: McpPlace,
  plan: McpPlan,
  aim: TakeOverAim | null,
): Promise<McpOutcome> {
  try {
    if (plan.commands.length > 0 && place.run !== null)
      return await runCommands(tools, place, place.run, plan, aim);
    if (plan.change === null || isIdle(plan.change))
      return { applied: false, notes: [], problem: plan.problem };
    const { folderExists, target } = plan.change.look.file;
    return await whileChanging(tools, plan.surface, () => {
      const edit = () => editState(tools, place, plan.surface, aim);
      return folderExists ? whileOwnersLocked({ ...tools, target }, edit) : edit();
    });
  } catch (error) {
    if (!(error instanceof TakeOverError)) throw error;
    return { applied: false, notes: [], problem: error.message };
  }
}

/** Reads again, now that the file's owner leaves it alone: it may have been written since the plan was made. */
async function editState(
  tools: ChangeTools,
  place: McpPlace,
  surface: Surface,
  aim: TakeOverAim | null,
): Promise<McpOutcome> {
  const fresh = await planRegistration(tools, { ...place, run: null }, surface, aim);
  if (fresh?.change == null) return { applied: false, notes: fresh?.notes ?? [], problem: null };
  await carryOut(tools, fresh.change);
  return { applied: fresh.change.decision.changed, notes: [], problem: null };
}

async function runCommands(
  tools: ChangeTools,
  place: McpPlace,
  run: RunClaude,
  plan: McpPlan,
  aim: TakeOverAim | null,
): Promise<McpOutcome> {
  for (const command of plan.commands) {
    const { code, output } = await run(command.args);
    if (code !== 0) {
      const said = output === '' ? 'it gave no reason' : maskWithin(output.split('\n', 1)[0] ?? '');
      const problem = `"${showCommand(command)}" did not work (${code === null ? 'it did not end in time' : said}). The settings are not affected; run it yourself to see more.`;
      return { applied: false, notes: [], problem };
    }
  }
  // The program's word is good, the file's is better.
  const left = await planRegistration(tools, { ...place, run: null }, plan.surface, aim);
  if (left?.change?.decision.changed !== true) return { applied: true, notes: [], problem: null };
  const problem = `"claude mcp" reported success, but ${plan.surface.path} does not show it; look at it with "claude mcp get ${MCP_NAME}".`;
  return { applied: false, notes: [], problem };
}
