// The real client runs tools that the model asks for through Tollgate, one and several at once, and sends thinking back with its
// signature untouched.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { callTool, lastBlocks, say, think, thinkingSignature, type WireRequest } from './scripted-model.ts';

let rig: ClientRig;
afterEach(() => rig.close());

const resultsOf = (request: WireRequest): Record<string, unknown>[] => lastBlocks(request, 'tool_result');

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)('a Bash tool loop of two rounds', async () => {
      rig = await startClientRig(client, (request) => {
        const [result] = resultsOf(request);
        if (result === undefined) {
          return {
            blocks: [
              think('I should look at the file system first.'),
              { type: 'text', text: 'I will write a file.' },
              callTool('toolu_01Write', 'Bash', {
                command: "printf 'é漢🙂' > note.txt",
                description: 'Write a note',
              }),
            ],
          };
        }
        if (result['tool_use_id'] === 'toolu_01Write') {
          return {
            blocks: [callTool('toolu_02Read', 'Bash', { command: 'cat note.txt', description: 'Read it' })],
          };
        }
        return say(`The note says ${JSON.stringify(result['content'])}`);
      });
      const { code, result } = await rig.ask('Write a note and read it', {
        args: ['--allowedTools', 'Bash'],
      });
      expect([code, result.is_error]).toEqual([0, false]);
      expect(result.result).toContain('é漢🙂');
      expect(await readFile(join(rig.workFolder, 'note.txt'), 'utf8')).toBe('é漢🙂');
      expect(rig.model.charges.length).toBe(3);
      expect(rig.upstream.requests.at(-1)?.body.toString('utf8')).toContain(thinkingSignature);
      await rig.expectExactAccounts();
    });

    test.skipIf(client.path === null)('parallel tools, one of which fails', async () => {
      let results: Record<string, unknown>[] = [];
      rig = await startClientRig(client, (request) => {
        results = resultsOf(request);
        if (results.length > 0) return say('Both are back.');
        return {
          blocks: [
            { type: 'text', text: 'Two at once.' },
            callTool('toolu_01A', 'Bash', { command: 'echo first', description: 'Say first' }),
            callTool('toolu_01B', 'Bash', { command: 'echo second >&2; exit 3', description: 'Fail with 3' }),
          ],
        };
      });
      const { code, result } = await rig.ask('Run two commands', { args: ['--allowedTools', 'Bash'] });
      expect([code, result.is_error, result.result]).toEqual([0, false, 'Both are back.']);
      expect(results.map((one) => [one['tool_use_id'], one['is_error'] === true])).toEqual([
        ['toolu_01A', false],
        ['toolu_01B', true],
      ]);
      expect(rig.model.charges.length).toBe(2);
      await rig.expectExactAccounts();
    });
  });
