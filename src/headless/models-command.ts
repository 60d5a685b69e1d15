// `tollgate models`: which models the providers have, what they hold and cost, and the names Claude Code can ask for.
import type { Command } from 'commander';
import type { ModelView, ProviderModels } from '../contract/models.ts';
import { formatCount, formatTable, formatUsd } from './format-output.ts';
import { dataDirOf } from './places.ts';
import { needRunningGateway } from './running-gateway.ts';

interface ModelsOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
  readonly refresh?: boolean;
  readonly all?: boolean;
}

/** Providers are asked side by side, each for ten seconds at most. */
const REFRESH_MS = 30_000;

const print = (text: string): void => void process.stdout.write(`${text}\n`);

export function addModelsCommand(program: Command): void {
  program
    .command('models')
    .description('the models of the providers: context windows, prices, names to ask for')
    .argument('[provider]', 'of this provider only')
    .option('--refresh', 'ask the providers now')
    .option('--all', 'also those that Claude Code’s model list does not offer')
    .option('--data-dir <dir>', 'where Tollgate keeps its files')
    .option('--json', 'print JSON')
    .action(showModels);
}

async function showModels(provider: string | undefined, options: ModelsOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  const input = provider === undefined ? {} : { provider };
  const list =
    options.refresh === true
      ? await gateway.call('models.refresh', input, REFRESH_MS)
      : await gateway.call('models.list', input);
  // A provider that did not answer: what is shown is older than what was asked for.
  if (options.refresh === true && list.providers.some(({ problem }) => problem !== null))
    process.exitCode = 1;
  if (options.json === true) print(JSON.stringify(list));
  else if (list.providers.length === 0) print('No provider is configured.');
  else print(list.providers.map((one) => sayProvider(one, options)).join('\n\n'));
}

function sayProvider(provider: ProviderModels, options: ModelsOptions): string {
  const { models } = provider;
  const shown = options.all === true ? models : models.filter(({ offered }) => offered);
  const hidden = models.length - shown.length;
  return [
    `${provider.label} (${provider.provider}): ${formatCount(models.length)} ${models.length === 1 ? 'model' : 'models'}, ${saySource(provider)}`,
    ...(shown.length === 0 ? [] : [formatTable([header, ...shown.map(sayModel)])]),
    ...(hidden === 0 ? [] : [`${formatCount(hidden)} more: --all shows them.`]),
    ...shown.flatMap(({ id, advice }) => (advice === null ? [] : [`${id}: ${advice}`])),
    ...(provider.problem === null ? [] : [provider.problem]),
  ].join('\n');
}

const header = ['model', 'ask for', 'context', 'output', 'USD in/out per million', 'stands in for'];

const sayModel = (model: ModelView): string[] => [
  model.id,
  model.alias ?? model.id,
  sayTokens(model.contextWindow),
  sayTokens(model.maxOutputTokens),
  sayPrice(model),
  model.tiers.join(', ') || '-',
];

const sayTokens = (tokens: number | null): string => (tokens === null ? 'unknown' : formatCount(tokens));

function sayPrice({ price }: ModelView): string {
  if (price === null) return '-';
  return `${price.estimated ? '~' : ''}${formatUsd(price.input)} / ${formatUsd(price.output)}`;
}

function saySource({ source, ageSeconds, problem }: ProviderModels): string {
  if (source === 'shipped') {
    return `as Tollgate knows them, since the provider ${problem === null ? 'was not' : 'could not be'} asked yet`;
  }
  return `as the provider listed them ${sayAge(ageSeconds ?? 0)}`;
}

function sayAge(seconds: number): string {
  if (seconds < 90) return 'just now';
  if (seconds < 5400) return `${formatCount(Math.round(seconds / 60))} minutes ago`;
  if (seconds < 129_600) return `${formatCount(Math.round(seconds / 3600))} hours ago`;
  return `${formatCount(Math.round(seconds / 86_400))} days ago`;
}
