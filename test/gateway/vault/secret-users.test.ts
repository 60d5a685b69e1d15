// Who uses a secret: providers and MCP servers, so that nothing in use is removed unasked.
import { expect, test } from 'vitest';
import { Settings } from '../../../src/contract/settings.ts';
import { secretUsers } from '../../../src/gateway/vault/secret-users.ts';

test('providers and MCP servers are named once for each secret, other references not at all', () => {
  const settings = Settings.parse({
    version: 1,
    providers: [
      { id: 'one', type: 'anthropic', credential: 'vault:shared' },
      { id: 'two', type: 'anthropic', credential: 'env:SHARED' },
      { id: 'three', type: 'anthropic', credential: 'vault:shared' },
    ],
    mcpServers: {
      files: { command: 'npx', env: { TOKEN: 'vault:files', ALSO: 'vault:files', PLAIN: '${HOME}' } },
      remote: { type: 'http', url: 'https://mcp.example', headers: { Authorization: 'Bearer vault:shared' } },
    },
  });
  expect([...secretUsers(settings)]).toEqual([
    ['shared', ['one', 'three', 'MCP server remote']],
    ['files', ['MCP server files']],
  ]);
});
