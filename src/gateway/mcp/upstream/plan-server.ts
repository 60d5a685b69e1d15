// From a server's settings to how it is reached: references and variables filled in, the program found, the environment
// made. Everything that is wrong becomes one sentence (R55-R58).
import type { McpServerSettings } from '../../../contract/mcp.ts';
import { inheritedEnvironment } from './child-environment.ts';
import type { CommandFinder } from './find-command.ts';
import { ConnectFailure } from './connect-server.ts';
import type { ServerPlan } from './connect-server.ts';
import { expandVariables, MissingVariable } from './expand-variables.ts';
import type { OrphanGuard } from './orphan-guard.ts';
import { StdioTransport } from './stdio-transport.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** A stored secret, or why there is none. */
export type SecretLookup = (id: string) => Promise<{ readonly secret: string } | { readonly why: string }>;

export interface PlanSources {
  readonly env: Environment;
  readonly secret: SecretLookup;
  readonly finder: CommandFinder;
  readonly guard: OrphanGuard;
  /** A fresh mark for a process. */
  readonly mark: () => string;
  /** Where servers work that name no folder. */
  readonly home: string;
}

const SECRET_REFERENCE = /^(Bearer )?vault:([a-z0-9][a-z0-9._-]{0,63})$/;

/** Throws ConnectFailure. */
export async function planServer(settings: McpServerSettings, sources: PlanSources): Promise<ServerPlan> {
  const secrets: string[] = [];
  const fill = async (text: string): Promise<string> => {
    const reference = SECRET_REFERENCE.exec(text);
    if (reference !== null) {
      const found = await sources.secret(reference[2] ?? '');
      if ('why' in found) throw new ConnectFailure(`its secret cannot be used: ${found.why}`);
      secrets.push(found.secret);
      return `${reference[1] ?? ''}${found.secret}`;
    }
    return expand(text, sources.env);
  };
  const fillAll = async (record: Readonly<Record<string, string>> = {}): Promise<Record<string, string>> => {
    const filled: Record<string, string> = {};
    for (const [key, value] of Object.entries(record)) filled[key] = await fill(value);
    return filled;
  };
  if ('url' in settings) {
    const url = expand(settings.url, sources.env);
    if (URL.parse(url) === null)
      throw new ConnectFailure('its address is none, once its variables are filled in');
    const headers = await fillAll(settings.headers);
    for (const [name, value] of Object.entries(headers)) {
      if (/[^\x20-\x7e]/.test(value))
        throw new ConnectFailure(`the value of its header ${name} has characters no header may have`);
    }
    return { kind: settings.type === 'sse' ? 'sse' : 'http', url, headers };
  }
  const env = await fillAll(settings.env);
  secrets.push(...Object.values(env).filter((value) => value.length >= 8));
  const command = expand(settings.command, sources.env);
  const found = await sources.finder.find(command, sources.env);
  if (found === null) {
    throw new ConnectFailure(
      `the program "${command}" was not found on this computer; install it, or write its full path into the settings`,
    );
  }
  const inherited = inheritedEnvironment(sources.env, process.platform);
  const plan = {
    file: found.file,
    args: (settings.args ?? []).map((part) => expand(part, sources.env)),
    env: { ...withoutPath(inherited), PATH: found.path, ...env },
    cwd: settings.cwd === undefined ? sources.home : expand(settings.cwd, sources.env),
    mark: sources.mark(),
    secrets,
  };
  return { kind: 'stdio', open: (events) => new StdioTransport(plan, sources.guard, events) };
}

/** Windows may spell it `Path`; two spellings side by side would be a matter of luck. */
function withoutPath(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.toUpperCase() !== 'PATH'));
}

function expand(text: string, env: Environment): string {
  try {
    return expandVariables(text, env);
  } catch (error) {
    if (error instanceof MissingVariable) throw new ConnectFailure(error.message);
    throw error;
  }
}

/** How the server is written for people: references stay references. */
export function targetOf(settings: McpServerSettings): string {
  if ('url' in settings) return settings.url;
  return [settings.command, ...(settings.args ?? [])].map(quote).join(' ');
}

const quote = (part: string): string =>
  part === '' || /[\s"'\\$`;&|<>()*?]/.test(part) ? `'${part.replaceAll("'", "'\\''")}'` : part;
