// An interactive session of the real client with another vendor's model behind Tollgate: its title request, thinking that is shown,
// a tool that is asked for, /compact typed by hand.
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients } from './client-home.ts';
import { TerminalSession } from './terminal-session.ts';
import {
  bash,
  gemini,
  openAi,
  startTranslatedRig,
  translatedVendors,
  type TranslatedRig,
} from './translated-rig.ts';

let rig: TranslatedRig;
let session: TerminalSession | null = null;
afterEach(async () => {
  await session?.close();
  session = null;
  await rig.close();
});

const newest = installedClients().filter(({ version }) => version === '2.1.330');
for (const client of newest)
  describe.each([openAi, gemini])(`${client.label}: $name`, (vendor) => {
    test.skipIf(client.path === null || process.platform !== 'linux')(
      'a conversation in a terminal, compacted by hand (Linux only)',
      async () => {
        rig = await startTranslatedRig(client, [vendor]);
        const own = rig.environment();
        session = new TerminalSession(rig.home.path, own, rig.home.workFolder);
        rig.place.answers(
          { thinking: 'Thinking aloud.', calls: [bash('echo shown-$((40+2))')] },
          { text: 'It was shown.' },
          { text: '<analysis>All.</analysis><summary>A word was shown.</summary>' },
          { text: 'Going on.' },
        );
        await session.shows('❯');
        session.type('Show it\r');
        await session.shows('It was shown.');
        session.type('/compact\r');
        await session.shows('Compacted');
        session.type('Go on\r');
        await session.shows('Going on.');
        const last = rig.place.bodies().at(-1);
        expect(last).toContain('A word was shown.');
        expect(last).not.toContain('shown-42');
        rig.expectNoProblems();
        // The client begins in auto mode, hears that this model cannot check its tools, and goes on without.
        const [first, ...others] = await rig.rows(5);
        expect([first?.state, first?.status, first?.costNanoUsd]).toEqual(['failed', 400, 0]);
        expect(first?.reason).toContain('auto mode');
        expect(others.map(({ state, status }) => [state, status])).toEqual(
          Array.from({ length: 4 }, () => ['completed', 200]),
        );
        await rig.expectServedTotals();
      },
    );
  });

for (const client of newest)
  describe.each(translatedVendors)(`${client.label}: $name`, (vendor) => {
    test.skipIf(client.path === null || process.platform !== 'linux')(
      'T26: the session’s title is asked for as structured output (Linux only)',
      async () => {
        rig = await startTranslatedRig(client, [vendor]);
        // Both requests get the same answer: their order is the client's affair.
        rig.place.mock.setScript({ text: '{"title":"A word of greeting"}' });
        const dead = { HTTPS_PROXY: 'http://127.0.0.1:9', NO_PROXY: '127.0.0.1,localhost' };
        const own = rig.environment({ CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '', ...dead });
        session = new TerminalSession(rig.home.path, own, rig.home.workFolder);
        await session.shows('❯');
        session.type('Say a word of greeting to everybody in the room\r');
        await session.shows('A word of greeting');
        await rig.gateway.control.waitForExchanges(
          (rows) => rows.filter(({ state }) => state === 'completed').length >= 2,
        );
        rig.expectNoProblems();
        const titles = rig.place
          .bodies()
          .filter((body) => body.includes('"title"') && !body.includes('"Bash"'));
        expect(titles.length).toBe(1);
        await rig.expectServedTotals();
      },
    );
  });
