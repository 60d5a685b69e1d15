// `tollgate vault`: what is stored, storing, removing. The running gateway does it, so that no two programs write the
// vault and a new secret is used at once.
import type { Command } from 'commander';
import { SecretId } from '../contract/vault.ts';
import type { SecretView, VaultView } from '../contract/vault.ts';
import { CommandFailure } from './command-failure.ts';
import { formatTable } from './format-output.ts';
import { dataDirOf } from './places.ts';
import { readSecret } from './read-secret.ts';
import { needRunningGateway } from './running-gateway.ts';

interface CommonOptions {
  readonly dataDir?: string;
  readonly json?: boolean;
}

const print = (text: string): void => void process.stdout.write(`${text}\n`);

export function addVaultCommands(program: Command): void {
  const vault = program.command('vault').description('secrets of providers, kept in the system keychain');
  withCommon(vault.command('list').description('what is stored, and who uses it')).action(listSecrets);
  withCommon(
    vault
      .command('set')
      .description('store a secret; it is typed at a hidden prompt or piped in, never an argument'),
  )
    .argument('<id>', 'its name, as in "credential": "vault:ID"')
    // The usual complaint about one argument too many would print it, and it may be the secret.
    .allowExcessArguments()
    .action((id: string, options: CommonOptions, command: Command) => setSecret(id, options, command.args));
  withCommon(vault.command('remove').description('forget a secret'))
    .argument('<id>')
    .option('--force', 'also when a provider uses it')
    .action(removeSecret);
}

function withCommon(command: Command): Command {
  return command.option('--data-dir <dir>', 'where Tollgate keeps its files').option('--json', 'print JSON');
}

async function listSecrets(options: CommonOptions): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  report(await gateway.call('vault.list', {}), options);
}

async function setSecret(id: string, options: CommonOptions, words: readonly string[]): Promise<void> {
  if (words.length > 1) {
    throw new CommandFailure(
      'a secret is never an argument, where other programs and your shell’s history see it: type it when asked, or pipe it in. If that was a real key, make a new one.',
    );
  }
  const known = SecretId.safeParse(id);
  if (!known.success)
    throw new CommandFailure(`that is no name for a secret: ${known.error.issues[0]?.message ?? ''}.`);
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  const secret = await readSecret(`Secret for "${id}" (not shown): `);
  const stored = await gateway.call('vault.set', { id, secret });
  if (options.json === true) {
    print(JSON.stringify(stored));
    return;
  }
  print([`Stored "${id}" (${sayBackend(stored.secret)}).`, ...stored.warnings].join('\n'));
}

async function removeSecret(id: string, options: CommonOptions & { force?: boolean }): Promise<void> {
  const gateway = await needRunningGateway(dataDirOf(options.dataDir));
  const view = await gateway.call('vault.remove', { id, force: options.force === true });
  if (options.json === true) print(JSON.stringify(view));
  else print(`"${id}" is forgotten.`);
}

function report(view: VaultView, options: CommonOptions): void {
  if (options.json === true) {
    print(JSON.stringify(view));
    return;
  }
  const rows = view.secrets.map((secret) => [
    secret.id,
    `…${secret.end}`,
    sayBackend(secret),
    new Date(secret.changedAt).toLocaleString(),
    secret.usedBy.join(', ') || 'not used',
  ]);
  const lines = [
    rows.length === 0
      ? 'The vault is empty.'
      : formatTable([['id', 'ends in', 'kept in', 'stored', 'used by'], ...rows]),
    ...view.secrets.flatMap(({ id, problem }) => (problem === null ? [] : [`${id}: ${problem}`])),
    ...view.missing.map(({ id, usedBy }) => `${usedBy.join(', ')} needs "${id}", which is not stored.`),
    ...view.warnings,
  ];
  print(lines.join('\n'));
}

const sayBackend = ({ backend }: SecretView): string =>
  backend === 'keychain' ? 'system keychain' : 'encrypted file';
