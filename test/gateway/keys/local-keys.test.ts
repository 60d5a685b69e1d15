// Local keys: readable only where a program needs them again, private on disk, gone at once when revoked.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LocalKeys } from '../../../src/gateway/keys/local-keys.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-keys-'));
  path = join(folder, 'vault', 'local-keys.json');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const open = (): LocalKeys => new LocalKeys(path, { randomBytes, now: () => 1 });

describe('local keys', () => {
  it('stay the same over restarts', () => {
    const first = open();
    const second = open();
    expect(second.firstClientKey()).toBe(first.firstClientKey());
    expect(second.controlKey).toBe(first.controlKey);
    expect(second.identify(first.firstClientKey())?.id).toBe('claude-code');
  });

  it('are private on disk, and an added key is stored as a digest only', () => {
    const keys = open();
    const { key, client } = keys.add('CI Script');
    const text = readFileSync(path, 'utf8');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(text).not.toContain(key);
    expect(open().identify(key)).toEqual(client);
    expect(client).toMatchObject({ id: 'ci-script', keyEnd: key.slice(-4) });
  });

  it('do not open each other’s locks', () => {
    const keys = open();
    expect(keys.identify(keys.controlKey)).toBe(null);
    expect(keys.isControlKey(keys.firstClientKey())).toBe(false);
    expect(keys.isControlKey(keys.controlKey)).toBe(true);
    for (const wrong of ['', 'tg-', keys.controlKey.slice(0, -1)]) {
      expect([keys.identify(wrong), keys.isControlKey(wrong)]).toEqual([null, false]);
    }
  });

  it('stop working when revoked; Claude Code then gets a new one', () => {
    const keys = open();
    const old = keys.firstClientKey();
    keys.revoke('claude-code');
    expect(keys.identify(old)).toBe(null);
    const fresh = keys.firstClientKey();
    expect(fresh).not.toBe(old);
    expect(keys.identify(fresh)?.id).toBe('claude-code');
    expect(() => keys.revoke('nobody')).toThrow(/There is no client "nobody"/);
  });

  it('give clients of one name different ids', () => {
    const keys = open();
    expect(['a b', 'A-B', '…'].map((name) => keys.add(name).client.id)).toEqual(['a-b', 'a-b-2', 'client']);
  });

  it('say what to do about a damaged file and leave it', () => {
    open();
    writeFileSync(path, '{');
    expect(open).toThrow(/is damaged/);
    expect(readFileSync(path, 'utf8')).toBe('{');
  });
});
