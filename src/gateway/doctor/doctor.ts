// The doctor: gathers facts, runs all checks, sorts what was found; and mends one finding when asked to, by way of the
// same writer that connect and disconnect use. A run writes nothing.
import { chmod } from 'node:fs/promises';
import type { Control } from '../../contract/control-contract.ts';
import type { ClaudeInspection, DoctorReport, MendResult, Severity } from '../../contract/doctor.ts';
import { inspectClaude } from '../claude-code/inspect/inspect-claude.ts';
import { viewInspection } from '../claude-code/inspect/view-inspection.ts';
import { GatewayError } from '../gateway-error.ts';
import { checkAddresses } from './address-checks.ts';
import { checkClaude } from './claude-checks.ts';
import { checkCredentials } from './credential-checks.ts';
import type { DoctorFacts, GatewayFacts } from './doctor-facts.ts';
import type { Diagnosis, MendAction } from './finding.ts';
import { gatherFacts } from './gather-facts.ts';
import type { DoctorSources } from './gather-facts.ts';
import { checkOwn } from './own-checks.ts';

export interface MendRequest {
  readonly id: string;
  readonly dryRun: boolean;
  readonly basedOn?: string | undefined;
}

export interface Doctor {
  inspect(): Promise<ClaudeInspection>;
  run(): Promise<DoctorReport>;
  /** Throws UNKNOWN_NAME when a fresh run has no such finding, CONFLICT when it has no mend or the mend fails. */
  mend(request: MendRequest): Promise<MendResult>;
}

export interface DoctorOptions extends DoctorSources {
  readonly claude: Pick<Control, 'claude.connect' | 'claude.disconnect'>;
}

/** What a run looks at, for people. */
const checked: readonly string[] = [
  "Claude Code's programs, version and config folders",
  'Settings of every scope: managed, user, projects, editors',
  'Shell files, environment and, on Windows, the registry',
  'Who answers at each address of this computer',
  'Credentials, proxies, tool search, permission mode',
  "Tollgate's data folder, config, ledger, providers, port and the clock",
];

const order: Readonly<Record<Severity, number>> = { error: 0, warning: 1, notice: 2 };

export function createDoctor(options: DoctorOptions): Doctor {
  return {
    async inspect() {
      const gateway = await options.gateway();
      const ourUrls = gateway.url === null ? [] : [gateway.url];
      return viewInspection(await inspectClaude({ ...options, ourUrls }), answersAsAnthropic(gateway));
    },
    async run() {
      const facts = await gatherFacts(options);
      return {
        ranAt: facts.now,
        gateway: { running: facts.gateway.running, url: facts.gateway.url, dataDir: options.dataDir },
        findings: diagnose(facts).map(({ finding }) => finding),
        checked: [...checked],
        claude: viewInspection(facts.inspection, answersAsAnthropic(facts.gateway)),
      };
    },
    async mend(request) {
      const found = diagnose(await gatherFacts(options)).find(({ finding }) => finding.id === request.id);
      if (found === undefined) {
        throw new GatewayError(
          'UNKNOWN_NAME',
          `There is no finding "${request.id}" (any more); run the doctor again.`,
        );
      }
      if (found.action === null) {
        throw new GatewayError(
          'CONFLICT',
          `"${found.finding.title}" has no mend that is safe by itself. ${found.finding.whatToDo}`,
        );
      }
      return carryOut(options, found.action, request);
    },
  };
}

/** All findings, most severe first. Pure. */
export function diagnose(facts: DoctorFacts): Diagnosis[] {
  const found = [
    ...checkAddresses(facts),
    ...checkCredentials(facts),
    ...checkClaude(facts),
    ...checkOwn(facts),
  ];
  const seen = new Set<string>();
  return found
    .filter(({ finding }) => !seen.has(finding.id) && seen.add(finding.id))
    .sort((one, other) => order[one.finding.severity] - order[other.finding.severity]);
}

/** Null when no gateway runs, or its default provider is the practice one, which stands for none. */
function answersAsAnthropic({ providers }: GatewayFacts): boolean | null {
  const current = providers?.find((provider) => provider.current);
  if (current === undefined || current.practice) return null;
  return ['anthropic', 'bedrock', 'vertex', 'foundry'].includes(current.type);
}

async function carryOut(
  options: DoctorOptions,
  action: MendAction,
  request: MendRequest,
): Promise<MendResult> {
  const { id, dryRun, basedOn } = request;
  switch (action.kind) {
    case 'connect':
    case 'disconnect': {
      const method = action.kind === 'connect' ? 'claude.connect' : 'claude.disconnect';
      const result = await options.claude[method]({ dryRun, ...(basedOn === undefined ? {} : { basedOn }) });
      return { id, applied: result.applied, diff: result.diff, basedOn: result.basedOn, notes: result.notes };
    }
    case 'private':
      return {
        id,
        applied: !dryRun,
        diff: '',
        basedOn: null,
        notes: await makePrivate(action.paths, options, dryRun),
      };
  }
}

async function makePrivate(
  paths: readonly string[],
  options: DoctorOptions,
  dryRun: boolean,
): Promise<string[]> {
  const notes: string[] = [];
  for (const path of paths) {
    const facts = await options.machine.files.stat(path);
    if (facts === null) continue;
    const mode = facts.mode & 0o700;
    const say = `${path}: mode ${facts.mode.toString(8).padStart(4, '0')} becomes ${mode.toString(8).padStart(4, '0')}`;
    if (!dryRun) {
      try {
        await chmod(path, mode);
      } catch (error) {
        const why = (error as NodeJS.ErrnoException).code ?? String(error);
        throw new GatewayError(
          'CONFLICT',
          `The permissions of ${path} could not be changed (${why}).`,
          error,
        );
      }
    }
    notes.push(`${say}.`);
  }
  return notes;
}
