// What `tollgate connect` and `disconnect` print: the exact lines, why each is there, the commands that are run, and what
// the user should know. Pure.
import { TakeOverSurface } from '../contract/connect.ts';
import type { TakeOverKey, TakeOverResult } from '../contract/connect.ts';

export interface DescribeOptions {
  readonly direction: 'connect' | 'disconnect';
  readonly isDry: boolean;
  readonly isColoured: boolean;
}

const nothing = {
  connect: 'Claude Code goes through Tollgate already.',
  disconnect: 'There is nothing of Tollgate in Claude Code’s settings.',
} as const;

/** Lines without a line end at the end. */
export function describeTakeOver(result: TakeOverResult, options: DescribeOptions): string {
  const { diff, commands, notes } = result;
  const hasWork = diff !== '' || commands.length > 0;
  const sections = [
    hasWork ? [] : [nothing[options.direction]],
    diff === '' ? [] : colourDiff(diff.trimEnd().split('\n'), options.isColoured),
    ...(hasWork ? describeKeys(result) : []),
    commands.flatMap(({ line, reason }) => [`$ ${line}`, `  ${reason}`]),
    notes.map((note) => `- ${note}`),
    describeEnd(result, options, hasWork),
  ];
  return sections
    .filter((section) => section.length > 0)
    .map((section) => section.join('\n'))
    .join('\n\n');
}

const titles = {
  settings: "Why, in Claude Code's settings:",
  vscode: "Why, in the editor's settings:",
  mcp: "Why, in Claude Code's state:",
} as const;

/** What the diff does not say by itself, a section per kind of file. That an added line goes again needs no reason. */
function describeKeys({ keys, files }: TakeOverResult): string[][] {
  const told = keys.filter(({ change }) => change !== 'unchanged' && change !== 'removed');
  const width = Math.max(0, ...told.map(({ name }) => shortName(name).length));
  return TakeOverSurface.options.flatMap((surface) => {
    const own = told.filter((key) => key.surface === surface);
    if (own.length === 0 || !files.some((file) => file.surface === surface && file.diff !== '')) return [];
    return [[titles[surface], ...[...new Set(own.map((key) => describeKey(key, width)))]]];
  });
}

function describeKey({ name, reason }: TakeOverKey, width: number): string {
  return `  ${shortName(name).padEnd(width)}  ${reason}`;
}

/** A variable by its bare name. */
function shortName(name: string): string {
  return name.replace(/^(?:env|claudeCode\.environmentVariables)\./, '');
}

function describeEnd(
  result: TakeOverResult,
  { direction, isDry }: DescribeOptions,
  hasWork: boolean,
): string[] {
  if (isDry) return hasWork ? [`Nothing was written. "tollgate ${direction}" makes this change.`] : [];
  const written = result.files.filter(({ applied }) => applied).map(({ path }) => `Written: ${path}`);
  const ran = result.commands.filter(({ applied }) => applied).map(({ line }) => `Run: ${line}`);
  return [...written, ...ran];
}

const colours = { '+': '\u001b[32m', '-': '\u001b[31m', '@': '\u001b[36m' } as const;

function colourDiff(lines: readonly string[], isColoured: boolean): string[] {
  if (!isColoured) return [...lines];
  return lines.map((line) => {
    if (line.startsWith('+++') || line.startsWith('---')) return `\u001b[1m${line}\u001b[0m`;
    const colour = colours[line.charAt(0) as keyof typeof colours] as string | undefined;
    return colour === undefined ? line : `${colour}${line}\u001b[0m`;
  });
}
