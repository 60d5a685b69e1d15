// A take-over as planned, and how it is told: files with their diffs, keys with their reasons, commands, notes, and the
// mark by which the same plan is known again. Pure.
import { createHash } from 'node:crypto';
import type { ConnectChoices, TakeOverFile, TakeOverResult } from '../../contract/connect.ts';
import type { Decide, PlannedChange } from './change-file.ts';
import { fingerprintOf } from './file-port.ts';
import { showCommand } from './mcp-registration.ts';
import type { McpPlace, McpPlan } from './mcp-registration.ts';
import type { TakeOverAim } from './wanted-entries.ts';

export interface TakeOverPlan {
  readonly settings: PlannedChange;
  readonly choices: ConnectChoices;
  readonly editors: readonly {
    readonly path: string;
    readonly decide: Decide;
    /** Null when the file cannot be used; then `problem` says why. */
    readonly change: PlannedChange | null;
    readonly problem: string | null;
  }[];
  /** Null when nothing is to be done; `aim` null takes the registration back. */
  readonly mcp: { readonly place: McpPlace; readonly aim: TakeOverAim | null; readonly plan: McpPlan } | null;
  readonly notes: readonly string[];
}

export interface FileOutcome {
  readonly applied: boolean;
  readonly notes: readonly string[];
  readonly problem: string | null;
}

export interface Outcome {
  readonly notes: readonly string[];
  readonly editors: readonly FileOutcome[];
  readonly mcp: FileOutcome | null;
}

/** SHA-256 over all that the plan was made from and all that it leads to. */
export function basisOf({ settings, editors, mcp }: TakeOverPlan): string {
  const of = (change: PlannedChange | null): unknown =>
    change === null ? null : [change.look.file.fingerprint, fingerprintOf(change.decision.bytes)];
  const basis = [
    of(settings),
    editors.map(({ path, change, problem }) => [path, of(change), problem]),
    mcp === null
      ? null
      : [mcp.plan.basis, mcp.plan.commands.map(({ args }) => args), mcp.plan.keys, mcp.plan.problem],
  ];
  return createHash('sha256').update(JSON.stringify(basis)).digest('hex');
}

/** `outcome` null: nothing was carried out. */
export function resultOf(plan: TakeOverPlan, outcome: Outcome | null): TakeOverResult {
  const { settings, mcp } = plan;
  const files = describeFiles(plan, outcome);
  const commands = (mcp?.plan.commands ?? []).map((command) => ({
    line: showCommand(command),
    reason: command.reason,
    applied: outcome?.mcp?.applied === true,
  }));
  const problems = files.flatMap(({ problem }) => problem ?? []);
  const mcpProblem = outcome?.mcp?.problem ?? mcp?.plan.problem ?? null;
  const notes = [
    ...settings.decision.notes,
    ...plan.notes,
    ...(outcome?.notes ?? []),
    ...plan.editors.flatMap(({ change }) => change?.decision.notes ?? []),
    ...(outcome?.editors ?? []).flatMap((editor) => editor.notes),
    ...(mcp?.plan.notes ?? []),
    ...(outcome?.mcp?.notes ?? []),
    ...problems,
    ...(mcpProblem === null || problems.includes(mcpProblem) ? [] : [mcpProblem]),
  ];
  return {
    settingsPath: settings.look.file.path,
    diff: files.map(({ diff }) => diff).join(''),
    basedOn: basisOf(plan),
    applied: files.some(({ applied }) => applied) || commands.some(({ applied }) => applied),
    options: plan.choices,
    files,
    keys: [
      ...settings.decision.keys,
      ...plan.editors.flatMap(({ change }) => change?.decision.keys ?? []),
      ...(mcp?.plan.keys ?? []),
    ],
    commands,
    notes: [...new Set(notes)],
  };
}

function describeFiles({ settings, editors, mcp }: TakeOverPlan, outcome: Outcome | null): TakeOverFile[] {
  const first: TakeOverFile = {
    surface: 'settings',
    path: settings.look.file.path,
    diff: settings.decision.diff,
    applied: outcome !== null && settings.decision.changed,
    problem: null,
  };
  const others = editors
    .map(({ path, change, problem }, at): TakeOverFile => ({
      surface: 'vscode',
      path,
      diff: change?.decision.diff ?? '',
      applied: outcome?.editors[at]?.applied === true,
      problem: outcome === null ? problem : (outcome.editors[at]?.problem ?? null),
    }))
    .filter(({ diff, problem }) => diff !== '' || problem !== null);
  if (mcp === null || mcp.plan.commands.length > 0) return [first, ...others];
  const problem = outcome === null ? mcp.plan.problem : (outcome.mcp?.problem ?? null);
  const diff = mcp.plan.change?.decision.diff ?? '';
  if (diff === '' && problem === null) return [first, ...others];
  const { path } = mcp.plan.surface;
  return [first, ...others, { surface: 'mcp', path, diff, applied: outcome?.mcp?.applied === true, problem }];
}
