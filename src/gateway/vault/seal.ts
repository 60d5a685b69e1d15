// Seals a secret with AES-256-GCM under its id, so that a changed byte, another key or another id is noticed.
import { createCipheriv, createDecipheriv } from 'node:crypto';

export const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const boundTo = (id: string): Buffer => Buffer.from(`tollgate vault 1 ${id}`);

/** Nonce, ciphertext and tag as one base64 text. `key` has 32 bytes. */
export function sealSecret(
  key: Buffer,
  id: string,
  secret: string,
  randomBytes: (length: number) => Buffer,
): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(boundTo(id));
  const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString('base64');
}

/** Null when it was not sealed with this key for this id, or was changed since. */
export function openSealed(key: Buffer, id: string, text: string): string | null {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < NONCE_BYTES + TAG_BYTES) return null;
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, NONCE_BYTES))
      .setAAD(boundTo(id))
      .setAuthTag(bytes.subarray(-TAG_BYTES));
    const opened = decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES));
    return Buffer.concat([opened, decipher.final()]).toString('utf8');
  } catch {
    return null;
  }
}
