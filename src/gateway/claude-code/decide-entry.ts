// Decides one entry of a settings file, on the way there and on the way back: three-way between what it was before us,
// what we wrote, and what it is now. Pure.
import { isDeepStrictEqual } from 'node:util';
import type { TakeOverKey } from '../../contract/connect.ts';
import { AUTH_TOKEN, BASE_URL, CUSTOM_HEADERS, NO_PROXY_NAMES, optionalKeys } from './env-keys.ts';
import { nameGateway } from './known-gateways.ts';
import { isLoopbackAddress, isSameAddress } from './loopback-address.ts';
import { maskValue } from './mask-secrets.ts';
import { headerRule, hostRule } from './merged-values.ts';
import type { MergeRule } from './merged-values.ts';
import { entryText, entryValue, isSameEntry, labelOf, nameOf, rawEntry } from './settings-entries.ts';
import type { Address } from './settings-entries.ts';
import type { SettingsDocument } from './settings-text.ts';
import type { Surface } from './surface.ts';
import type { EntryRecord } from './take-over-record.ts';
import { isOwnServer } from './own-server.ts';
import { isStatusLineCommand } from './tollgate-command.ts';
import { MCP_SERVER, SESSION_HOOK, STATUS_LINE } from './wanted-entries.ts';
import type { WantedEntry } from './wanted-entries.ts';

export interface EntryDecision {
  readonly address: Address;
  /** What is done to the text; null leaves it. */
  readonly edit: { readonly value: unknown } | { readonly raw: string } | 'remove' | null;
  readonly change: Omit<TakeOverKey, 'surface'> | null;
  /** A sentence beyond the change itself. */
  readonly note: string | null;
  /** What must be remembered from then on; null when the entry is the user's. */
  readonly record: EntryRecord | null;
}

export interface EntryScene {
  readonly surface: Surface;
  readonly document: SettingsDocument;
  /** True when the document is routed to a Tollgate, this or another. */
  readonly isRouted: boolean;
}

/** True while the entry has the value we wrote; another spelling of the same address is the same value. */
export function holdsEntry(document: SettingsDocument, { address, written }: EntryRecord): boolean {
  const value = entryValue(document, address);
  if (value === undefined) return false;
  const ours: unknown = JSON.parse(written);
  if (isDeepStrictEqual(value, ours)) return true;
  return (
    nameOf(address) === BASE_URL &&
    typeof value === 'string' &&
    typeof ours === 'string' &&
    isSameAddress(value, ours)
  );
}

/** An entry that Tollgate wants, given what an earlier take-over left. */
export function decideWanted(
  scene: EntryScene,
  want: WantedEntry,
  earlier: EntryRecord | undefined,
): EntryDecision {
  if (want.rule !== null) return decideMerged(scene, want, want.rule, earlier);
  const { document } = scene;
  const { address, value, reason } = want;
  const name = nameOf(address);
  const raw = rawEntry(document, address);
  const now = entryValue(document, address);
  const isSet = isDeepStrictEqual(now, value);
  const kind = isSet ? 'unchanged' : raw === null ? 'added' : 'replaced';
  const decide = (before: string | null, note: string | null = null): EntryDecision => ({
    address,
    edit: isSet ? null : { value },
    change: describe(address, kind, value, reason),
    note,
    record: { address, before, written: JSON.stringify(value) },
  });
  if (raw === null) return decide(null);
  if (earlier !== undefined && holdsEntry(document, earlier)) return decide(earlier.before);
  const isOurAddress = name === BASE_URL && isSameAddress(String(now), String(value));
  if (isOurAddress || isLeftover(scene, address)) return decide(earlier?.before ?? null);
  if (isSet) return { ...decide(raw), record: null };
  if (want.yields) {
    const note = `${name} has a value of your own, which stays as it is.`;
    return { address, edit: null, change: describe(address, 'kept', now, note), note, record: null };
  }
  return decide(raw, noteReplaced(scene, address, now));
}

function noteReplaced({ surface, document }: EntryScene, address: Address, now: unknown): string {
  const name = nameOf(address);
  const back = 'that comes back when you disconnect';
  if (typeof now !== 'string') return `${name} had a value of your own; ${back}.`;
  const shown = now === '' ? 'nothing' : maskValue(name, now);
  const owner =
    name === BASE_URL ? nameGateway(now, entryText(document, surface.variable(AUTH_TOKEN))) : null;
  if (owner === null) return `${name} was set to ${shown}; ${back}.`;
  return `${name} was set to ${shown}, which is where ${owner} answers; Tollgate takes its place and sends nothing through it; ${back}.`;
}

/** An entry in which the user's part and ours stand side by side. */
function decideMerged(
  { document }: EntryScene,
  want: WantedEntry,
  rule: MergeRule,
  earlier: EntryRecord | undefined,
): EntryDecision {
  const { address } = want;
  const raw = rawEntry(document, address);
  const text = entryText(document, address);
  const theirs =
    text === null ? null : rule.strip(text, earlier === undefined ? text : parseText(earlier.before));
  const value = rule.compose(theirs ?? (typeof want.value === 'string' ? want.value : null));
  const isSet = value === text;
  const isHeld = earlier !== undefined && holdsEntry(document, earlier);
  const before = isHeld
    ? earlier.before
    : theirs === text
      ? raw
      : theirs === null
        ? null
        : JSON.stringify(theirs);
  return {
    address,
    edit: isSet ? null : { value },
    change: describe(address, isSet ? 'unchanged' : raw === null ? 'added' : 'replaced', value, want.reason),
    note: null,
    record: isSet && theirs === text ? null : { address, before, written: JSON.stringify(value) },
  };
}

