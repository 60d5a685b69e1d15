// Conversations of several runs of the real client that change the vendor or shrink on the way: Claude, GPT and back by
// `tollgate use`, /compact, and a model that was found in the model list.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients } from './client-home.ts';
import {
  bash,
  claude,
  gemini,
  openAi,
  startTranslatedRig,
  translatedVendors,
  type TranslatedRig,
} from './translated-rig.ts';

let rig: TranslatedRig;
afterEach(() => rig.close());

const newest = installedClients().filter(({ version }) => version === '2.1.330');
for (const client of newest) {
  const withTools = ['--allowedTools', 'Bash', '--model', 'claude-sonnet-4-5'];
  const goingOn = [...withTools, '--continue'];

  describe.each([
    { vendor: openAi, seal: /"encrypted_content":"gAAAAA/ },
    { vendor: gemini, seal: /"thoughtSignature":"dGhvdWdodC/ },
  ])(`${client.label}: Claude, $vendor.name, Claude`, ({ vendor, seal }) => {
    test.skipIf(client.path === null)(
      'T80, T87: each gets its own thinking back and nobody else’s',
      async () => {
        rig = await startTranslatedRig(client, [claude, vendor]);
        const [anthropic, other] = rig.places;
        const turn = (name: string) => [
          { thinking: `${name} thinks.`, text: `${name} looks.`, calls: [bash(`echo ${name}-$((40+2))`)] },
          { thinking: `${name} thinks again.`, text: `${name} is done.` },
        ];
        anthropic?.answers(...turn('one'), ...turn('three'), ...turn('five'));
        other?.answers(...turn('two'), ...turn('four'));
        const results: string[] = [];
        for (const [name, provider] of [
          ['one', 'claude'],
          ['two', vendor.name],
          ['three', 'claude'],
          ['four', vendor.name],
          ['five', 'claude'],
        ] as const) {
          await rig.tollgate('use', provider);
          const { result } = await rig.ask(`Turn ${name}`, name === 'one' ? withTools : goingOn);
          results.push(result.result);
        }
        expect(results).toEqual(['one', 'two', 'three', 'four', 'five'].map((name) => `${name} is done.`));

        const toOther = other?.bodies() ?? [];
        expect(toOther[0]).toContain('one-42');
        expect(toOther[0]).not.toContain('one thinks.');
        expect(toOther[0]).not.toMatch(seal);
        for (const body of toOther.slice(1)) expect(body).toMatch(seal);
        const [, , third = '', , fifth = ''] = anthropic?.bodies() ?? [];
        for (const body of [third, fifth]) {
          expect(body).toContain('one thinks.');
          expect(body).toContain('two is done.');
          expect(body).not.toContain('two thinks.');
          expect(body).not.toContain('tollgate-reasoning-');
        }
        expect(fifth).toContain('three thinks again.');
        expect(fifth).not.toContain('four thinks.');
        await rig.expectExactAccounts();
      },
    );
  });

  describe.each(translatedVendors)(`${client.label}: $name`, (vendor) => {
    test.skipIf(client.path === null)('/compact shrinks the conversation, and it goes on', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      rig.place.answers(
        { thinking: 'I look.', calls: [bash('echo long-ago-$((40+2)) && seq 1 2000')] },
        { text: 'The word is long-ago.' },
        { text: '<analysis>All of it.</analysis><summary>They looked for a word.</summary>' },
        { text: 'Going on.' },
      );
      const args = ['--allowedTools', 'Bash'];
      await rig.ask('Find the word', args);
      const compacted = await rig.ask('/compact', [...args, '--continue']);
      expect([compacted.code, compacted.result.is_error]).toEqual([0, false]);
      const { code, result } = await rig.ask('Go on', [...args, '--continue']);
      expect([code, result.result]).toEqual([0, 'Going on.']);
      const bodies = rig.place.bodies();
      expect(bodies[2]).toContain('long-ago-42');
      expect(bodies.at(-1)).toContain('They looked for a word.');
      expect(bodies.at(-1)).not.toContain('long-ago-42');
      expect(bodies.length).toBe(4);
      await rig.expectExactAccounts();
    });

    test.skipIf(client.path === null)('P11: a model found in the list is asked by its alias', async () => {
      rig = await startTranslatedRig(client, [claude, vendor], {
        config: (providers) => ({
          providers: providers.map((one) =>
            one.id === vendor.name ? { ...one, tiers: { opus: vendor.model } } : one,
          ),
          routes: [{ match: {}, to: [{ provider: 'claude' }] }],
        }),
      });
      const [anthropic, other] = rig.places;
      anthropic?.answers({ text: 'I am Claude.' });
      other?.answers({ calls: [bash('echo mine-$((40+2))')] }, { text: `I am ${vendor.model}.` });
      const discovery = { CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY: '1' };
      await rig.gateway.control.call('models.refresh', {});
      const first = await rig.ask('Who?', ['--model', 'claude-sonnet-4-5'], discovery);
      expect(first.result.result).toBe('I am Claude.');
      const text = await readFile(join(rig.home.claudeFolder, 'cache', 'gateway-models.json'), 'utf8');
      const { models } = JSON.parse(text) as { models: { id: string }[] };
      const alias = `claude/${vendor.name}/${vendor.model}`;
      expect(models.map(({ id }) => id)).toContain(alias);
      const second = await rig.ask('Who?', ['--allowedTools', 'Bash', '--model', alias], discovery);
      expect([second.code, second.result.result]).toEqual([0, `I am ${vendor.model}.`]);
      expect(Object.keys(second.result['modelUsage'] as object)).toEqual([alias]);
      const rows = await rig.expectExactAccounts();
      expect(rows.map(({ modelAsked }) => modelAsked)).toEqual(['claude-sonnet-4-5', alias, alias]);
    });
  });
}
