// Two hundred MCP tools before other vendors' models: the real client sends names only, its ToolSearch answers with references,
// and the tool that was looked up is declared and called, also under a name too long for the vendor.
import { createHash } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { linesOf, localFixture } from '../../gateway/mcp/fixture.ts';
import { installedClients } from './client-home.ts';
import { startTranslatedRig, translatedVendors, type TranslatedRig } from './translated-rig.ts';

let rig: TranslatedRig;
afterEach(() => rig.close());

const toolName = (number: number): string =>
  number === 137
    ? 'look_up_an_entry_of_the_register_whose_name_goes_on_beyond_all_limits'
    : `tool_${String(number).padStart(3, '0')}`;

const definition = (number: number): string =>
  JSON.stringify({
    name: toolName(number),
    description: `Tool number ${number}`,
    inputSchema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      type: 'object',
      properties: { text: { type: 'string' }, limit: { type: 'integer', exclusiveMinimum: 0 } },
      required: ['text'],
    },
  });

/** The alias of T14: the beginning of the name and a part of its hash, 64 characters in all. */
const aliasOf = (name: string): string =>
  `${name.slice(0, 55)}_${createHash('sha256').update(name).digest('hex').slice(0, 8)}`;

const newest = installedClients().filter(({ version }) => version === '2.1.330');
for (const client of newest)
  describe.each(translatedVendors)(`${client.label}: $name`, (vendor) => {
    test.skipIf(client.path === null)('T14, T98: ToolSearch, a tool reference, a call', async () => {
      rig = await startTranslatedRig(client, [vendor]);
      const path = join(rig.home.workFolder, 'mcp.json');
      const logFile = join(rig.home.workFolder, 'calls.log');
      const tools = Array.from({ length: 200 }, (_, number) => definition(number));
      await writeFile(path, JSON.stringify({ mcpServers: { many: localFixture({ tools, logFile }) } }));
      const plain = 'mcp__many__tool_042';
      const long = `mcp__many__${toolName(137)}`;
      rig.place.answers(
        { calls: [{ name: 'ToolSearch', input: { query: `select:${plain},${long}` } }] },
        {
          calls: [
            { name: plain, input: { text: 'é漢🙂' } },
            { name: aliasOf(long), input: { text: 'long', limit: 3 } },
          ],
        },
        { text: 'Both were called.' },
      );
      const { code, result } = await rig.ask('Use tool 42 and the register', [
        '--mcp-config',
        path,
        '--strict-mcp-config',
        '--allowedTools',
        'mcp__many',
      ]);
      expect([code, result.is_error, result.result]).toEqual([0, false, 'Both were called.']);
      const called = linesOf(logFile)
        .map((line) => JSON.parse(line) as { method: string; params: { name: string; arguments: unknown } })
        .filter(({ method }) => method === 'tools/call')
        .map(({ params }) => [params.name, params.arguments]);
      expect(called).toEqual([
        ['tool_042', { text: 'é漢🙂' }],
        [toolName(137), { text: 'long', limit: 3 }],
      ]);
      const [first = '', second = '', third = ''] = rig.place.bodies();
      expect(first).not.toContain('Tool number 42');
      for (const body of [second, third]) {
        expect(body).toContain('Tool number 42');
        expect(body).toContain('Tool number 137');
        expect(body).toContain(`[loaded tool: ${plain}]`);
        expect(body).toContain(`[loaded tool: ${aliasOf(long)}]`);
        for (const unknown of [
          'DeferredToolPlaceholder',
          'defer_loading',
          'tool_reference',
          'Tool number 43',
        ])
          expect(body).not.toContain(unknown);
      }
      await rig.expectExactAccounts();
    });
  });