/** An entry on record that goes back to what it was. */
export function decideGiveBack(scene: EntryScene, key: EntryRecord): EntryDecision {
  const { document } = scene;
  const { address, before } = key;
  const label = nameOf(address);
  const leave = (note: string | null): EntryDecision => ({
    address,
    edit: null,
    change: null,
    note,
    record: null,
  });
  if (rawEntry(document, address) === null)
    return leave(before === null ? null : `${label} was removed from the settings since, and stays removed.`);
  if (holdsEntry(document, key) || isLeftover(scene, address)) {
    const edit = before === null ? 'remove' : { raw: before };
    return { address, edit, change: describeReturn(address, before), note: null, record: null };
  }
  const rule = ruleOf(address);
  const text = entryText(document, address);
  const rest = rule === null || text === null ? text : rule.strip(text, parseText(before));
  if (rest === text) return leave(`${label} was changed since you connected; the new value stays.`);
  return {
    address,
    edit: rest === null ? 'remove' : { value: rest },
    change:
      rest === null
        ? describeReturn(address, null)
        : describe(
            address,
            'restored',
            rest,
            "Tollgate's own part is taken out; the rest is as you have it now.",
          ),
    note: null,
    record: null,
  };
}

/** What is plainly Tollgate's in a document of which no record is left. */
export function guessEntries(scene: EntryScene): EntryRecord[] {
  const { surface, document, isRouted } = scene;
  const found = (address: Address, written: unknown): EntryRecord[] => {
    const raw = rawEntry(document, address);
    return raw === null ? [] : [{ address, before: null, written: JSON.stringify(written) }];
  };
  const same = (name: string, wanted: (value: string) => boolean): EntryRecord[] => {
    const value = entryText(document, surface.variable(name));
    return value !== null && wanted(value) ? found(surface.variable(name), value) : [];
  };
  const variables = !isRouted
    ? []
    : [
        ...same(BASE_URL, isLoopbackAddress),
        ...same(AUTH_TOKEN, (value) => value.startsWith('tg-')),
        ...same(CUSTOM_HEADERS, (value) => headerRule('').strip(value, null) !== value),
        ...optionalKeys.flatMap(({ name, value }) => same(name, (present) => present === value)),
        ...NO_PROXY_NAMES.flatMap((name) => same(name, (value) => value === hostRule.compose(null))),
      ];
  return [...variables.map((key) => asWhole(document, key)), ...guessPrograms(scene)];
}

/** Of header lines only ours is ours: what is on record as written must not take the user's lines with it. */
function asWhole(document: SettingsDocument, key: EntryRecord): EntryRecord {
  if (nameOf(key.address) !== CUSTOM_HEADERS) return key;
  const rest = headerRule('').strip(entryText(document, key.address) ?? '', null);
  return rest === null ? key : { ...key, before: JSON.stringify(rest) };
}

function guessPrograms({ surface, document }: EntryScene): EntryRecord[] {
  const addresses = { settings: [STATUS_LINE, SESSION_HOOK], mcp: [MCP_SERVER], vscode: [] };
  return addresses[surface.kind]
    .filter((address) => isOwnProgram(document, address))
    .map((address) => ({ address, before: null, written: JSON.stringify(entryValue(document, address)) }));
}

/** A value of Tollgate from another time or place: it must never be kept as if it were the user's. */
function isLeftover({ document, isRouted }: EntryScene, address: Address): boolean {
  if (isOwnProgram(document, address)) return true;
  const name = nameOf(address);
  if (name === AUTH_TOKEN) return entryText(document, address)?.startsWith('tg-') === true;
  return name === BASE_URL && isRouted;
}

function isOwnProgram(document: SettingsDocument, address: Address): boolean {
  const value = entryValue(document, address);
  if (address.kind === 'hook') return value !== undefined;
  if (isSameEntry(address, MCP_SERVER)) return isOwnServer(value);
  if (!isSameEntry(address, STATUS_LINE)) return false;
  const command = (value as { command?: unknown } | undefined)?.command;
  return typeof command === 'string' && isStatusLineCommand(command);
}

function ruleOf(address: Address): MergeRule | null {
  const name = nameOf(address);
  if (name === CUSTOM_HEADERS) return headerRule('');
  return (NO_PROXY_NAMES as readonly string[]).includes(name) ? hostRule : null;
}

function describe(
  address: Address,
  change: TakeOverKey['change'],
  value: unknown,
  reason: string,
): Omit<TakeOverKey, 'surface'> {
  return { name: labelOf(address), change, value: maskValue(nameOf(address), value), reason };
}

function describeReturn(address: Address, before: string | null): Omit<TakeOverKey, 'surface'> {
  if (before === null)
    return { name: labelOf(address), change: 'removed', value: null, reason: 'Tollgate had added it.' };
  return describe(address, 'restored', JSON.parse(before), 'This was its value before Tollgate.');
}

function parseText(raw: string | null): string | null {
  const value: unknown = raw === null ? null : JSON.parse(raw);
  return typeof value === 'string' ? value : null;
}
