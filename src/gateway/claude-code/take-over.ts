// Takes Claude Code over and gives it back: its settings, and with them what the user asked for beside them - editors'
// settings and the MCP endpoint. Plans everything first, so that what is shown is what is done; the settings decide, and
// what goes wrong beside them is said and stops nothing. Works without a running gateway.
import { dirname, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { defaultConnectOptions } from '../../contract/connect.ts';
import type {
  ConnectChoices,
  ConnectOptions as ConnectWishes,
  TakeOverResult,
} from '../../contract/connect.ts';
import { carryOut, isIdle, planChange, whileChanging } from './change-file.ts';
import type { ChangeTools, PlannedChange } from './change-file.ts';
import { decideConnect, decideDisconnect } from './decide-change.ts';
import type { Look } from './decide-change.ts';
import { diskFiles } from './file-port.ts';
import type { FilePort } from './file-port.ts';
import { applyMcp, planMcp } from './mcp-registration.ts';
import type { McpPlace, McpPlan } from './mcp-registration.ts';
import { changedMeanwhile } from './settings-file.ts';
import { editorSurface, settingsSurface } from './surface.ts';
import type { Surface } from './surface.ts';
import { basisOf, resultOf } from './take-over-result.ts';
import type { FileOutcome, TakeOverPlan } from './take-over-result.ts';
import { TakeOverError } from './take-over-error.ts';
import type { TakeOverRecord } from './take-over-record.ts';
import type { TollgateProgram } from './tollgate-command.ts';
import type { TakeOverAim } from './wanted-entries.ts';

/** What else than its settings belongs to Claude Code on this computer. */
export interface Companions {
  /** Settings files of editors that may be there. */
  readonly editors: readonly string[];
  readonly mcp: McpPlace | null;
}

export interface DisconnectOptions {
  /** Claude Code's user settings file; it need not exist. */
  readonly settingsPath: string;
  /** Tollgate's data folder; the record and the copies are kept in `backups` under it. */
  readonly dataDir: string;
  /** True writes nothing anywhere. */
  readonly dryRun: boolean;
  /** The `basedOn` of a result that was shown; when anything moved since, SETTINGS_CHANGED is thrown. */
  readonly basedOn?: string | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Without it only what the record names is given back. */
  readonly companions?: Companions;
  /** The disk, unless a test lends another. */
  readonly files?: FilePort;
}

export interface ConnectOptions extends DisconnectOptions {
  /** Address of the gateway, without a path. */
  readonly url: string;
  /** Local key of the client. */
  readonly key: string;
  /** What the user asks for now; the rest stays as it was asked for last time. */
  readonly wishes?: ConnectWishes;
  readonly program: TollgateProgram;
  /** Environment of this process, of which the proxy variables count. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Why Claude Code would refuse a local key as its credential: a sentence (trap 19). */
  readonly forbidsKey?: string | null;
}

/** How often a change is tried again when somebody else writes in between and nothing was shown that must hold. */
const TRIES = 3;

/**
 * Points Claude Code at the gateway. Throws TakeOverError; its settings are then as they were. `applied` is false on a
 * dry run and when nothing had to change.
 */
export function connectClaude(options: ConnectOptions): Promise<TakeOverResult> {
  return change(options, (tools, settings) => planConnect(tools, settings, options));
}

/** Gives everything back as it was, other people's edits kept. Throws TakeOverError; the settings are then as they were. */
export function disconnectClaude(options: DisconnectOptions): Promise<TakeOverResult> {
  return change(options, (tools, settings) => planDisconnect(tools, settings, options));
}

type MakePlan = (tools: ChangeTools, settings: Surface) => Promise<TakeOverPlan>;

async function change(options: DisconnectOptions, makePlan: MakePlan): Promise<TakeOverResult> {
  const tools: ChangeTools = {
    files: options.files ?? diskFiles,
    dataDir: options.dataDir,
    now: options.now,
    pause,
  };
  const settings = settingsSurface(resolve(options.settingsPath));
  const plan = async (): Promise<TakeOverPlan> => {
    const made = await makePlan(tools, settings);
    if (options.basedOn !== undefined && options.basedOn !== basisOf(made))
      throw changedMeanwhile(settings.path);
    return made;
  };
  if (options.dryRun) return resultOf(await plan(), null);
  return whileChanging(tools, settings, async () => {
    for (let attempt = 1; ; attempt++) {
      const made = await plan();
      try {
        const notes = await carryOut(tools, made.settings);
        return resultOf(made, { notes, ...(await applyCompanions(tools, made)) });
      } catch (error) {
        const isConflict = error instanceof TakeOverError && error.code === 'SETTINGS_CHANGED';
        if (!isConflict || options.basedOn !== undefined || attempt === TRIES) throw error;
      }
    }
  });
}

async function planConnect(
  tools: ChangeTools,
  settings: Surface,
  options: ConnectOptions,
): Promise<TakeOverPlan> {
  const { companions } = options;
  const at = tools.now();
  let choices: ConnectChoices = defaultConnectOptions;
  let editors: string[] = [];
  const aim = (): TakeOverAim => ({ ...options, choices });
  const decide = async (look: Look) => {
    choices = choose(look.record?.connect?.choices, options.wishes);
    if (choices.credential === 'key' && options.forbidsKey != null)
      throw new TakeOverError('KEY_FORBIDDEN', `${options.forbidsKey} Nothing was changed.`);
    editors = choices.vscode ? await presentEditors(tools, companions?.editors ?? []) : [];
    const statePath = choices.mcp ? (companions?.mcp?.statePath ?? null) : null;
    return decideConnect(look, aim(), { choices, editors, statePath }, at);
  };
  const planned = await planChange(tools, settings, decide);
  const earlier = planned.look.record?.connect ?? null;
  const returned = (earlier?.editors ?? []).filter((path) => !editors.includes(path));
  const files = [
    ...(await planEditors(tools, editors, (look) => decideConnect(look, aim(), null, at))),
    ...(await planEditors(tools, returned, decideDisconnect)),
  ];
  const noEditor =
    choices.vscode && editors.length === 0 ? ['No settings of VS Code or a kin of it were found.'] : [];
  const mcp = await planConnectMcp(tools, companions?.mcp ?? null, choices.mcp ? aim() : null, earlier);
  return { settings: planned, choices, editors: files, mcp, notes: noEditor };
}

/** What was said last time holds until something else is said. */
function choose(earlier: ConnectChoices | undefined, wishes: ConnectWishes | undefined): ConnectChoices {
  const said = Object.entries(wishes ?? {}).filter(([, value]) => value !== undefined);
  return { ...defaultConnectOptions, ...earlier, ...Object.fromEntries(said) };
}

type PlannedMcp = NonNullable<TakeOverPlan['mcp']>;

async function planConnectMcp(
  tools: ChangeTools,
  place: McpPlace | null,
  aim: TakeOverAim | null,
  earlier: TakeOverRecord['connect'],
): Promise<PlannedMcp | null> {
  if (aim !== null) return place === null ? null : { place, aim, plan: await planMcp(tools, place, aim) };
  // Who has nothing on record has registered nothing that would have to go.
  return earlier === null ? null : planReturnMcp(tools, place, earlier);
}

async function planReturnMcp(
  tools: ChangeTools,
  place: McpPlace | null,
  earlier: TakeOverRecord['connect'],
): Promise<PlannedMcp | null> {
  const statePath = earlier?.statePath ?? null;
  const known = place ?? (statePath === null ? null : { statePath, run: null });
  // A registration that is not on record may be another Tollgate's.
  if (known === null || (earlier !== null && statePath === null)) return null;
  const plan: McpPlan = await planMcp(tools, known, null);
  return { place: known, aim: null, plan };
}

async function planDisconnect(
  tools: ChangeTools,
  settings: Surface,
  { companions }: DisconnectOptions,
): Promise<TakeOverPlan> {
  const planned = await planChange(tools, settings, decideDisconnect);
  const earlier = planned.look.record?.connect ?? null;
  const paths = [...new Set([...(earlier?.editors ?? []), ...(companions?.editors ?? [])])];
  const files = await planEditors(tools, paths, decideDisconnect);
  const mcp = await planReturnMcp(tools, companions?.mcp ?? null, earlier);
  const nothing =
    planned.look.text === null
      ? ['There is no settings file of Claude Code, so there is nothing to give back in it.']
      : [];
  return {
    settings: planned,
    choices: earlier?.choices ?? defaultConnectOptions,
    // Editors that have nothing of ours are not worth a word, be they as broken as they like.
    editors: files.filter(({ change: made, path }) =>
      made === null
        ? earlier?.editors.includes(path) === true
        : made.decision.changed || made.look.record !== null,
    ),
    mcp,
    notes: nothing,
  };
}

/** Editors that have been started once: those with a folder for their settings. */
async function presentEditors({ files }: ChangeTools, paths: readonly string[]): Promise<string[]> {
  const facts = await Promise.all(paths.map((path) => files.facts(dirname(path)).catch(() => null)));
  return paths.filter((_, at) => facts[at] !== null && facts[at] !== undefined);
}

async function planEditors(
  tools: ChangeTools,
  paths: readonly string[],
  decide: Parameters<typeof planChange>[2],
): Promise<TakeOverPlan['editors']> {
  const plans: TakeOverPlan['editors'][number][] = [];
  for (const path of paths) {
    try {
      plans.push({
        path,
        decide,
        change: await planChange(tools, editorSurface(path), decide),
        problem: null,
      });
    } catch (error) {
      if (!(error instanceof TakeOverError)) throw error;
      plans.push({ path, decide, change: null, problem: error.message });
    }
  }
  return plans;
}

async function applyCompanions(
  tools: ChangeTools,
  plan: TakeOverPlan,
): Promise<{ editors: FileOutcome[]; mcp: FileOutcome | null }> {
  const editors: FileOutcome[] = [];
  for (const editor of plan.editors) editors.push(await applyEditor(tools, editor));
  const { mcp } = plan;
  return { editors, mcp: mcp === null ? null : await applyMcp(tools, mcp.place, mcp.plan, mcp.aim) };
}

async function applyEditor(
  tools: ChangeTools,
  editor: TakeOverPlan['editors'][number],
): Promise<FileOutcome> {
  const { change: planned, path, problem, decide } = editor;
  if (planned === null || isIdle(planned)) return { applied: false, notes: [], problem };
  try {
    return await whileChanging(tools, editorSurface(path), async () => {
      const fresh: PlannedChange = await planChange(tools, editorSurface(path), decide);
      // The record's last step may have been finished just now; the content that was shown must be the same.
      if (fresh.look.file.fingerprint !== planned.look.file.fingerprint) throw changedMeanwhile(path);
      return { applied: fresh.decision.changed, notes: await carryOut(tools, fresh), problem: null };
    });
  } catch (error) {
    if (!(error instanceof TakeOverError)) throw error;
    return { applied: false, notes: [], problem: error.message };
  }
}
