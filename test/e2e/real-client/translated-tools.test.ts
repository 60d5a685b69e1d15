// The real client's tools with other vendors' models behind Tollgate: one after the other, several at once, in a sub-agent, and a
// picture that a tool brings.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients } from './client-home.ts';
import { bash, startTranslatedRig, translatedVendors, type TranslatedRig } from './translated-rig.ts';

let rig: TranslatedRig;
afterEach(() => rig.close());

/** One red pixel. */
const picture =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';

/** How each vendor is given it. */
const shown: Record<string, string> = {
  openai: '"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo',
  chat: '"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo',
  google: '"inlineData":{"mimeType":"image/png","data":"iVBORw0KGgo',
  converse: '"image":{"format":"png","source":{"bytes":"iVBORw0KGgo',
};

for (const client of installedClients())
  describe.each(translatedVendors)(`${client.label}: $name`, (vendor) => {
    test.skipIf(client.path === null)('T13, T40: a Bash tool loop of two rounds', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      rig.place.answers(
        {
          thinking: 'I should look at the file system first.',
          text: 'I will write a file.',
          calls: [bash("printf 'é漢🙂' > note.txt")],
        },
        { thinking: 'Now I read it.', calls: [bash('cat note.txt')] },
        { text: 'The note is there: é漢🙂' },
      );
      const { code, result } = await rig.ask('Write a note and read it', ['--allowedTools', 'Bash']);
      expect([code, result.is_error, result.result]).toEqual([0, false, 'The note is there: é漢🙂']);
      expect(await readFile(join(rig.home.workFolder, 'note.txt'), 'utf8')).toBe('é漢🙂');
      expect(rig.place.bodies().at(-1)).toContain('é漢🙂');
      const rows = await rig.expectExactAccounts();
      expect(rows.map(({ stopReason }) => stopReason)).toEqual(['tool_use', 'tool_use', 'end_turn']);
      expect(new Set(rows.map(({ sessionId }) => sessionId))).toEqual(new Set([result.session_id]));
    });

    test.skipIf(client.path === null)('T6, T12, T44: parallel tools, one of which fails', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      rig.place.answers(
        {
          text: 'Two at once.',
          calls: [bash('echo first-$((40+2))'), bash('echo second-$((50+2)) >&2; exit 3')],
        },
        { text: 'Both are back.' },
      );
      const { code, result } = await rig.ask('Run two commands', ['--allowedTools', 'Bash']);
      expect([code, result.is_error, result.result]).toEqual([0, false, 'Both are back.']);
      const [, second = ''] = rig.place.bodies();
      expect(second).toContain('first-42');
      expect(second).toContain('second-52');
      await rig.expectExactAccounts();
    });

    test.skipIf(client.path === null)('a sub-agent that uses a tool', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      const input = {
        description: 'Find the answer',
        prompt: 'Find the answer with Bash and report it.',
        subagent_type: 'general-purpose',
        run_in_background: false,
      };
      rig.place.answers(
        { calls: [{ name: 'Agent', input }] },
        { calls: [bash('echo found-$((40+2))')] },
        { text: 'The sub-agent found: 42.' },
        { text: 'The agent is done.' },
      );
      const { code, result } = await rig.ask('Use an agent', ['--allowedTools', 'Bash,Agent,Task']);
      expect([code, result.is_error, result.result]).toEqual([0, false, 'The agent is done.']);
      const bodies = rig.place.bodies();
      expect(bodies[2]).toContain('found-42');
      expect(bodies[3]).toContain('The sub-agent found: 42.');
      const agents = (await rig.expectExactAccounts()).map(({ agentId }) => agentId);
      expect(agents.map((agent) => agent !== null)).toEqual([false, true, true, false]);
      expect(agents[1]).toBe(agents[2]);
    });

    test.skipIf(client.path === null)('T8, T10: a picture that the Read tool brings', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      const path = join(rig.home.workFolder, 'red.png');
      await writeFile(path, Buffer.from(picture, 'base64'));
      rig.place.answers({ calls: [{ name: 'Read', input: { file_path: path } }] }, { text: 'It is red.' });
      const { code, result } = await rig.ask('What colour is red.png?', ['--allowedTools', 'Read']);
      expect([code, result.is_error, result.result]).toEqual([0, false, 'It is red.']);
      const [, second = ''] = rig.place.bodies();
      expect(second).toContain(shown[vendor.name]);
      await rig.expectExactAccounts();
    });
  });
