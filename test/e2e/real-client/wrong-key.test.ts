// A wrong key ends at once: one request, one clear line, nothing upstream and nothing in the ledger. Without
// `x-should-retry: false` the client would try eleven times over three minutes.
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { say } from './scripted-model.ts';

let rig: ClientRig;
afterEach(() => rig.close());

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)('401 in one try', async () => {
      rig = await startClientRig(client, () => say('nobody should hear this'));
      const { code, result } = await rig.ask('Say hi', { token: 'tg-wrong-key' });
      expect([code, result.is_error]).toEqual([1, true]);
      expect(result.result).toContain('401');
      const tries = rig.tap.requests.filter((request) => request.url.startsWith('/v1/messages'));
      expect(tries.map((request) => request.status)).toEqual([401]);
      expect(rig.upstream.requests).toEqual([]);
      expect((await rig.usage()).totals.costNanoUsd).toBe(0);
    });
  });
