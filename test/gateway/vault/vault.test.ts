// The vault with every kind of keychain: what it promises about secrets (kept, found at once, never in the clear, never
// given up for another), about keychains that are missing, slow, locked or lie, and about files that others touched.
import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { Keychain } from '../../../src/gateway/vault/keychain.ts';
import { VaultFiles } from '../../../src/gateway/vault/vault-files.ts';
import { Vault } from '../../../src/gateway/vault/vault.ts';
import { createTemporaryFolder, type TemporaryFolder } from '../../support/temporary-folder.ts';
import { MemoryKeychain } from './memory-keychain.ts';

const secret = 'sk-ant-api03-very-secret-0123456789-wxyz';
const other = 'sk-other-0123456789abcdef-qrst';

let folder: TemporaryFolder;
let now: number;
let logged: string[];
beforeEach(async () => {
  folder = await createTemporaryFolder('tollgate-vault');
  now = 1_800_000_000_000;
  logged = [];
});
afterEach(async () => {
  vi.useRealTimers();
  await folder.remove();
});

const place = (name: string): string => join(folder.path, 'vault', name);

function openVault(keychain: Keychain | null): Vault {
  const log = (fields: unknown, event: string): void => void logged.push(JSON.stringify([event, fields]));
  return new Vault({
    files: new VaultFiles(join(folder.path, 'vault'), () => randomBytes(6).toString('hex')),
    keychain,
    keychainLimitMs: 50,
    now: () => now,
    randomBytes,
    log: { info: log, warn: log, error: log },
  });
}

/** Looks until the keychain has answered. */
async function look(vault: Vault, id: string): Promise<ReturnType<Vault['look']>> {
  vault.look(id);
  await vault.settled();
  return vault.look(id);
}

async function filesInFolder(): Promise<string> {
  const entries = await readdir(folder.path, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const texts = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name), 'latin1')));
  return texts.join('\n');
}

describe('with a keychain that works', () => {
  test('a secret is found at once, survives a restart, and is in no file in the clear', async () => {
    const keychain = new MemoryKeychain();
    const vault = openVault(keychain);
    await vault.set('anthropic', secret);
    expect(vault.look('anthropic')).toEqual({ kind: 'ready', secret });
    expect(vault.warnings()).toEqual([]);
    const again = openVault(keychain);
    expect(again.look('anthropic')).toEqual({ kind: 'waiting' });
    await again.settled();
    expect(again.look('anthropic')).toEqual({ kind: 'ready', secret });
    const files = await filesInFolder();
    const key = [...keychain.entries.values()][0] ?? '';
    for (const hidden of [secret, Buffer.from(secret).toString('base64'), key])
      expect(files).not.toContain(hidden);
    expect(await readdir(join(folder.path, 'vault'))).toEqual(['secrets.json']);
  });

  test('nothing is asked of it before a secret is stored or needed, and a probe leaves nothing behind', async () => {
    const keychain = new MemoryKeychain();
    const vault = openVault(keychain);
    vault.list(() => []);
    vault.look('anthropic');
    vault.warnings();
    expect(keychain.calls).toEqual([]);
    await vault.set('anthropic', secret);
    expect([...keychain.entries.keys()]).toEqual([expect.stringMatching(/^vault-/)]);
    expect(keychain.calls.map(({ operation }) => operation)).toEqual([
      'write',
      'read',
      'remove',
      'write',
      'read',
    ]);
  });

  test('any number of secrets needs one entry, so at most one question is asked (trap 75)', async () => {
    const keychain = new MemoryKeychain();
    const vault = openVault(keychain);
    for (const id of ['one', 'two', 'three']) await vault.set(id, `${secret}-${id}`);
    expect(keychain.entries.size).toBe(1);
    const again = openVault(keychain);
    keychain.calls.length = 0;
    for (const id of ['one', 'two', 'three']) await look(again, id);
    expect(keychain.calls).toHaveLength(1);
    expect(again.look('three')).toEqual({ kind: 'ready', secret: `${secret}-three` });
  });

  test('two data folders never share an entry', async () => {
    const keychain = new MemoryKeychain();
    await openVault(keychain).set('anthropic', secret);
    await rm(place('secrets.json'));
    await openVault(keychain).set('anthropic', other);
    expect(keychain.entries.size).toBe(2);
  });

  test('removing the last secret removes the entry of the keychain too', async () => {
    const keychain = new MemoryKeychain();
    const vault = openVault(keychain);
    await vault.set('one', secret);
    await vault.set('two', other);
    await vault.remove('one');
    expect([keychain.entries.size, vault.look('one').kind]).toEqual([1, 'unusable']);
    await vault.remove('two');
    expect(keychain.entries.size).toBe(0);
    await expect(vault.remove('two')).rejects.toMatchObject({ code: 'UNKNOWN_NAME' });
  });

  test('secrets stored at the same time are all kept', async () => {
    const vault = openVault(new MemoryKeychain());
    const ids = Array.from({ length: 40 }, (_, index) => `id-${index}`);
    await Promise.all(ids.map((id) => vault.set(id, `${secret}-${id}`)));
    for (const id of ids) expect(vault.look(id)).toEqual({ kind: 'ready', secret: `${secret}-${id}` });
  });

  test('what was stored last counts', async () => {
    const vault = openVault(new MemoryKeychain());
    await vault.set('anthropic', secret);
    await vault.set('anthropic', other);
    expect(vault.look('anthropic')).toEqual({ kind: 'ready', secret: other });
    expect(vault.list(() => ['p'])).toMatchObject([
      { id: 'anthropic', end: 'qrst', backend: 'keychain', usedBy: ['p'] },
    ]);
  });
});

