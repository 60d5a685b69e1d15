// `tollgate mcp`: the MCP servers behind Tollgate, seen and changed from a terminal. All of it asks the running gateway.
import { readFileSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { McpServerSettings } from '../contract/mcp.ts';
import type { McpServerView, ToolRule } from '../contract/mcp.ts';
import { CommandFailure } from './command-failure.ts';
import { formatTable } from './format-output.ts';
import { dataDirOf } from './places.ts';
import { needRunningGateway } from './running-gateway.ts';
import type { RunningGateway } from './running-gateway.ts';

interface CommonOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

interface AddOptions extends CommonOptions {
  readonly url?: string;
  readonly sse?: boolean;
  readonly env: readonly string[];
  readonly header: readonly string[];
  readonly cwd?: string;
  readonly off?: boolean;
}

interface CallOptions extends CommonOptions {
  readonly arguments?: string;
}

/** A first start may download a package, and a tool may work for long. */
const SLOW_CALL_MS = 24 * 60 * 60 * 1000;

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const printJson = (value: unknown): void => print(JSON.stringify(value));
const collect = (value: string, before: readonly string[]): readonly string[] => [...before, value];

export function addMcpCommands(program: Command): void {
  const mcp = program.command('mcp').description('the MCP servers behind Tollgate');
  withCommon(mcp.command('list').description('servers, their state and their tools')).action(list);
  withCommon(mcp.command('add').description('add a server: its command behind "--", or --url'))
    .argument('<name>')
    .argument('[command...]', 'program and arguments of a local server')
    .option('--url <url>', 'address of a remote server')
    .option('--sse', 'the remote server speaks the transport of 2024-11-05')
    .option(
      '--env <NAME=VALUE>',
      'variable for a local server; vault:ID and ${NAME} are filled in',
      collect,
      [],
    )
    .option(
      '--header <NAME: VALUE>',
      'header for a remote server; vault:ID and ${NAME} are filled in',
      collect,
      [],
    )
    .option('--cwd <dir>', 'folder a local server works in')
    .option('--off', 'add it turned off')
    .action(add);
  withCommon(mcp.command('remove').description('remove a server and end its processes'))
    .argument('<name>')
    .action(remove);
  for (const [word, enabled] of [
    ['enable', true],
    ['disable', false],
  ] as const) {
    withCommon(
      mcp.command(word).description(enabled ? 'turn a server on' : 'turn a server off and end its processes'),
    )
      .argument('<name>')
      .action((name: string, options: CommonOptions) => enable(name, enabled, options));
  }
  for (const rule of ['allow', 'ask', 'deny'] as const) {
    withCommon(mcp.command(rule).description(ruleWords[rule]))
      .argument('<server>')
      .argument('<pattern>', 'tool name; * stands for any letters')
      .action((server: string, pattern: string, options: CommonOptions) =>
        setRule(server, pattern, rule, options),
      );
  }
  withCommon(mcp.command('unrule').description('take the rule of a pattern away'))
    .argument('<server>')
    .argument('<pattern>')
    .action((server: string, pattern: string, options: CommonOptions) =>
      setRule(server, pattern, null, options),
    );
  withCommon(mcp.command('test').description('start or reach a server now and read its tools'))
    .argument('<name>')
    .action(test);
  withCommon(mcp.command('call').description('call a tool and print what it answers'))
    .argument('<server>')
    .argument('<tool>')
    .option('--arguments <json>', 'arguments as JSON; - reads them from standard input', '{}')
    .action(callTool);
  withCommon(mcp.command('calls').description('the last tool calls')).action(calls);
}

const ruleWords: Readonly<Record<ToolRule, string>> = {
  allow: 'let tools be used',
  ask: 'ask you before tools are used',
  deny: 'hide tools and refuse them',
};

function withCommon(command: Command): Command {
  return command.option('--data-dir <dir>', 'where Tollgate keeps its files').option('--json', 'print JSON');
}

const running = (options: CommonOptions): Promise<RunningGateway> =>
  needRunningGateway(dataDirOf(options.dataDir));

async function list(options: CommonOptions): Promise<void> {
  const result = await (await running(options)).call('mcp.list', {});
  if (options.json === true) return printJson(result);
  print(
    result.servers.length === 0 ? 'There is no MCP server yet: "tollgate mcp add".' : tableOf(result.servers),
  );
  for (const server of result.servers) for (const line of problemLines(server)) print(line);
}

function tableOf(servers: readonly McpServerView[]): string {
  const rows = servers.map((server) => [
    server.name,
    server.state,
    String(server.tools.filter((tool) => tool.exposedName !== null).length),
    server.target,
  ]);
  return formatTable([['server', 'state', 'tools', 'command or address'], ...rows]);
}

function problemLines({ name, problem, tools, setAside }: McpServerView): string[] {
  return [
    ...(problem === null ? [] : [problem]),
    ...tools.flatMap((tool) =>
      tool.problem === null ? [] : [`${name}: the tool "${tool.name}" is set aside: ${tool.problem}.`],
    ),
    ...setAside.map((sentence) => `${name}: ${sentence}`),
  ];
}

async function add(name: string, command: readonly string[], options: AddOptions): Promise<void> {
  const settings = McpServerSettings.safeParse(settingsFrom(command, options));
  if (!settings.success) {
    const message = settings.error.issues[0]?.message ?? 'not valid';
    throw new CommandFailure(`${name}${message.startsWith('.') ? '' : ': '}${message}`);
  }
  const gateway = await running(options);
  const result = await gateway.call('mcp.add', { name, settings: settings.data });
  report(result.servers, name, options, (server) => `Added: ${name} (${server.target})`);
}

function settingsFrom(command: readonly string[], options: AddOptions): object {
  const off = options.off === true ? { enabled: false } : {};
  const [program, ...args] = command;
  if (options.url !== undefined) {
    if (program !== undefined) throw new CommandFailure('give a command or --url, not both.');
    const headers = pairsOf(options.header, /^([^:]+):\s*(.*)$/s, 'a header is "Name: value"');
    return {
      type: options.sse === true ? 'sse' : 'http',
      url: options.url,
      ...withPairs('headers', headers),
      ...off,
    };
  }
  if (program === undefined)
    throw new CommandFailure('give the command of a local server behind "--", or the --url of a remote one.');
  const env = pairsOf(options.env, /^([^=]+)=(.*)$/s, 'a variable is "NAME=value"');
  return {
    command: program,
    ...(args.length === 0 ? {} : { args }),
    ...withPairs('env', env),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...off,
  };
}

const withPairs = (key: string, pairs: Readonly<Record<string, string>>): object =>
  Object.keys(pairs).length === 0 ? {} : { [key]: pairs };

function pairsOf(texts: readonly string[], pattern: RegExp, problem: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const text of texts) {
    const match = pattern.exec(text);
    if (match === null) throw new InvalidArgumentError(problem);
    pairs[(match[1] ?? '').trim()] = match[2] ?? '';
  }
  return pairs;
}

