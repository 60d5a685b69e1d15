// With discovery on, the real client reads Tollgate's model list at start-up and caches what it may offer in /model.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { sendJson } from '../../support/anthropic-answers.ts';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { say } from './scripted-model.ts';

type ModelCache = { baseUrl: string; models: { id: string; display_name: string }[] };

let rig: ClientRig;
afterEach(() => rig.close());

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)('the model list arrives in the client’s cache', async () => {
      rig = await startClientRig(client, () => say('hi'));
      const data = ['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-from-the-team'].map((id) => ({
        type: 'model',
        id,
        display_name: `Name of ${id}`,
        created_at: '2026-09-23T00:00:00Z',
      }));
      rig.upstream.setAnswer((exchange) =>
        exchange.request.path === '/v1/models'
          ? sendJson(200, { data, has_more: false, first_id: data[0]?.id, last_id: data[2]?.id })(exchange)
          : rig.model.answer(exchange),
      );
      const { code } = await rig.ask('Say hi', {
        environment: {
          CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1',
          // 2.1.197 does no discovery with the first switch on; the others and a dead proxy keep it on this machine.
          CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: client.version === '2.1.197' ? '' : '1',
          HTTPS_PROXY: 'http://127.0.0.1:9',
          NO_PROXY: '127.0.0.1,localhost',
        },
      });
      expect(code).toBe(0);
      const asked = rig.tap.requests.filter((request) => request.url.startsWith('/v1/models'));
      expect(asked.map((request) => [request.url, request.status])).toEqual([['/v1/models?limit=1000', 200]]);
      const text = await readFile(join(rig.claudeFolder, 'cache', 'gateway-models.json'), 'utf8');
      const cache = JSON.parse(text) as ModelCache;
      expect(cache.baseUrl).toBe(rig.tap.url);
      expect(cache.models).toEqual(
        expect.arrayContaining([
          { id: 'claude-from-the-team', display_name: 'Name of claude-from-the-team' },
        ]),
      );
      await rig.expectExactAccounts();
    });
  });