describe('without a keychain that works', () => {
  const broken: [string, Keychain | null | (() => MemoryKeychain)][] = [
    ['none is lent', null],
    ['none is there', () => faulty(() => 'absent')],
    ['it is locked', () => faulty(() => 'refused')],
    ['it never answers', () => faulty(() => 'hang')],
    ['it forgets what is written', () => faulty(({ operation }) => (operation === 'read' ? 'lie' : null))],
    ['it cannot remove', () => faulty(({ operation }) => (operation === 'remove' ? 'lie' : null))],
    ['it locks in the middle', () => faulty((_call, number) => (number >= 4 ? 'refused' : null))],
  ];

  function faulty(fault: MemoryKeychain['fault']): MemoryKeychain {
    const keychain = new MemoryKeychain();
    keychain.fault = fault;
    return keychain;
  }

  test.each(broken)(
    'a secret goes into private files, with a warning that says so: %s',
    async (_name, made) => {
      const keychain = typeof made === 'function' ? made() : made;
      const vault = openVault(keychain);
      await vault.set('anthropic', secret);
      expect(vault.look('anthropic')).toEqual({ kind: 'ready', secret });
      expect(vault.warnings().join()).toMatch(/encrypted file, not in the system keychain.*"anthropic"/);
      const again = openVault(keychain);
      expect(again.look('anthropic')).toEqual({ kind: 'ready', secret });
      expect(await filesInFolder()).not.toContain(secret);
      for (const name of ['secrets.json', 'secrets.key']) {
        expect((await stat(place(name))).mode & 0o777).toBe(0o600);
      }
      expect(logged.join()).not.toContain(secret);
    },
  );

  test('the next secret stored with a working keychain takes the others along, and the key file is gone', async () => {
    await openVault(null).set('one', secret);
    const keychain = new MemoryKeychain();
    const vault = openVault(keychain);
    await vault.set('two', other);
    expect(vault.warnings()).toEqual([]);
    expect(await readdir(join(folder.path, 'vault'))).toEqual(['secrets.json']);
    const again = openVault(keychain);
    expect(await look(again, 'one')).toEqual({ kind: 'ready', secret });
    expect(await look(again, 'two')).toEqual({ kind: 'ready', secret: other });
  });
});

