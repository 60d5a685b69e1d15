// `tollgate route`, `pin` and `health`: where requests go and why, what is pinned, how providers fare. What only reads
// the settings works without a running gateway.
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import type { ControlInput, ControlOutput } from '../contract/control-contract.ts';
import type { HealthView, PartHealth, RouteExplanation, RoutesView } from '../contract/routing.ts';
import type { RoutePin, RouteTarget } from '../contract/settings.ts';
import { openRouteDesk } from '../gateway/index.ts';
import { formatTable } from './format-output.ts';
import { dataDirOf } from './places.ts';
import { findRunningGateway, needRunningGateway } from './running-gateway.ts';

interface CommonOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

interface ExplainOptions extends CommonOptions {
  readonly model: string;
  readonly project?: string;
  readonly session?: string;
  readonly agent?: string;
  readonly class?: string;
  readonly tokens?: number;
  readonly thinking?: boolean;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

export function addRouteCommands(program: Command): void {
  const route = program.command('route').description('where requests go, and why');
  withCommon(route.command('list').description('the rules in their order, and the pins')).action(listRoutes);
  withCommon(route.command('explain').description('where a request would go; sends nothing'))
    .option('--model <name>', 'the model it asks for', 'claude-opus-5')
    .option('--project <folder>', 'the project it belongs to')
    .option('--session <id>', 'the session it belongs to')
    .option('--agent <id>', 'the sub-agent that sends it')
    .option('--class <class>', 'main, subagent, workflow, compaction or auxiliary')
    .option('--tokens <count>', 'the size of its prompt', parseCount)
    .option('--thinking', 'with thinking switched on')
    .action(explain);
  addPinCommands(program);
  const health = withCommon(program.command('health').description('how providers fare')).action(showHealth);
  withCommon(health.command('reset').description('let a provider, or all, be tried again at once'))
    .argument('[provider]')
    // `health` has the same options and takes them first, wherever they stand.
    .action((provider: string | undefined, _: CommonOptions, command: Command) =>
      resetHealth(provider, command.optsWithGlobals()),
    );
}

function addPinCommands(program: Command): void {
  const pin = program.command('pin').description('hold a project or a session to one provider');
  withCommon(pin.command('list').description('what is pinned')).action(listPins);
  withCommon(pin.command('project').description('hold a project, whatever the rules say'))
    .argument('<folder>')
    .argument('<target>', 'PROVIDER or PROVIDER/MODEL', parseTarget)
    .action((project: string, to: RouteTarget, options: CommonOptions) => setPin({ project, to }, options));
  withCommon(pin.command('session').description('hold a session, whatever the rules say'))
    .argument('<id>')
    .argument('<target>', 'PROVIDER or PROVIDER/MODEL', parseTarget)
    .action((session: string, to: RouteTarget, options: CommonOptions) => setPin({ session, to }, options));
  withCommon(pin.command('remove').description('let the rules decide again'))
    .argument('<what>', 'project or session', parseSubject)
    .argument('<name>', 'its folder or id')
    .action((what: 'project' | 'session', name: string, options: CommonOptions) =>
      removePin(what === 'project' ? { project: name } : { session: name }, options),
    );
}

function withCommon(command: Command): Command {
  return command.option('--data-dir <dir>', 'where Tollgate keeps its files').option('--json', 'print JSON');
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('use a whole number of tokens, like 150000');
}

/** The provider's name has no slash; a model's may have some. */
function parseTarget(text: string): RouteTarget {
  const slash = text.indexOf('/');
  const provider = slash === -1 ? text : text.slice(0, slash);
  const model = slash === -1 ? undefined : text.slice(slash + 1);
  if (provider === '' || model === '')
    throw new InvalidArgumentError('use PROVIDER or PROVIDER/MODEL, like azure/gpt-5.6');
  return model === undefined ? { provider } : { provider, model };
}

function parseSubject(text: string): 'project' | 'session' {
  if (text === 'project' || text === 'session') return text;
  throw new InvalidArgumentError('use project or session');
}

async function readRoutes(options: CommonOptions): Promise<RoutesView> {
  const dataDir = dataDirOf(options.dataDir);
  const gateway = await findRunningGateway(dataDir);
  if (gateway !== null) return gateway.call('routes.read', {});
  return (await openDesk(dataDir)).read();
}

const openDesk = (dataDir: string): ReturnType<typeof openRouteDesk> =>
  openRouteDesk(dataDir, process.env, Date.now);

async function listRoutes(options: CommonOptions): Promise<void> {
  const view = await readRoutes(options);
  if (options.json === true) print(JSON.stringify(view));
  else print(sayRoutes(view));
}

function sayRoutes({ routes, pins, onlyClaude, current }: RoutesView): string {
  const rules = routes.map(({ match, strategy, sticky, to }, index) => [
    `${index + 1}`,
    Object.keys(match).length === 0 ? 'everything' : JSON.stringify(match),
    to.map(sayTarget).join(', '),
    `${strategy ?? 'priority'}${sticky === false ? ', not sticky' : ''}`,
  ]);
  return [
    routes.length === 0
      ? `There are no rules; ${current} answers everything.`
      : formatTable([['rule', 'for', 'to', 'strategy'], ...rules]),
    ...pins.map((pin) => `Pinned: ${sayPin(pin)}`),
    ...onlyClaude.map((folder) => `Only Claude: ${folder}`),
  ].join('\n');
}

const sayTarget = ({ provider, model }: RouteTarget): string =>
  model === undefined ? provider : `${provider}/${model}`;
const sayPin = ({ project, session, to }: RoutePin): string =>
  `${project === undefined ? `session ${session ?? ''}` : `project ${project}`} to ${sayTarget(to)}`;

async function explain(options: ExplainOptions): Promise<void> {
  const dataDir = dataDirOf(options.dataDir);
  const { model, project, session, agent, class: requestClass, tokens: promptTokens, thinking } = options;
  const input: ControlInput<'routes.explain'> = {
    model,
    ...(project === undefined ? {} : { project }),
    ...(session === undefined ? {} : { session }),
    ...(agent === undefined ? {} : { agent }),
    ...(requestClass === undefined ? {} : { requestClass }),
    ...(promptTokens === undefined ? {} : { promptTokens }),
    ...(thinking === undefined ? {} : { thinking }),
  };
  const gateway = await findRunningGateway(dataDir);
  const plan =
    gateway === null ? (await openDesk(dataDir)).explain(input) : await gateway.call('routes.explain', input);
  if (options.json === true) print(JSON.stringify(plan));
  else print(sayPlan(plan, gateway !== null));
  if (plan.candidates.length === 0) process.exitCode = 1;
}

function sayPlan({ reason, candidates }: RouteExplanation, isLive: boolean): string {
  const order = candidates.map(
    ({ provider, model, key }, index) => `${index + 1}. ${provider}, asked as ${model}, with ${key}`,
  );
  const note = isLive ? [] : ['No Tollgate runs here, so nothing is known of how the providers fare.'];
  return [reason, ...order, ...note].join('\n');
}

async function listPins(options: CommonOptions): Promise<void> {
  const { pins } = await readRoutes(options);
  reportPins(options, { pins });
}

async function setPin(pin: RoutePin, options: CommonOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  reportPins(options, await gateway.call('pins.set', pin));
}

async function removePin(subject: ControlInput<'pins.remove'>, options: CommonOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  reportPins(options, await gateway.call('pins.remove', subject));
}

function reportPins({ json }: CommonOptions, answer: ControlOutput<'pins.set'>): void {
  if (json === true) print(JSON.stringify(answer));
  else print(answer.pins.length === 0 ? 'Nothing is pinned.' : answer.pins.map(sayPin).join('\n'));
}

async function showHealth(options: CommonOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  reportHealth(options, await gateway.call('health.read', {}));
}

async function resetHealth(provider: string | undefined, options: CommonOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  reportHealth(options, await gateway.call('health.reset', provider === undefined ? {} : { provider }));
}

function reportHealth({ json }: CommonOptions, answer: ControlOutput<'health.read'>): void {
  if (json === true) print(JSON.stringify(answer));
  else print(answer.providers.map(sayHealth).join('\n'));
}

function sayHealth(view: HealthView): string {
  const { provider, successRate, samples, lastError, keys, models } = view;
  const rate =
    successRate === null
      ? 'no request yet'
      : `${Math.round(successRate * 100)} % of the last ${samples} answered`;
  const parts = [
    ...(keys.length < 2 ? [] : keys.map((part) => [`key ${part.key}`, part] as const)),
    ...models.map((part) => [`model ${part.model}`, part] as const),
  ];
  return [
    `${provider}: ${sayState(view)}, ${rate}`,
    ...parts
      .filter(([, part]) => part.state !== 'ready')
      .map(([name, part]) => `  ${name}: ${sayState(part)}`),
    ...(lastError === null
      ? []
      : [`  last error at ${new Date(lastError.at).toLocaleTimeString()}: ${lastError.sentence}`]),
  ].join('\n');
}

function sayState({ state, until, why }: PartHealth): string {
  switch (state) {
    case 'ready':
      return 'ready';
    case 'trial':
      return `rested after ${why}, the next request tries it`;
    case 'resting':
      return `rests${until === null ? '' : ` until ${new Date(until).toLocaleTimeString()}`} after ${why}`;
  }
}
