// Decides how Claude Code's settings are pointed at Tollgate: the new text, what changes and why, and what must be
// remembered to give everything back. Pure; `take-over.ts` carries it out.
import { assertOnlyEnvKeysChanged, setEnvKey } from './edit-settings.ts';
import { AUTH_TOKEN, BASE_URL, holdsKey, isOptionalValue, pointsAtTollgate } from './env-keys.ts';
import type { WantedKey } from './env-keys.ts';
import { isSameAddress } from './loopback-address.ts';
import { maskSecret, maskWithin } from './mask-secrets.ts';
import { diffSettings } from './settings-diff.ts';
import {
  envOf,
  envText,
  lastProperty,
  parseSettings,
  propertiesOf,
  rawEnvValue,
  refuseRepeatedKeys,
} from './settings-text.ts';
import type { SettingsDocument, SettingsRefusal } from './settings-text.ts';
import type { KeyRecord, TakeOverRecord } from './take-over-record.ts';

export interface KeyChange {
  readonly name: string;
  readonly change: 'added' | 'replaced' | 'kept' | 'removed' | 'restored';
  /** One sentence. */
  readonly reason: string;
}

/** What a take-over of the text makes of the record; the I/O adds file facts (fingerprints, copy, time). */
export interface TakeOverPlan {
  readonly ok: true;
  readonly text: string;
  readonly changes: readonly KeyChange[];
  /** Unified, secrets masked; empty when the text stays as it is. */
  readonly diff: string;
  readonly notes: readonly string[];
  readonly keys: readonly KeyRecord[];
  readonly env: TakeOverRecord['env'];
  readonly emptyText: string | null;
  /** True when the text already carries values of Tollgate: then it is not an original, and no copy is kept of it. */
  readonly ours: boolean;
}

export interface TakeOverInput {
  readonly settingsPath: string;
  /** Text of the file, null when there is none. */
  readonly text: string | null;
  readonly wanted: readonly WantedKey[];
  /** What an earlier take-over of this file left, or null. */
  readonly record: TakeOverRecord | null;
}

/** Refuses a file that Claude Code would reject, or in which a key to be written stands twice. */
export function planTakeOver({
  settingsPath,
  text,
  wanted,
  record,
}: TakeOverInput): TakeOverPlan | SettingsRefusal {
  const document = parseSettings(text);
  if (!document.ok) return document;
  const names = wanted.map(({ name }) => name);
  const refusal = refuseRepeatedKeys(document, names);
  if (refusal !== null) return refusal;

  const decisions = wanted.map((want) => decideKey(document, want, record));
  let next = text;
  for (const { want, write } of decisions) {
    if (write) next = setEnvKey(next, want.name, JSON.stringify(want.value));
  }
  assertOnlyEnvKeysChanged(text, next, names);
  const ours = pointsAtTollgate(document) || record?.keys.some((key) => holdsKey(document, key)) === true;
  const tookFromTollgate = ours && record === null;
  return {
    ok: true,
    text: next ?? '',
    changes: decisions.flatMap(({ change }) => change ?? []),
    diff: diffSettings(settingsPath, text, next),
    notes: [
      ...decisions.flatMap(({ note }) => note ?? []),
      ...noteOtherCredentials(document),
      ...noteLost(tookFromTollgate),
    ],
    keys: [
      ...decisions.flatMap(({ record: key }) => key ?? []),
      // Keys that another version of Tollgate wrote are still ours to give back.
      ...(record?.keys ?? []).filter((key) => !names.includes(key.name)),
    ],
    env: ours ? (record?.env ?? { existed: false, emptyText: null }) : describeEnv(document),
    emptyText: ours ? (record?.original.emptyText ?? null) : describeEmpty(document),
    ours,
  };
}

interface KeyDecision {
  readonly want: WantedKey;
  readonly write: boolean;
  readonly change: KeyChange | null;
  readonly note: string | null;
  /** Null when the key stays the user's. */
  readonly record: KeyRecord | null;
}

function decideKey(document: SettingsDocument, want: WantedKey, record: TakeOverRecord | null): KeyDecision {
  const { name, value } = want;
  const raw = rawEnvValue(document, name);
  const text = envText(document, name);
  const earlier = record?.keys.find((key) => key.name === name);
  const write = text !== value;
  const change = (kind: KeyChange['change']): KeyChange | null =>
    write ? { name, change: kind, reason: want.reason } : null;

  if (raw === null) {
    return {
      want,
      write,
      change: change('added'),
      note: null,
      record: { name, before: null, written: value },
    };
  }
  if (earlier !== undefined && holdsKey(document, earlier)) {
    return { want, write, change: change('replaced'), note: null, record: { ...earlier, written: value } };
  }
  if (isLeftover(document, want, record)) {
    const before = earlier?.before ?? null;
    return { want, write, change: change('replaced'), note: null, record: { name, before, written: value } };
  }
  if (want.yields) {
    const note = `${name} has a value of your own, which stays as it is.`;
    return { want, write: false, change: { name, change: 'kept', reason: note }, note, record: null };
  }
  const shown = text === null ? 'a value' : name === AUTH_TOKEN ? maskSecret(text) : maskWithin(text);
  const note = `${name} was set to ${shown}; that comes back when you disconnect.`;
  return { want, write, change: change('replaced'), note, record: { name, before: raw, written: value } };
}

/** A value of Tollgate that this record does not know of: it must never be kept as if it were the user's. */
function isLeftover(document: SettingsDocument, want: WantedKey, record: TakeOverRecord | null): boolean {
  const text = envText(document, want.name) ?? '';
  if (want.yields) return record === null && pointsAtTollgate(document) && isOptionalValue(want.name, text);
  if (pointsAtTollgate(document)) return true;
  return want.name === BASE_URL ? isSameAddress(text, want.value) : text === want.value;
}

function describeEnv(document: SettingsDocument): TakeOverRecord['env'] {
  const env = envOf(document);
  if (env === null) return { existed: false, emptyText: null };
  const empty = propertiesOf(env).length === 0;
  return {
    existed: true,
    emptyText: empty ? document.body.slice(env.offset, env.offset + env.length) : null,
  };
}

function describeEmpty(document: SettingsDocument): string | null {
  return propertiesOf(document.root).length === 0 ? document.mark + document.body : null;
}

/** Other credentials are the user's affair; that Claude Code sends them too is worth a word. */
function noteOtherCredentials(document: SettingsDocument): string[] {
  const notes: string[] = [];
  if (rawEnvValue(document, 'ANTHROPIC_API_KEY') !== null) {
    notes.push(
      'ANTHROPIC_API_KEY is set as well and stays; Claude Code sends both, and Tollgate accepts either.',
    );
  }
  if (lastProperty(document.root, 'apiKeyHelper') !== undefined) {
    notes.push(
      'apiKeyHelper is set as well and stays; Claude Code sends its key too, and Tollgate accepts either.',
    );
  }
  return notes;
}

function noteLost(lost: boolean): string[] {
  if (!lost) return [];
  return [
    'The settings already pointed at a Tollgate, and no record says what they were before; disconnecting will remove its keys.',
  ];
}
