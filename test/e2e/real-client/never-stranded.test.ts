// With nothing but the settings that `connect` wrote, the real client is never left with an address that leads nowhere:
// its SessionStart hook starts a dead gateway where that is allowed, and gives the settings back where it is not.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { LockFile } from '../../../src/contract/control-contract.ts';
import { upstreamKey, upstreamKeyVariable } from '../../support/rig.ts';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { say } from './scripted-model.ts';

let rig: ClientRig;
afterEach(() => rig.close());

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)(
      'a killed gateway is started, or the settings are given back',
      async () => {
        rig = await startClientRig(client, () => say('Hello'));
        const settings = join(rig.claudeFolder, 'settings.json');
        await writeFile(settings, '{ "cleanupPeriodDays": 99 }\n');
        expect((await rig.gateway.run('connect', '--no-mcp', '--status-line')).code).toBe(0);
        const { url, dataDir } = rig.gateway;
        await rig.gateway.run('background', 'on', '--port', new URL(url).port);
        await rig.gateway.kill9();
        const { code, result } = await rig.ask('Say hi', {
          environment: { [upstreamKeyVariable]: upstreamKey },
        });
        expect([code, result.is_error, result.result]).toEqual([0, false, 'Hello']);
        const lock = LockFile.parse(JSON.parse(await readFile(join(dataDir, 'lock'), 'utf8')));
        expect(lock.url).toBe(url);

        expect((await rig.gateway.run('background', 'off')).code).toBe(0);
        process.kill(lock.pid, 'SIGKILL');
        // This run has nobody to talk to and fails; the next session must not.
        await rig.ask('Say hi', { environment: { CLAUDE_CODE_MAX_RETRIES: '0' } }).catch(() => undefined);
        expect(await readFile(settings, 'utf8')).toBe('{ "cleanupPeriodDays": 99 }\n');
      },
    );
  });
