// A connection that opened the door once is remembered, but never beyond a change of the keys and never for another key.
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Guard } from '../../../src/gateway/faces/guard.ts';
import { LocalKeys } from '../../../src/gateway/keys/local-keys.ts';
import { createTemporaryFolder } from '../../support/temporary-folder.ts';

const sources = { randomBytes, now: () => 0 };

test('a revoked key is refused on the very connection that used it, and another key is looked up anew', async () => {
  const folder = await createTemporaryFolder();
  try {
    const keys = new LocalKeys(join(folder.path, 'keys.json'), sources);
    const guard = new Guard({ keys, ...sources });
    const [one, two] = [keys.add('one'), keys.add('two')];
    const socket = {};
    const ask = (key: string, more: Record<string, string> = {}): string =>
      guard.identifyClient({
        headers: { authorization: `Bearer ${key}`, ...more },
        socket,
      } as unknown as IncomingMessage).name;
    expect([ask(one.key), ask(one.key), ask(two.key), ask(one.key)]).toEqual(['one', 'one', 'two', 'one']);
    expect(ask(one.key, { 'x-tollgate-key': two.key })).toBe('two');
    expect(() => ask(`${one.key}x`)).toThrow(/does not know this key/);
    keys.revoke(one.client.id);
    expect(() => ask(one.key)).toThrow(/does not know this key/);
    expect(ask(two.key)).toBe('two');
  } finally {
    await folder.remove();
  }
});
