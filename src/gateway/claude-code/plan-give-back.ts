// Decides how Claude Code's settings are given back when others may have written to the file since: key by key, what
// still holds our value returns to what it was, everything else stays as it is now. Pure.
import { assertOnlyEnvKeysChanged, removeEnv, removeEnvKey, replaceEnv, setEnvKey } from './edit-settings.ts';
import {
  AUTH_TOKEN,
  BASE_URL,
  holdsKey,
  isOptionalValue,
  managedNames,
  pointsAtTollgate,
} from './env-keys.ts';
import type { KeyChange } from './plan-take-over.ts';
import { diffSettings } from './settings-diff.ts';
import {
  envOf,
  envText,
  parseSettings,
  propertiesOf,
  rawEnvValue,
  refuseRepeatedKeys,
} from './settings-text.ts';
import type { SettingsDocument, SettingsRefusal } from './settings-text.ts';
import type { KeyRecord, TakeOverRecord } from './take-over-record.ts';

export interface GiveBackPlan {
  readonly ok: true;
  /** Null when the file did not exist before Tollgate and nothing else is in it: it is removed. */
  readonly text: string | null;
  readonly changes: readonly KeyChange[];
  /** Unified, secrets masked; empty when the text stays as it is. */
  readonly diff: string;
  readonly notes: readonly string[];
}

export interface GiveBackInput {
  readonly settingsPath: string;
  readonly text: string;
  /** Null when no record is left: then only what is plainly Tollgate's is removed. */
  readonly record: TakeOverRecord | null;
}

/** Refuses a file that Claude Code would reject, or in which a key to be edited stands twice. */
export function planGiveBack({ settingsPath, text, record }: GiveBackInput): GiveBackPlan | SettingsRefusal {
  const document = parseSettings(text);
  if (!document.ok) return document;
  const keys = record?.keys ?? guessKeys(document);
  const names = keys.map(({ name }) => name);
  const refusal = refuseRepeatedKeys(document, names);
  if (refusal !== null) return refusal;
  const decisions = keys.map((key) => decideKey(document, key));
  let next = text;
  for (const { key, change } of decisions) {
    if (change?.change === 'removed') next = removeEnvKey(next, key.name);
    if (change?.change === 'restored' && key.before !== null) next = setEnvKey(next, key.name, key.before);
  }
  const left = next === text ? text : clearEmptied(next, record);
  assertOnlyEnvKeysChanged(text, left, names);
  const changes = decisions.flatMap(({ change }) => change ?? []);
  return {
    ok: true,
    text: left,
    changes,
    diff: diffSettings(settingsPath, text, left),
    notes: [...decisions.flatMap(({ note }) => note ?? []), ...(record === null ? noteGuess(changes) : [])],
  };
}

interface KeyDecision {
  readonly key: KeyRecord;
  readonly change: KeyChange | null;
  readonly note: string | null;
}

function decideKey(document: SettingsDocument, key: KeyRecord): KeyDecision {
  const { name, before } = key;
  if (rawEnvValue(document, name) === null) {
    const note = before === null ? null : `${name} was removed from the settings since, and stays removed.`;
    return { key, change: null, note };
  }
  if (!holdsKey(document, key) && !isLeftover(document, name)) {
    return { key, change: null, note: `${name} was changed since you connected; the new value stays.` };
  }
  const change: KeyChange =
    before === null
      ? { name, change: 'removed', reason: 'Tollgate had added it.' }
      : { name, change: 'restored', reason: 'This was its value before Tollgate.' };
  return { key, change, note: null };
}

/** An address and a key of Tollgate from another time, for example out of a settings file that was rewound. */
function isLeftover(document: SettingsDocument, name: string): boolean {
  return (name === BASE_URL || name === AUTH_TOKEN) && pointsAtTollgate(document);
}

/** Without a record: address and key when both are Tollgate's, and with them the values that only matter behind it. */
function guessKeys(document: SettingsDocument): KeyRecord[] {
  if (!pointsAtTollgate(document)) return [];
  return managedNames.flatMap((name) => {
    const value = envText(document, name);
    const ours = name === BASE_URL || name === AUTH_TOKEN || isOptionalValue(name, value);
    return ours && value !== null ? [{ name, before: null, written: value }] : [];
  });
}

/** Gives an `env`, or a whole file, that our keys alone had filled its old form back; null: there was no file. */
function clearEmptied(text: string, record: TakeOverRecord | null): string | null {
  const document = parseSettings(text);
  if (!document.ok || envOf(document) === null || propertiesOf(envOf(document)).length > 0) return text;
  if (record?.env.existed === true)
    return record.env.emptyText === null ? text : replaceEnv(text, record.env.emptyText);
  const without = removeEnv(text);
  const rest = parseSettings(without);
  if (record === null || !rest.ok || propertiesOf(rest.root).length > 0) return without;
  if (!record.original.existed) return null;
  return record.original.emptyText ?? without;
}

function noteGuess(changes: readonly KeyChange[]): string[] {
  if (changes.length === 0) return [];
  const names = changes.map(({ name }) => name).join(', ');
  return [`There is no record of the settings before Tollgate, so only its own keys were removed: ${names}.`];
}
