// The real client uses tools behind Tollgate's MCP endpoint: listed, called, told of a switch in mid-session, refused when
// off, and each call joined to the model's turn by its tool_use id (mcp.md 5.5, R20-R22; trap 82).
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { linesOf, localFixture } from '../../gateway/mcp/fixture.ts';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { callTool, lastBlocks, say, type WireRequest } from './scripted-model.ts';

let rig: ClientRig;
afterEach(() => rig.close());

const toolsOf = (request: WireRequest): string[] =>
  (request.tools ?? []).map(({ name }) => name).filter((name) => name.startsWith('mcp__'));

/** Arguments that make the client use the endpoint as `tollgate connect` registers it. */
async function withMcp({ mcp, clientKey } = rig.gateway.ready): Promise<string[]> {
  const path = join(rig.workFolder, 'mcp.json');
  const server = { type: 'http', url: mcp, headers: { Authorization: `Bearer ${clientKey}` } };
  await writeFile(path, JSON.stringify({ mcpServers: { tollgate: server } }));
  return ['--mcp-config', path, '--strict-mcp-config', '--allowedTools', 'mcp__tollgate'];
}
/** All definitions in every request, so that the test sees what the model would. */
const environment = { ENABLE_TOOL_SEARCH: 'false' };

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)(
      'lists and calls tools, and the call is joined to the turn',
      async () => {
        const seen: string[][] = [];
        rig = await startClientRig(client, (request) => {
          seen.push(toolsOf(request));
          const [result] = lastBlocks(request, 'tool_result');
          if (result !== undefined) return say(`It said ${JSON.stringify(result['content'])}`);
          return { blocks: [callTool('toolu_01Echo', 'mcp__tollgate__files__echo', { text: 'é漢🙂' })] };
        });
        await rig.gateway.control.call('mcp.add', { name: 'files', settings: localFixture() });
        const { code, result } = await rig.ask('Use the tool', { args: await withMcp(), environment });
        expect([code, result.is_error]).toEqual([0, false]);
        expect(seen[0]).toContain('mcp__tollgate__files__odd');
        expect(result.result).toContain('é漢🙂');
        const { rows } = await rig.gateway.control.call('mcp.calls', { limit: 5 });
        expect(rows).toMatchObject([
          { server: 'files', tool: 'echo', toolUseId: 'toolu_01Echo', outcome: 'completed' },
        ]);
        await rig.expectExactAccounts();
      },
    );

    // A tool that was turned off may stay in the model's list for the session (2.1.330 keeps it, 2.1.197 does not), so that
    // the refusal at call time is what counts.
    test.skipIf(client.path === null)(
      'hears of switches in mid-session, and is refused what is off',
      async () => {
        const seen: string[][] = [];
        let refusal: Record<string, unknown> | undefined;
        rig = await startClientRig(client, (request) => {
          seen.push(toolsOf(request));
          const turn = seen.length;
          const echo = (id: string) => callTool(id, 'mcp__tollgate__files__echo', { text: id });
          if (turn === 1) return { blocks: [echo('toolu_01')] };
          // Long enough for the client to hear of the switches meanwhile.
          if (turn === 2)
            return { blocks: [callTool('toolu_02', 'mcp__tollgate__files__slow', { ms: 1_000 })] };
          if (turn === 3) return { blocks: [echo('toolu_03')] };
          refusal = lastBlocks(request, 'tool_result')[0];
          return say('done');
        });
        const logFile = join(rig.workFolder, 'fixture.log');
        const settings = localFixture({ logFile }, { tools: { odd: 'deny' as const } });
        await rig.gateway.control.call('mcp.add', { name: 'files', settings });
        const asked = rig.ask('Use the tools', { args: await withMcp(), environment });
        const echoes = (): number => linesOf(logFile).filter((line) => line.includes('toolu_0')).length;
        while (echoes() < 1) await new Promise((resolve) => setTimeout(resolve, 50));
        await rig.gateway.control.call('mcp.rule', { name: 'files', pattern: 'echo', rule: 'deny' });
        await rig.gateway.control.call('mcp.rule', { name: 'files', pattern: 'odd', rule: null });
        expect((await asked).result.result).toBe('done');
        expect(seen[0]).toContain('mcp__tollgate__files__echo');
        expect(seen[0]).not.toContain('mcp__tollgate__files__odd');
        expect(seen.at(-1)).toContain('mcp__tollgate__files__odd');
        expect(refusal).toMatchObject({ tool_use_id: 'toolu_03', is_error: true });
        const calls = linesOf(logFile).filter(
          (line) => line.includes('"tools/call"') && line.includes('"echo"'),
        );
        expect(calls.length).toBe(1);
      },
    );

    test.skipIf(client.path === null)(
      'goes on after a restart of Tollgate in mid-session (R47)',
      async () => {
        let turn = 0;
        let last = '';
        rig = await startClientRig(client, (request) => {
          turn++;
          last = JSON.stringify(lastBlocks(request, 'tool_result'));
          if (turn === 1)
            return { blocks: [callTool('toolu_01', 'Bash', { command: 'sleep 6', description: 'Wait' })] };
          if (turn === 2)
            return { blocks: [callTool('toolu_02', 'mcp__tollgate__files__echo', { text: 'after' })] };
          return say(last);
        });
        // The model's side stays up apart from the gateway: only the MCP endpoint is restarted, on a gateway of its own.
        const other = await startSecondGateway();
        try {
          const args = await withMcp(other.gateway.ready);
          const asked = rig.ask('Use the tool', { args: [...args, 'Bash'], environment });
          while (turn < 1) await new Promise((resolve) => setTimeout(resolve, 50));
          await other.gateway.stop();
          await other.gateway.restart();
          const { result } = await asked;
          expect(result.result).toContain('after');
        } finally {
          await other.gateway.dispose();
        }
      },
    );
  });

/** A gateway of its own on a fixed port, so that it can go and come back while the model's side stays. */
async function startSecondGateway(): Promise<{ gateway: TestGateway }> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  const config = { mcpServers: { files: localFixture() } };
  return { gateway: await startGateway({ config, args: ['--port', String(port)] }) };
}
