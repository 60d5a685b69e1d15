// A small file beside the settings that knows the way back when Tollgate's data folder is lost (a reinstall, a wiped
// disk). It holds the record of the change, sealed with the local key that stands in the settings themselves: whoever
// has both files can give the settings back, and the note alone tells no secret.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { labelOf } from './settings-entries.ts';
import { TakeOverRecord } from './take-over-record.ts';

const NOTE_NAME = 'tollgate-return.json';

const ReturnNote = z.object({
  tollgate: z.literal('return note'),
  version: z.literal(1),
  sealed: z.array(z.string()),
});

/** Where the note of a settings file is. */
export function returnNotePath(settingsPath: string): string {
  return join(dirname(settingsPath), NOTE_NAME);
}

/** `keys`: local keys that may stand in the settings; any of them opens the note. */
export function sealNote(record: TakeOverRecord, settingsPath: string, keys: readonly string[]): Buffer {
  const content = Buffer.from(JSON.stringify(record));
  const note = {
    tollgate: 'return note',
    version: 1,
    about:
      'Tollgate has set the entries below in the settings file beside this one. "tollgate disconnect" gives them back as they were, also after a reinstall. Without Tollgate: remove them by hand, then this file.',
    settings: settingsPath,
    entries: record.keys.map(({ address }) => labelOf(address)),
    sealed: [...new Set(keys)].map((key) => seal(content, key)),
  };
  return Buffer.from(`${JSON.stringify(note, null, 2)}\n`);
}

/** Null when this is no note, or no key opens it. */
export function openNote(bytes: Buffer, key: string | null): TakeOverRecord | null {
  const note = ReturnNote.safeParse(parseJson(bytes.toString('utf8')));
  if (!note.success || key === null) return null;
  for (const sealed of note.data.sealed) {
    const content = unseal(sealed, key);
    const record = content === null ? null : TakeOverRecord.safeParse(parseJson(content.toString('utf8')));
    if (record?.success === true) return record.data;
  }
  return null;
}

export function isReturnNote(bytes: Buffer): boolean {
  return ReturnNote.safeParse(parseJson(bytes.toString('utf8'))).success;
}

const NONCE = 12;
const TAG = 16;

/** AES-256-GCM; the nonce is made of the content, so that no two contents share one and no randomness is needed. */
function seal(content: Buffer, key: string): string {
  const secret = stretch(key);
  const nonce = createHmac('sha256', secret).update(content).digest().subarray(0, NONCE);
  const cipher = createCipheriv('aes-256-gcm', secret, nonce);
  const hidden = Buffer.concat([cipher.update(content), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), hidden]).toString('base64');
}

function unseal(sealed: string, key: string): Buffer | null {
  const bytes = Buffer.from(sealed, 'base64');
  try {
    const decipher = createDecipheriv('aes-256-gcm', stretch(key), bytes.subarray(0, NONCE));
    decipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE + TAG)), decipher.final()]);
  } catch {
    return null;
  }
}

/** A local key is random and long; it needs no slow derivation. */
function stretch(key: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key, '', 'tollgate return note', 32));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
