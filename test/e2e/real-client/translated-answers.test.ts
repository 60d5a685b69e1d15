// Particular requests and answers of the real client with other vendors' models: a PDF, a count before the first turn,
// structured output, auto mode, an answer that was cut by its limit, arguments that are no JSON, a prompt that became too long.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients } from './client-home.ts';
import {
  bash,
  chat,
  converse,
  startTranslatedRig,
  translatedVendors,
  type TranslatedRig,
} from './translated-rig.ts';

let rig: TranslatedRig;
afterEach(() => rig.close());

const page = `%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 72 72]>>endobj
trailer<</Root 1 0 R>>
%%EOF
`;
const withBash = ['--allowedTools', 'Bash'];

const newest = installedClients().filter(({ version }) => version === '2.1.330');
for (const client of newest)
  describe.each(translatedVendors)(`${client.label}: $name`, (vendor) => {
    test.skipIf(client.path === null)('T11: a PDF that the Read tool brings', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      const path = join(rig.home.workFolder, 'page.pdf');
      await writeFile(path, page);
      rig.place.answers(
        { calls: [{ name: 'Read', input: { file_path: path } }] },
        { text: 'An empty page.' },
      );
      const { result } = await rig.ask('What is in page.pdf?', ['--allowedTools', 'Read']);
      expect([result.is_error, result.result]).toEqual([false, 'An empty page.']);
      const [, second = ''] = rig.place.bodies();
      const seen = vendor === chat ? '[document omitted' : Buffer.from(page).toString('base64');
      expect(second).toContain(seen);
      await rig.expectExactAccounts();
    });

    test.skipIf(client.path === null)('T73: the client counts its tools before the first turn', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      rig.place.answers({ text: 'ok' });
      const { result } = await rig.ask('Say ok', [], { ENABLE_TOOL_SEARCH: 'auto' });
      expect([result.is_error, result.result]).toEqual([false, 'ok']);
      const asked = rig.place.mock.seen.requests.map(({ url }) => url);
      const counts = asked.filter((url) => /input_tokens|countTokens/.test(url)).length;
      expect([asked.length, counts]).toEqual([chat, converse].includes(vendor) ? [1, 0] : [2, 1]);
      await rig.expectExactAccounts();
    });

    test.skipIf(client.path === null)('structured output is a tool call', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      rig.place.answers({ calls: [{ name: 'StructuredOutput', input: { word: 'é漢🙂' } }] });
      const schema = {
        type: 'object',
        properties: { word: { type: 'string' } },
        required: ['word'],
        additionalProperties: false,
      };
      const { result } = await rig.ask('A word', ['--json-schema', JSON.stringify(schema)]);
      expect(result['structured_output']).toEqual({ word: 'é漢🙂' });
      await rig.expectExactAccounts();
    });

    test.skipIf(client.path === null)(
      'auto mode: its local paths stay here, the client goes on without',
      async () => {
        rig = await startTranslatedRig(client, [vendor]);
        rig.place.answers({ text: 'ok' });
        const { result } = await rig.ask('Say ok', ['--permission-mode', 'auto']);
        expect([result.is_error, result.result]).toEqual([false, 'ok']);
        expect(rig.place.bodies().join()).not.toContain('classifier_context');
        rig.expectNoProblems();
        const rows = await rig.rows(2);
        expect(rows.map(({ state, status, costNanoUsd }) => [state, status, costNanoUsd > 0])).toEqual([
          ['failed', 400, false],
          ['completed', 200, true],
        ]);
        await rig.expectServedTotals();
      },
    );

    test.skipIf(client.path === null)('T41: cut by its limit, the answer is resumed', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      rig.place.answers({ text: 'The first half and', finish: 'length' }, { text: 'the second half.' });
      const { result } = await rig.ask('Say something');
      expect([result.is_error, result.result]).toEqual([false, 'the second half.']);
      expect(rig.place.bodies()[1]).toContain('The first half and');
      const rows = await rig.expectExactAccounts();
      expect(rows.map(({ stopReason }) => stopReason)).toEqual(['max_tokens', 'end_turn']);
    });

    // Gemini's arguments are an object: they cannot be broken.
    test.skipIf(client.path === null || vendor.name === 'google')(
      'T48: arguments that are no JSON run no tool, and the client asks again',
      async () => {
        rig = await startTranslatedRig(client, [vendor]);
        rig.place.answers(
          { calls: [{ name: 'Bash', input: {}, rawArguments: '{"command": "touch wrong ' }] },
          { calls: [bash('echo right-$((40+2))')] },
          { text: 'It ran.' },
        );
        const { result } = await rig.ask('Run it', withBash);
        expect([result.is_error, result.result]).toEqual([false, 'It ran.']);
        expect(rig.place.bodies().at(-1)).toContain('right-42');
        expect(rig.place.bodies().at(-1)).not.toContain('touch wrong');
        rig.expectNoProblems();
        const rows = await rig.rows(3);
        expect(rows.map(({ state, streaming }) => [state, streaming])).toEqual([
          ['failed', true],
          ['completed', false],
          ['completed', true],
        ]);
      },
    );

    test.skipIf(client.path === null)(
      'P14: a conversation that became too long is compacted by the client, and goes on',
      async () => {
        rig = await startTranslatedRig(client, [vendor]);
        rig.place.answers(
          { calls: [bash('seq 1 3000')] },
          { text: 'Counted.' },
          { calls: [bash('seq 3001 6000')] },
          { error: { kind: 'overflow' } },
          { text: '<analysis>Numbers.</analysis><summary>They counted to 6000.</summary>' },
          { text: 'Going on.' },
        );
        await rig.ask('Count', withBash);
        const { result } = await rig.ask('Count on', [...withBash, '--continue']);
        expect([result.is_error, result.result]).toEqual([false, 'Going on.']);
        const last = rig.place.bodies().at(-1);
        expect(last).toContain('They counted to 6000.');
        expect(last).not.toContain('2998\\n2999');
        rig.expectNoProblems();
        const rows = await rig.rows(6);
        expect(rows.map(({ state }) => state)).toEqual([
          ...['completed', 'completed', 'completed', 'failed', 'completed', 'completed'],
        ]);
        expect(rows[3]?.reason).toMatch(/^prompt is too long: \d+ tokens > \d+ maximum$/);
      },
    );
  });
