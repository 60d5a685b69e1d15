// The real client at a budget's limit: one request, our one sentence, exit code 1, no retry; after a grant the next turn works
// (traps 63, 67).
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { say } from './scripted-model.ts';

let rig: ClientRig;
afterEach(() => rig.close());

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)('a used up budget ends in one try and one sentence', async () => {
      rig = await startClientRig(client, () => say('Hello again'));
      const { control } = rig.gateway;
      await control.call('budget.set', {
        budget: { id: 'day', scope: { type: 'all' }, period: 'day', limit: { usd: '0' }, mode: 'hard' },
      });
      const { code, result } = await rig.ask('Say hi');
      process.stderr.write(`\nPRINTED ${client.version}: ${result.result}\n`);
      expect([code, result.is_error]).toEqual([1, true]);
      expect(result.result).toContain('Budget "day" of $0.00 a day is used up');
      expect(result.result).toContain('to go on now: tollgate budget grant day 5.00');
      const tries = (): number[] =>
        rig.tap.requests.filter(({ url }) => url.startsWith('/v1/messages')).map(({ status }) => status ?? 0);
      expect(tries()).toEqual([429]);
      expect(rig.upstream.requests).toEqual([]);

      await control.call('budget.grant', { id: 'day', usd: '9.00' });
      const again = await rig.ask('Say hi');
      expect([again.code, again.result.result]).toEqual([0, 'Hello again']);
      expect(tries()).toEqual([429, 200]);
      const [view] = (await control.call('budget.list', {})).budgets;
      expect([view?.used, view?.reserved]).toEqual([rig.model.totals().costNanoUsd, 0]);
    });
  });
