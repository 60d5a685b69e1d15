// Finds keys that are on this machine already: in the environment Tollgate runs in, in Claude Code's user settings, in
// the start-up files of shells. Reads only. A Claude login and Tollgate's own keys are not among what it finds.
import { createHmac } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'jsonc-parser';
import type { KeyHeader } from '../../contract/settings.ts';
import { isSameAddress } from '../claude-code/loopback-address.ts';
import { isClaudeLogin } from '../vault/acceptable-secret.ts';
import { vendorOf } from './vendors.ts';
import { readShellAssignments } from './shell-assignments.ts';

const API_KEY = 'ANTHROPIC_API_KEY';
const AUTH_TOKEN = 'ANTHROPIC_AUTH_TOKEN';
const BASE_URL = 'ANTHROPIC_BASE_URL';
const names = [API_KEY, AUTH_TOKEN, BASE_URL] as const;

export interface FindKeysSources {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly claudeSettingsPath: string;
  /** Address of this gateway: what points there is no provider. */
  readonly ownUrl: string;
  /** True for a value that opens Tollgate's own door. */
  readonly isLocalKey: (value: string) => boolean;
  /** Makes the ids of this run, which say nothing about the keys. */
  readonly salt: Buffer;
  /** Providers other than Anthropic whose key alone is enough, by the variable that usually holds it. */
  readonly others: readonly OtherProvider[];
}

export interface OtherProvider {
  readonly variable: string;
  readonly type: string;
  readonly label: string;
}

/** A key with its secret; never leaves the gateway. */
export interface KeyOnMachine {
  readonly id: string;
  readonly secret: string;
  /** Type of the provider that takes it. */
  readonly type: string;
  /** Null for the type's own address. */
  readonly baseUrl: string | null;
  readonly label: string;
  /** What a provider made of it would be called. */
  readonly slug: string;
  /** The header that carries it; undefined leaves that to the provider type. */
  readonly keyHeader: KeyHeader | undefined;
  readonly places: readonly string[];
  /** Names of the variables that hold it. */
  readonly variables: readonly string[];
  /** Why it cannot be imported; null when it can. */
  readonly problem: string | null;
}

interface Place {
  readonly name: string;
  readonly values: ReadonlyMap<string, string>;
}

const LARGEST_FILE = 1024 * 1024;

export async function findKeys(sources: FindKeysSources): Promise<KeyOnMachine[]> {
  const wanted = [...names, ...sources.others.map(({ variable }) => variable)];
  const { claudeSettingsPath: settings } = sources;
  const places = [
    { name: 'the environment', values: fromEnvironment(sources.env, wanted) },
    { name: settings, values: await fromClaudeSettings(settings, wanted) },
    ...(await fromShellFiles(sources.env, wanted)),
  ];
  const found = new Map<string, KeyOnMachine>();
  for (const place of places) {
    for (const key of [...keysIn(place, sources), ...otherKeysIn(place, sources)]) {
      const known = found.get(key.id);
      found.set(key.id, known === undefined ? key : joined(known, key));
    }
  }
  return [...found.values()];
}

function joined(one: KeyOnMachine, other: KeyOnMachine): KeyOnMachine {
  return {
    ...one,
    places: [...new Set([...one.places, ...other.places])],
    variables: [...new Set([...one.variables, ...other.variables])],
  };
}

function keysIn(place: Place, sources: FindKeysSources): KeyOnMachine[] {
  const address = place.values.get(BASE_URL)?.trim() ?? '';
  const baseUrl =
    address === '' || isSameAddress(address, sources.ownUrl) ? null : address.replace(/\/+$/, '');
  return [API_KEY, AUTH_TOKEN].flatMap((variable) => {
    const secret = place.values.get(variable)?.trim() ?? '';
    if (!isProviderKey(secret, sources)) return [];
    const vendor = vendorOf(baseUrl);
    return [
      {
        id: createHmac('sha256', sources.salt)
          .update(`${baseUrl ?? ''}\n${secret}`)
          .digest('hex')
          .slice(0, 16),
        secret,
        type: 'anthropic',
        baseUrl: vendor.isAnthropic ? null : baseUrl,
        label: vendor.label,
        slug: vendor.slug,
        keyHeader: variable === AUTH_TOKEN && !vendor.isAnthropic ? ('authorization' as const) : undefined,
        places: [`${place.name} (${variable})`],
        variables: [variable],
        problem: vendor.problem,
      },
    ];
  });
}

