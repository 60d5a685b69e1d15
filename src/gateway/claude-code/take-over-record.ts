// The record of what Tollgate changed in a settings file: all that giving it back needs. It is written before the
// settings file is, as an intent, so that an attempt cut short at any step can be told apart later. Pure.
import { z } from 'zod';
import { ConnectChoices } from '../../contract/connect.ts';
import { Address, isSameEntry } from './settings-entries.ts';

/** A file's content as the record knows it: SHA-256 in hex, or `absent`. */
const Fingerprint = z.string().regex(/^([0-9a-f]{64}|absent)$/);

const EntryRecord = z.strictObject({
  address: Address,
  /** JSON text of the value before us, exactly as it stood; null when the entry was absent. */
  before: z.string().nullable(),
  /** JSON text of the value we wrote. */
  written: z.string(),
});
export type EntryRecord = z.infer<typeof EntryRecord>;

/** An object or list that entries of ours lie in, as it was before us. */
const ContainerRecord = z.strictObject({
  path: z.array(z.string()).min(1),
  existed: z.boolean(),
  /** Its JSON text when it was there and empty. */
  emptyText: z.string().nullable(),
});
export type ContainerRecord = z.infer<typeof ContainerRecord>;

/** The file as it was before Tollgate. */
const Original = z.strictObject({
  existed: z.boolean(),
  /** True while nobody else wrote between the original and what we wrote: then its very bytes can come back. */
  exact: z.boolean(),
  fingerprint: Fingerprint,
  /** Name of the byte copy in the backup folder; null when there was no file. */
  backup: z.string().nullable(),
  /** The whole text when it held no setting at all (blank, `{}`). */
  emptyText: z.string().nullable(),
});

export const TakeOverRecord = z.strictObject({
  original: Original,
  containers: z.array(ContainerRecord),
  /** True when Tollgate made the config folder. */
  folderCreated: z.boolean(),
  keys: z.array(EntryRecord),
  /** What the user chose, and what else was changed with the settings; null in the record of another file. */
  connect: z
    .strictObject({
      choices: ConnectChoices,
      /** Paths of the editors' settings. */
      editors: z.array(z.string()),
      /** Claude Code's state file, when the MCP endpoint was registered. */
      statePath: z.string().nullable(),
    })
    .nullable(),
  /** The file as we left it. */
  written: Fingerprint,
  /** Milliseconds since the epoch. */
  at: z.number().int(),
});
export type TakeOverRecord = z.infer<typeof TakeOverRecord>;

/** A change that was begun; it is cleared when the change is done. */
export const PendingChange = z.strictObject({
  /** The record that holds when the change was made; null after a give-back. */
  next: TakeOverRecord.nullable(),
  /** The settings file before and after the change. */
  from: Fingerprint,
  to: Fingerprint,
  /** Path of the temporary file, which a crash may leave behind. */
  temporary: z.string(),
});
export type PendingChange = z.infer<typeof PendingChange>;

export const RecordFile = z.strictObject({
  version: z.literal(2),
  settingsPath: z.string(),
  /** The last finished take-over; null when there is none. */
  settled: TakeOverRecord.nullable(),
  pending: PendingChange.nullable(),
});
export type RecordFile = z.infer<typeof RecordFile>;

/**
 * Which record holds, when the last change may have been cut short. `holds` says whether the settings file has a
 * record's value of a key now. The file's fingerprint decides; when somebody wrote since, the values do.
 */
export function resolveRecord(
  file: RecordFile | null,
  fingerprint: string,
  holds: (key: EntryRecord) => boolean,
): TakeOverRecord | null {
  if (file === null) return null;
  const { settled, pending } = file;
  if (pending === null || fingerprint === pending.from) return settled;
  if (fingerprint === pending.to) return pending.next;
  if (pending.next === null) return settled?.keys.some(holds) === true ? settled : null;
  return changedKeys(settled, pending.next).some(holds) ? pending.next : settled;
}

/** Only keys that a change gives another value can tell whether it was made. */
function changedKeys(settled: TakeOverRecord | null, next: TakeOverRecord): EntryRecord[] {
  return next.keys.filter((key) => {
    const earlier = settled?.keys.find(({ address }) => isSameEntry(address, key.address));
    return earlier === undefined || earlier.written !== key.written || earlier.before !== key.before;
  });
}
