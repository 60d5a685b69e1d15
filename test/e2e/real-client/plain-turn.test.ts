// The real client does one plain turn through Tollgate. Its own cost figure, worked out from the answer it got, agrees.
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { say } from './scripted-model.ts';

let rig: ClientRig;
afterEach(() => rig.close());

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)('a plain turn', async () => {
      rig = await startClientRig(client, () => say('Hello from the scripted model: é漢🙂'));
      const { code, result } = await rig.ask('Say hi');
      expect([code, result.is_error, result.result]).toEqual([
        0,
        false,
        'Hello from the scripted model: é漢🙂',
      ]);
      expect(rig.model.charges.length).toBe(1);
      await rig.expectExactAccounts();
      expect(Math.round(result.total_cost_usd * 1e9)).toBe(rig.model.totals().costNanoUsd);
      const [row] = await rig.gateway.control.exchanges();
      expect(row).toMatchObject({ state: 'completed', sessionId: result.session_id, streaming: true });
    });
  });