function otherKeysIn(place: Place, sources: FindKeysSources): KeyOnMachine[] {
  return sources.others.flatMap(({ variable, type, label }) => {
    const secret = place.values.get(variable)?.trim() ?? '';
    if (!isProviderKey(secret, sources)) return [];
    const id = createHmac('sha256', sources.salt).update(`${type}\n${secret}`).digest('hex').slice(0, 16);
    return [
      {
        id,
        secret,
        type,
        baseUrl: null,
        label,
        slug: type,
        keyHeader: undefined,
        places: [`${place.name} (${variable})`],
        variables: [variable],
        problem: null,
      },
    ];
  });
}

/** Placeholders of other programs and of guides are not keys; nor is anything that ends a header line. */
function isProviderKey(secret: string, { isLocalKey }: FindKeysSources): boolean {
  return (
    secret.length >= 12 &&
    /^[\x21-\x7e]+$/.test(secret) &&
    !isClaudeLogin(secret) &&
    !/^tgc?-/.test(secret) &&
    !isLocalKey(secret) &&
    !/managed|placeholder|your[-_]|dummy|example|xxxx|^<.*>$/i.test(secret)
  );
}

function fromEnvironment(env: FindKeysSources['env'], wanted: readonly string[]): Map<string, string> {
  return new Map(wanted.flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]] as const])));
}

async function fromClaudeSettings(path: string, wanted: readonly string[]): Promise<Map<string, string>> {
  const text = await readSmallFile(path);
  const root: unknown = text === null ? null : parse(text.replace(/^\uFEFF/, ''));
  const env = (root as { env?: unknown } | null)?.env;
  if (typeof env !== 'object' || env === null) return new Map();
  return new Map(
    wanted.flatMap((name) => {
      const value = (env as Record<string, unknown>)[name];
      return typeof value === 'string' ? [[name, value] as const] : [];
    }),
  );
}

async function fromShellFiles(env: FindKeysSources['env'], wanted: readonly string[]): Promise<Place[]> {
  const home = env['HOME'] ?? env['USERPROFILE'] ?? '';
  if (home === '') return [];
  const places = await Promise.all(
    shellFiles(home, env['ZDOTDIR']).map(async (path) => {
      const text = await readSmallFile(path);
      return { name: path, values: text === null ? new Map() : readShellAssignments(text, wanted) };
    }),
  );
  return places.filter(({ values }) => values.size > 0);
}

function shellFiles(home: string, zshFolder: string | undefined): string[] {
  const zsh = zshFolder === undefined || zshFolder === '' ? home : zshFolder;
  return [
    ...['.zshenv', '.zprofile', '.zshrc', '.zlogin'].map((name) => join(zsh, name)),
    ...['.bash_profile', '.bash_login', '.bashrc', '.profile', '.cshrc', '.tcshrc'].map((name) =>
      join(home, name),
    ),
    join(home, '.config', 'fish', 'config.fish'),
    join(home, '.config', 'powershell', 'Microsoft.PowerShell_profile.ps1'),
    join(home, 'Documents', 'PowerShell', 'Microsoft.PowerShell_profile.ps1'),
    join(home, 'Documents', 'WindowsPowerShell', 'Microsoft.PowerShell_profile.ps1'),
  ];
}

/** Null for what is not there, is no file, or is too large to be one of these. */
async function readSmallFile(path: string): Promise<string | null> {
  try {
    const facts = await stat(path);
    if (!facts.isFile() || facts.size > LARGEST_FILE) return null;
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}
