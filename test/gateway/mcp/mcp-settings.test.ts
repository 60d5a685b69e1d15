// mcpServers of config.json: strict, each mistake named with its place, no secret in the file and none in the message.
import { describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/gateway/config/read-settings.ts';
import { fingerprintOf } from '../../../src/gateway/mcp/upstream/mcp-server.ts';

const read = (mcpServers: unknown) => readSettings(JSON.stringify({ version: 1, mcpServers }), []);

describe('mcpServers', () => {
  it.each([
    [{ files: {} }, 'mcpServers.files: needs a "command"'],
    [{ files: { command: 'x', arg: [] } }, 'mcpServers.files.arg: there is no such setting'],
    [{ files: { command: 'x', args: [1] } }, 'mcpServers.files.args.0: '],
    [{ files: { command: 'x', tools: { a: 'maybe' } } }, 'mcpServers.files.tools.a: '],
    [{ files: { command: 'x', env: { 'a-b': 'c' } } }, 'mcpServers.files.env.a-b: is no name of a variable'],
    [
      { files: { url: 'https://x.example/mcp' } },
      'mcpServers.files.type: a server with a "url" needs "type"',
    ],
    [{ files: { type: 'ws', url: 'https://x.example/mcp' } }, 'mcpServers.files.type: '],
    [
      { files: { type: 'http', url: 'http://x.example/mcp' } },
      'mcpServers.files.url: must be an https:// address',
    ],
    [
      { files: { type: 'http', url: 'ftp://x.example/mcp' } },
      'mcpServers.files.url: must be an https:// address',
    ],
    [{ 'a b': { command: 'x' } }, 'mcpServers.a b: a server’s name has'],
    [
      { a_b: { command: 'x' }, 'A-b': { command: 'y' } },
      'mcpServers.A-b: clients could not tell it from "a_b"',
    ],
    [
      {
        files: {
          type: 'http',
          url: 'https://x.example',
          headers: { Authorization: 'Bearer sk-ant-0123456789abcdefgh' },
        },
      },
      'mcpServers.files.headers.Authorization: write "vault:ID"',
    ],
  ])('is refused with the place that is wrong: %j', (mcpServers, said) => {
    const result = read(mcpServers);
    expect(result).toEqual({ ok: false, problem: expect.stringContaining(said) as unknown });
    expect(JSON.stringify(result)).not.toContain('sk-ant-');
  });

  it('takes the shapes that Claude Code and others write, and Tollgate’s own switches', () => {
    const servers = {
      files: {
        type: 'stdio',
        command: 'npx',
        args: ['-y', 'x'],
        env: { TOKEN: 'vault:x' },
        cwd: '/tmp',
        timeout: 60_000,
      },
      far: { type: 'http', url: 'https://x.example/mcp?a=b', headers: { Authorization: 'Bearer vault:far' } },
      near: { type: 'streamable-http', url: 'http://127.0.0.1:9/mcp', enabled: false },
      lan: {
        type: 'sse',
        url: 'http://192.168.1.5/sse',
        tools: { '*': 'ask', 'get_*': 'allow', delete_repo: 'deny' },
      },
      open: { type: 'http', url: '${BASE:-https://x.example}/mcp' },
    };
    expect(read(servers)).toMatchObject({ ok: true, settings: { mcpServers: servers } });
  });

  it('mean another server when what is started or reached changes, not when a switch does', () => {
    const base = { command: 'x', args: ['1'] };
    expect(fingerprintOf({ ...base, enabled: false, tools: { a: 'deny' }, timeout: 5000 })).toBe(
      fingerprintOf(base),
    );
    expect(fingerprintOf({ ...base, args: ['2'] })).not.toBe(fingerprintOf(base));
    expect(fingerprintOf({ ...base, env: { A: 'b' } })).not.toBe(fingerprintOf(base));
  });
});
