// `tollgate doctor`: what is wrong with Tollgate and Claude Code on this computer and how to mend it; `--mend ID` carries one
// mend out. Works with and without a running gateway. Exit code 0: nothing wrong; 1: something is; 2: could not look.
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { DoctorReport } from '../contract/doctor.ts';
import type { Finding, MendResult } from '../contract/doctor.ts';
import { GatewayError, openDoctor } from '../gateway/index.ts';
import { CommandFailure } from './command-failure.ts';
import { claudeFolderOf, dataDirOf, programFor } from './places.ts';
import { findRunningGateway } from './running-gateway.ts';

interface DoctorCommandOptions {
  readonly dataDir?: string;
  readonly claudeDir?: string;
  readonly json?: boolean;
  readonly mend?: string;
  readonly dryRun?: boolean;
}

export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('what is wrong with Tollgate and Claude Code here, and how to mend it')
    .option('--data-dir <dir>', 'where Tollgate keeps its files')
    .option('--claude-dir <dir>', "Claude Code's config folder")
    .option('--mend <id>', 'carry out the mend of one finding')
    .option('--dry-run', 'with --mend: show the change, write nothing')
    .option('--json', 'print JSON')
    .action(runDoctor);
}

async function runDoctor(options: DoctorCommandOptions): Promise<void> {
  const dataDir = dataDirOf(options.dataDir);
  const gateway = await findRunningGateway(dataDir);
  const doctor = await openDoctor({
    env: process.env,
    dataDir,
    claudeFolder: claudeFolderOf(options.claudeDir),
    folderNamed: options.claudeDir !== undefined,
    status: gateway === null ? null : await gateway.call('status.get', {}),
    configPath: join(dataDir, 'config.json'),
    program: programFor(dataDir),
    now: Date.now,
  });
  if (options.mend === undefined) {
    const report = await doctor.run();
    print(options.json === true ? JSON.stringify(report) : sayReport(shortenAll(report, homedir())));
    process.exitCode = report.findings.some(({ severity }) => severity !== 'notice') ? 1 : 0;
    return;
  }
  try {
    const result = await doctor.mend({ id: options.mend, dryRun: options.dryRun === true });
    print(options.json === true ? JSON.stringify(result) : sayMend(result));
  } catch (error) {
    if (error instanceof GatewayError) throw new CommandFailure(error.message);
    throw error;
  }
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const labels = { error: 'Error', warning: 'Warning', notice: 'Notice' } as const;

function sayReport(report: DoctorReport): string {
  const { findings, claude, gateway } = report;
  const lines = [
    gateway.running
      ? `Tollgate runs at ${gateway.url ?? ''}.`
      : `Tollgate does not run for ${gateway.dataDir}.`,
    claude.version === null
      ? 'Claude Code was not found on PATH or in its usual places.'
      : `Claude Code ${claude.version} (${claude.programs.find(({ version }) => version === claude.version)?.path ?? 'claude'}).`,
    claude.signIn.note,
    '',
    ...(findings.length === 0 ? ['Nothing is wrong.', ''] : findings.flatMap(sayFinding)),
    ...sayRoutes(report),
    ...sayFeatures(claude),
    ...(claude.gaps.length === 0 ? [] : ['', 'Not looked at:', ...claude.gaps.map((gap) => `  ${gap}`)]),
  ];
  return lines.join('\n').trimEnd();
}

function sayFinding(finding: Finding): string[] {
  const { severity, title, cause, evidence, whatToDo, mend, id } = finding;
  return [
    `${labels[severity]}: ${title}`,
    ...wrap(cause, '  '),
    ...evidence.flatMap((line) => wrap(line, '    - ', '      ')),
    ...wrap(`What to do: ${whatToDo}`, '  '),
    ...(mend === null ? [] : wrap(`${mend.label}: tollgate doctor --mend ${id}`, '  ')),
    '',
  ];
}

function sayRoutes({ claude }: DoctorReport): string[] {
  const shown = claude.routes.filter(
    ({ name }) => name === 'ANTHROPIC_BASE_URL' || name.startsWith('CLAUDE_CODE_USE_'),
  );
  if (shown.length === 0) return ['No base URL is set for Claude Code: it talks to Anthropic directly.', ''];
  return [
    'Where Claude Code is sent, strongest first:',
    ...shown.map(({ wins, name, value, place, note, project }) => {
      const where = `${place.path}${place.line === null ? '' : `:${place.line}`}`;
      const only = project === null ? '' : ' (in this project)';
      return `  ${wins ? '>' : ' '} ${name}=${value ?? '…'}  ${where}${only}${note === null ? '' : `  ${note}`}`;
    }),
    '',
  ];
}

const stateWords = { lost: 'lost', gained: 'gained', unknown: 'depends', kept: 'kept' } as const;

/** What stays as it is needs no line each. */
function sayFeatures({ features, version }: DoctorReport['claude']): string[] {
  const told = features.filter(({ state }) => state !== 'kept');
  const kept = features.filter(({ state }) => state === 'kept').map(({ feature }) => feature);
  return [
    `Behind a gateway ${version === null ? 'Claude Code' : `Claude Code ${version}`}:`,
    ...(['gained', 'lost', 'unknown'] as const).flatMap((state) =>
      told
        .filter((feature) => feature.state === state)
        .flatMap(({ feature, why }) =>
          wrap(`${feature}. ${why}`, `  ${stateWords[state].padEnd(8)}`, ' '.repeat(10)),
        ),
    ),
    ...(kept.length === 0 ? [] : wrap(kept.join(', '), `  ${stateWords.kept.padEnd(8)}`, ' '.repeat(10))),
  ];
}

function sayMend({ applied, diff, notes }: MendResult): string {
  return [
    ...(diff === '' ? [] : [diff.trimEnd()]),
    ...notes,
    applied ? 'Done.' : 'Nothing was changed.',
  ].join('\n');
}

const WIDTH = 100;

function wrap(text: string, first: string, rest = first): string[] {
  const lines: string[] = [];
  let line = first;
  for (const word of text.split(' ')) {
    const empty = line === first || line === rest;
    if (!empty && line.length + word.length + 1 > WIDTH) {
      lines.push(line.trimEnd());
      line = rest + word;
    } else line += empty ? word : ` ${word}`;
  }
  return [...lines, line.trimEnd()];
}

function shortenAll(report: DoctorReport, home: string): DoctorReport {
  const replace = (_: string, value: unknown): unknown =>
    typeof value === 'string' ? shorten(value, home) : value;
  return DoctorReport.parse(JSON.parse(JSON.stringify(report), replace));
}

/** `~` for the home folder, as people write it; not inside quotes, where a shell would not know it. */
function shorten(text: string, home: string): string {
  if (home.length < 2) return text;
  return text
    .split(`${home}/`)
    .reduce((done, part) => `${done}${done.endsWith('"') ? `${home}/` : '~/'}${part}`);
}
