// A conversation of three turns, each its own run of the real client: continued, then resumed by id. One session, three times
// paid, nothing counted twice.
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { say } from './scripted-model.ts';

let rig: ClientRig;
afterEach(() => rig.close());

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)('--continue and --resume', async () => {
      rig = await startClientRig(client, (request) => {
        const questions = JSON.stringify(request.messages).match(/question (one|two|three)/g) ?? [];
        return say(`Heard ${new Set(questions).size} of your questions.`);
      });
      const first = await rig.ask('This is question one');
      const second = await rig.ask('This is question two', { args: ['--continue'] });
      const third = await rig.ask('This is question three', { args: ['--resume', first.result.session_id] });
      expect([first, second, third].map(({ result }) => result.result)).toEqual([
        'Heard 1 of your questions.',
        'Heard 2 of your questions.',
        'Heard 3 of your questions.',
      ]);
      expect(new Set([first, second, third].map(({ result }) => result.session_id)).size).toBe(1);
      expect(rig.model.charges.length).toBe(3);
      await rig.expectExactAccounts();
      const { groups } = await rig.usage('session');
      expect(groups.map(({ key, exchanges }) => [key, exchanges])).toEqual([[first.result.session_id, 3]]);
      const { groups: projects } = await rig.usage('project');
      expect(projects.map(({ key }) => key)).toEqual([rig.workFolder]);
    });
  });
