// Reads the records that the first Tollgate wrote, which knew of variables in Claude Code's settings only, as records of
// today, so that an update never loses the way back. Pure.
import { z } from 'zod';
import { property } from './settings-entries.ts';
import { ENV } from './surface.ts';
import { RecordFile } from './take-over-record.ts';

const OldRecord = z.object({
  original: z.unknown(),
  env: z.object({ existed: z.boolean(), emptyText: z.string().nullable() }),
  folderCreated: z.boolean(),
  keys: z.array(z.object({ name: z.string(), before: z.string().nullable(), written: z.string() })),
  written: z.string(),
  at: z.number(),
});

const OldRecordFile = z.object({
  version: z.literal(1),
  settingsPath: z.string(),
  settled: OldRecord.nullable(),
  pending: z
    .object({ next: OldRecord.nullable(), from: z.string(), to: z.string(), temporary: z.string() })
    .nullable(),
});

/** The record in either form; null when it is neither. */
export function readRecordFile(value: unknown): RecordFile | null {
  const current = RecordFile.safeParse(value);
  if (current.success) return current.data;
  const old = OldRecordFile.safeParse(value);
  if (!old.success) return null;
  const { settingsPath, settled, pending } = old.data;
  const renewed = RecordFile.safeParse({
    version: 2,
    settingsPath,
    settled: renew(settled),
    pending: pending === null ? null : { ...pending, next: renew(pending.next) },
  });
  return renewed.success ? renewed.data : null;
}

function renew(record: z.infer<typeof OldRecord> | null): unknown {
  if (record === null) return null;
  const { env, keys, ...rest } = record;
  return {
    ...rest,
    containers: [{ path: [ENV], ...env }],
    keys: keys.map(({ name, before, written }) => ({
      address: property(ENV, name),
      before,
      written: JSON.stringify(written),
    })),
    connect: null,
  };
}
