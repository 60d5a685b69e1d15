// The real client starts a sub-agent through Tollgate: its requests carry an agent id, and its cost is told apart from that of
// the main conversation in the same session.
import { afterEach, describe, expect, test } from 'vitest';
import { installedClients, startClientRig, type ClientRig } from './client-rig.ts';
import { callTool, lastBlocks, say } from './scripted-model.ts';

let rig: ClientRig;
afterEach(() => rig.close());

for (const client of installedClients())
  describe(client.label, () => {
    test.skipIf(client.path === null)('a sub-agent that uses a tool', async () => {
      rig = await startClientRig(client, (request, recorded) => {
        const isAgent = recorded.values('x-claude-code-agent-id').length > 0;
        const hasResult = lastBlocks(request, 'tool_result').length > 0;
        if (isAgent) {
          if (hasResult) return say('The sub-agent found: 42.');
          return {
            blocks: [callTool('toolu_01Sub', 'Bash', { command: 'echo 42', description: 'Find it' })],
          };
        }
        if (hasResult) return say('The agent is done.');
        const input = {
          description: 'Find the answer',
          prompt: 'Find the answer with Bash and report it.',
          subagent_type: 'general-purpose',
          run_in_background: false,
        };
        return { blocks: [callTool('toolu_01Agent', 'Agent', input)] };
      });
      const { code, result } = await rig.ask('Use an agent', { args: ['--allowedTools', 'Bash,Agent,Task'] });
      expect([code, result.is_error]).toEqual([0, false]);
      const agents = new Set(rig.model.charges.map((charge) => charge.agent));
      expect(agents.has(null)).toBe(true);
      expect(agents.size).toBe(2);
      expect(new Set(rig.model.charges.map((charge) => charge.session)).size).toBe(1);
      await rig.expectExactAccounts();
      const rows = await rig.gateway.control.exchanges();
      expect(new Set(rows.map((row) => row.agentId))).toEqual(agents);
    });
  });