describe('a keychain that fails later', () => {
  test('stops no request: what was fetched stays in memory', async () => {
    const keychain = new MemoryKeychain();
    const vault = openVault(keychain);
    await vault.set('anthropic', secret);
    keychain.fault = () => 'refused';
    expect(vault.look('anthropic')).toEqual({ kind: 'ready', secret });
    await vault.set('two', other);
    expect(vault.list(() => [])).toMatchObject([{ backend: 'keychain' }, { backend: 'keychain' }]);
  });

  test('is named with what to do, and asked again ever more rarely, until it opens', async () => {
    const keychain = new MemoryKeychain();
    await openVault(keychain).set('anthropic', secret);
    keychain.fault = () => 'refused';
    keychain.calls.length = 0;
    const vault = openVault(keychain);
    expect(await look(vault, 'anthropic')).toMatchObject({
      kind: 'unusable',
      why: expect.stringContaining('locked') as string,
      mend: expect.stringContaining('Unlock it') as string,
    });
    for (let second = 0; second < 600; second++) {
      now += 1000;
      await look(vault, 'anthropic');
    }
    expect(keychain.calls.length).toBeLessThan(10);
    keychain.fault = () => null;
    now += 1_800_000;
    expect(await look(vault, 'anthropic')).toEqual({ kind: 'ready', secret });
  });

  test('is asked again at once when the user looks at the vault', async () => {
    const keychain = new MemoryKeychain();
    await openVault(keychain).set('anthropic', secret);
    keychain.fault = () => 'refused';
    const vault = openVault(keychain);
    await look(vault, 'anthropic');
    keychain.fault = () => null;
    vault.retry();
    expect(await look(vault, 'anthropic')).toEqual({ kind: 'ready', secret });
  });

  test('never makes a new secret go into a file while it protects others', async () => {
    const keychain = new MemoryKeychain();
    await openVault(keychain).set('anthropic', secret);
    const before = await readFile(place('secrets.json'), 'utf8');
    for (const fault of ['refused', 'absent', 'hang'] as const) {
      keychain.fault = () => fault;
      await expect(openVault(keychain).set('two', other)).rejects.toMatchObject({
        code: 'CONFLICT',
        message: expect.stringContaining('Nothing was stored') as string,
      });
    }
    expect(await readFile(place('secrets.json'), 'utf8')).toBe(before);
    expect(await readdir(join(folder.path, 'vault'))).toEqual(['secrets.json']);
  });

  test('that answers after its time is up is believed all the same, and told of', async () => {
    const keychain = new MemoryKeychain();
    await openVault(keychain).set('anthropic', secret);
    keychain.fault = () => 'hang';
    const vault = openVault(keychain);
    let told = 0;
    vault.onChange(() => told++);
    expect(await look(vault, 'anthropic')).toMatchObject({ kind: 'unusable' });
    const before = told;
    keychain.release();
    await vi.waitFor(() => expect(told).toBe(before + 1));
    expect(vault.look('anthropic')).toEqual({ kind: 'ready', secret });
  });

  test('and hangs holds one call, however often it is asked', async () => {
    const keychain = new MemoryKeychain();
    await openVault(keychain).set('anthropic', secret);
    keychain.fault = () => 'hang';
    keychain.calls.length = 0;
    const vault = openVault(keychain);
    for (let round = 0; round < 5; round++) {
      await look(vault, 'anthropic');
      vault.retry();
    }
    expect(keychain.calls).toHaveLength(1);
  });

  test('whose entry is gone loses its secrets only: they can be stored again, and come back with the entry', async () => {
    const keychain = new MemoryKeychain();
    await openVault(keychain).set('old', secret);
    const entries = [...keychain.entries];
    keychain.entries.clear();
    const vault = openVault(keychain);
    expect(await look(vault, 'old')).toMatchObject({
      kind: 'unusable',
      mend: expect.stringContaining('again') as string,
    });
    await vault.set('new', other);
    for (const [account, text] of entries) keychain.entries.set(account, text);
    const again = openVault(keychain);
    expect(await look(again, 'old')).toEqual({ kind: 'ready', secret });
    expect(await look(again, 'new')).toEqual({ kind: 'ready', secret: other });
  });
});

