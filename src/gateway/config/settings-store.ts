// Holds the settings in force and edits config.json for the user: the file is read again at the moment of every edit,
// so a change made by hand is kept, and comments and order survive.
import { readFileSync } from 'node:fs';
import { applyEdits, modify } from 'jsonc-parser';
import type { JSONPath } from 'jsonc-parser';
import type { RouteSettings, Settings } from '../../contract/settings.ts';
import { GatewayError, StartError } from '../gateway-error.ts';
import { writeFileAtomic } from '../lib/write-file-atomic.ts';
import { defaultSettings, readSettings } from './read-settings.ts';

/** One text edit: what stands at `path` becomes `value`; undefined removes it. */
export interface SettingsEdit {
  readonly path: JSONPath;
  readonly value: unknown;
}

export interface SettingsStore {
  readonly current: Settings;
  /**
   * Reads the file, lets `plan` decide edits from what it says now, writes and adopts the result.
   * Throws CONFLICT with the reason when the file or the result is not valid; nothing is written then.
   */
  edit(plan: (settings: Settings) => readonly SettingsEdit[]): Settings;
}

interface StoreOptions {
  readonly path: string;
  readonly required: boolean;
  readonly providerTypes: readonly string[];
  /** Makes the name of a temporary file unique. */
  readonly uniqueSuffix: () => string;
}

/** Throws StartError with one plain line when the file is missing though named, or not valid. */
export function openSettings(options: StoreOptions): SettingsStore {
  const first = readText(options.path);
  if (first === null && options.required) throw new StartError(`there is no config file ${options.path}`);
  let current = first === null ? defaultSettings : parseOrThrow(first, options);

  return {
    get current() {
      return current;
    },
    edit(plan) {
      const before = readText(options.path) ?? '{\n  "version": 1\n}\n';
      const known = readSettings(before, options.providerTypes);
      if (!known.ok) throw invalid(options.path, known.problem);
      let text = before;
      for (const { path, value } of plan(known.settings)) {
        text = applyEdits(text, modify(text, path, value, { formattingOptions: formattingOf(text) }));
      }
      const result = readSettings(text, options.providerTypes);
      if (!result.ok)
        throw new GatewayError('REQUEST_INVALID', `That setting is not valid: ${result.problem}.`);
      if (text !== before) writeFileAtomic(options.path, text, 0o600, options.uniqueSuffix());
      current = result.settings;
      return current;
    },
  };
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new StartError(`the config file ${path} cannot be read (${(error as Error).message})`);
  }
}

function parseOrThrow(text: string, options: StoreOptions): Settings {
  const result = readSettings(text, options.providerTypes);
  if (result.ok) return result.settings;
  throw new StartError(`the config file ${options.path} is not valid: ${result.problem}`);
}

function invalid(path: string, problem: string): GatewayError {
  return new GatewayError(
    'CONFLICT',
    `${path} is not valid, so it was left alone: ${problem}. Mend it and try again.`,
  );
}

function formattingOf(text: string): { insertSpaces: boolean; tabSize: number; eol: string } {
  const indent = /^([ \t]+)\S/m.exec(text)?.[1] ?? '  ';
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 4 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  };
}

const isDefaultRoute = (route: RouteSettings): boolean => Object.keys(route.match).length === 0;

/** Edits that put `provider` first in the default route; the others keep their order behind it. Pure. */
export function planUseProvider(settings: Settings, provider: string): readonly SettingsEdit[] {
  const index = settings.routes.findIndex(isDefaultRoute);
  const known = settings.routes[index]?.to ?? settings.providers.map(({ id }) => ({ provider: id }));
  const chosen = known.find((target) => target.provider === provider) ?? { provider };
  const to = [chosen, ...known.filter((target) => target !== chosen)];
  if (index >= 0) return [{ path: ['routes', index, 'to'], value: to }];
  return [{ path: ['routes'], value: [...settings.routes, { match: {}, to }] }];
}

/** Edits that take a provider out, also from the routes; a route left without a target goes too. Pure. */
export function planRemoveProvider(settings: Settings, id: string): readonly SettingsEdit[] {
  const routes = settings.routes
    .map((route) => ({ ...route, to: route.to.filter((target) => target.provider !== id) }))
    .filter((route) => route.to.length > 0);
  const pins = settings.pins.filter((pin) => pin.to.provider !== id);
  return [
    { path: ['providers'], value: settings.providers.filter((provider) => provider.id !== id) },
    ...(settings.routes.length > 0 ? [{ path: ['routes'], value: routes }] : []),
    ...(pins.length < settings.pins.length ? [{ path: ['pins'], value: pins }] : []),
  ];
}
