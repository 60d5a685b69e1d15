// What a form that changes a provider relies on: its settings can be read without what holds a password, and saving them
// keeps that.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startGateway, type TestGateway } from '../support/start-gateway.ts';

const relay = {
  id: 'relay',
  type: 'anthropic',
  baseUrl: 'http://127.0.0.1:9',
  credential: 'none',
  tiers: { opus: 'big' },
};
const http = { proxy: 'http://me:proxy-password@127.0.0.1:9', headers: { 'x-team': 'a' } };

let gateway: TestGateway;
beforeEach(async () => {
  gateway = await startGateway({ config: { providers: [{ ...relay, http }] } });
});
afterEach(() => gateway.dispose());

const saved = async (): Promise<unknown> =>
  (JSON.parse(await readFile(join(gateway.dataDir, 'config.json'), 'utf8')) as { providers: unknown[] })
    .providers[0];

it('provider.read gives the settings but for the connection, which may hold a password', async () => {
  expect(await gateway.control.call('provider.read', { id: 'relay' })).toEqual({ settings: relay });
  await expect(gateway.control.call('provider.read', { id: 'nobody' })).rejects.toThrow('UNKNOWN_NAME');
});

it('provider.change replaces all that was shown and keeps the connection, unless a new one is given', async () => {
  const { tiers: _tiers, ...plain } = relay;
  await gateway.control.call('provider.change', { ...plain, label: 'Relay' });
  expect(await saved()).toEqual({ ...plain, label: 'Relay', http });
  await gateway.control.call('provider.change', { ...plain, http: { connectSeconds: 5 } });
  expect(await saved()).toEqual({ ...plain, http: { connectSeconds: 5 } });
  await expect(gateway.control.call('provider.change', { ...plain, id: 'nobody' })).rejects.toThrow(
    'UNKNOWN_NAME',
  );
});