describe('files that others touched', () => {
  test('rights that are too wide are taken away', async () => {
    await openVault(null).set('anthropic', secret);
    await chmod(join(folder.path, 'vault'), 0o755);
    for (const name of ['secrets.json', 'secrets.key']) await chmod(place(name), 0o666);
    openVault(null);
    const modes = await Promise.all(
      ['', 'secrets.json', 'secrets.key'].map(async (name) => (await stat(place(name))).mode & 0o777),
    );
    expect(modes).toEqual([0o700, 0o600, 0o600]);
  });

  test.each([
    ['half a file', '{"version":1,"secr'],
    ['another shape', '{"version":1,"secrets":{"a":"b"}}'],
    ['a later version', '{"version":2,"everything":"new"}'],
    ['nothing at all', ''],
  ])('a vault that cannot be read is said, never overwritten: %s', async (_name, text) => {
    await mkdir(join(folder.path, 'vault'));
    await writeFile(place('secrets.json'), text);
    const vault = openVault(new MemoryKeychain());
    expect(vault.look('anthropic')).toMatchObject({ kind: 'unusable' });
    expect(vault.warnings().join()).toContain(place('secrets.json'));
    await expect(vault.set('anthropic', secret)).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(vault.remove('anthropic')).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await readFile(place('secrets.json'), 'utf8')).toBe(text);
  });

  test('an entry that was changed, or put under another id, opens nothing and spoils no other', async () => {
    const vault = openVault(null);
    await vault.set('one', secret);
    await vault.set('two', other);
    const file = JSON.parse(await readFile(place('secrets.json'), 'utf8')) as {
      secrets: { sealed: string }[];
    };
    const [first, second] = file.secrets;
    if (first === undefined || second === undefined) throw new Error('two secrets were stored');
    await writeFile(
      place('secrets.json'),
      JSON.stringify({ ...file, secrets: [{ ...first, sealed: second.sealed }, second] }),
    );
    const again = openVault(null);
    expect(again.look('one')).toMatchObject({
      kind: 'unusable',
      why: expect.stringContaining('damaged') as string,
    });
    expect(again.look('two')).toEqual({ kind: 'ready', secret: other });
  });

  test('a key file that vanishes while Tollgate runs is written again with the next secret', async () => {
    const vault = openVault(null);
    await vault.set('one', secret);
    await rm(place('secrets.key'));
    await vault.set('two', other);
    const again = openVault(null);
    expect(again.look('one')).toEqual({ kind: 'ready', secret });
    expect(again.look('two')).toEqual({ kind: 'ready', secret: other });
  });

  test('what stands in the place of the key is kept aside', async () => {
    await openVault(null).set('one', secret);
    await writeFile(place('secrets.key'), 'this was a key once');
    const vault = openVault(null);
    expect(vault.look('one')).toMatchObject({ kind: 'unusable' });
    await vault.set('two', other);
    const aside = (await readdir(join(folder.path, 'vault'))).find((name) => name.includes('unusable'));
    expect(await readFile(place(aside ?? ''), 'utf8')).toBe('this was a key once');
  });

  test('temporary files of a killed Tollgate are removed, others are not', async () => {
    await mkdir(join(folder.path, 'vault'));
    for (const name of ['secrets.key.0a1b2c.tmp', 'secrets.json.0a1b2c.tmp', 'local-keys.json', 'mine.tmp']) {
      await writeFile(place(name), 'x');
    }
    openVault(null);
    expect((await readdir(join(folder.path, 'vault'))).sort()).toEqual(['local-keys.json', 'mine.tmp']);
  });

  test('a disk that takes no more leaves what was stored, and says so', async () => {
    const vault = openVault(null);
    await vault.set('one', secret);
    // A folder in the way of the temporary file's target fails the rename, whoever runs the test.
    await rm(place('secrets.json'));
    await mkdir(place('secrets.json'));
    await expect(vault.set('two', other)).rejects.toMatchObject({
      code: 'CONFLICT',
      message: expect.stringContaining('Nothing was changed') as string,
    });
    expect(vault.look('one')).toEqual({ kind: 'ready', secret });
    expect(vault.look('two').kind).toBe('unusable');
    expect((await readdir(join(folder.path, 'vault'))).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });
});

test('any sequence of storing, removing, restarting and keychain moods loses no secret and shows none', async () => {
  const step = fc.oneof(
    fc.record({
      kind: fc.constant('set' as const),
      id: fc.constantFrom('a', 'b', 'c'),
      secret: fc.string({ minLength: 16, maxLength: 60, unit: 'binary' }),
    }),
    fc.record({ kind: fc.constant('remove' as const), id: fc.constantFrom('a', 'b', 'c') }),
    fc.record({ kind: fc.constant('restart' as const) }),
    fc.record({
      kind: fc.constant('mood' as const),
      fault: fc.constantFrom(null, 'absent' as const, 'refused' as const),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 14 }), async (steps) => {
      await rm(join(folder.path, 'vault'), { recursive: true, force: true });
      const keychain = new MemoryKeychain();
      let vault = openVault(keychain);
      const expected = new Map<string, string>();
      for (const one of steps) {
        if (one.kind === 'restart') vault = openVault(keychain);
        else if (one.kind === 'mood') keychain.fault = () => one.fault;
        else if (one.kind === 'set') {
          const stored = await vault.set(one.id, one.secret).then(
            () => true,
            () => false,
          );
          if (stored) expected.set(one.id, one.secret);
        } else if (
          await vault.remove(one.id).then(
            () => true,
            () => false,
          )
        )
          expected.delete(one.id);
      }
      keychain.fault = () => null;
      vault = openVault(keychain);
      for (const id of ['a', 'b', 'c']) {
        const state = await look(vault, id);
        expect(state.kind === 'ready' ? state.secret : null).toBe(expected.get(id) ?? null);
      }
    }),
    { numRuns: 60 },
  );
});