async function remove(name: string, options: CommonOptions): Promise<void> {
  const result = await (await running(options)).call('mcp.remove', { name });
  if (options.json === true) printJson(result);
  else print(`Removed: ${name}`);
}

async function enable(name: string, enabled: boolean, options: CommonOptions): Promise<void> {
  const result = await (await running(options)).call('mcp.enable', { name, enabled });
  report(result.servers, name, options, () => `${name} is ${enabled ? 'on' : 'off'}.`);
}

async function setRule(
  name: string,
  pattern: string,
  rule: ToolRule | null,
  options: CommonOptions,
): Promise<void> {
  const result = await (await running(options)).call('mcp.rule', { name, pattern, rule });
  report(result.servers, name, options, () => `${name} ${pattern}: ${rule ?? 'no rule of its own'}`);
}

function report(
  servers: readonly McpServerView[],
  name: string,
  options: CommonOptions,
  sentence: (server: McpServerView) => string,
): void {
  const server = servers.find((one) => one.name === name);
  if (options.json === true) printJson({ server });
  else if (server !== undefined) print(sentence(server));
}

async function test(name: string, options: CommonOptions): Promise<void> {
  const result = await (await running(options)).call('mcp.test', { name }, SLOW_CALL_MS);
  if (options.json === true) printJson(result);
  else {
    const { server } = result;
    print(
      result.ok
        ? `${name} answers (revision ${server.protocolVersion ?? 'unknown'}): ${server.tools.length} tools.`
        : (server.problem ?? `${name} does not answer.`),
    );
    for (const line of problemLines({ ...server, problem: null })) print(line);
  }
  if (!result.ok) process.exitCode = 1;
}

async function callTool(server: string, tool: string, options: CallOptions): Promise<void> {
  const text = options.arguments === '-' ? readFileSync(0, 'utf8') : (options.arguments ?? '{}');
  const args = parseArguments(text);
  const gateway = await running(options);
  const result = await gateway.call('mcp.call', { name: server, tool, arguments: args }, SLOW_CALL_MS);
  if (options.json === true) printJson(result);
  else print(JSON.stringify(result.result, null, 2));
  if (!result.ok) process.exitCode = 1;
}

function parseArguments(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object' && value !== null && !Array.isArray(value))
      return value as Record<string, unknown>;
  } catch {
    // Said below, in words that help.
  }
  throw new CommandFailure('the arguments must be a JSON object, like \'{"path":"/tmp"}\'.');
}

async function calls(options: CommonOptions): Promise<void> {
  const { rows } = await (await running(options)).call('mcp.calls', { limit: 50 });
  if (options.json === true) return printJson({ rows });
  const table = rows.map((row) => [
    new Date(row.startedAt).toISOString(),
    `${row.server}/${row.tool}`,
    row.outcome,
    `${Math.round(row.durationMs)} ms`,
    `${row.resultBytes} bytes`,
  ]);
  print(table.length === 0 ? 'No tool was called yet.' : formatTable(table));
}
