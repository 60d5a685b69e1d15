// Small pure parts: session ids, restart policy, variables, environment, instructions, parameters on their way.
import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { composeInstructions } from '../../../src/gateway/mcp/catalogue/compose-instructions.ts';
import { decodeHeaderValue, encodeHeaderValue } from '../../../src/gateway/mcp/door/modern-headers.ts';
import { createSessionIds } from '../../../src/gateway/mcp/door/session-ids.ts';
import { parameterHeaders, relayParams } from '../../../src/gateway/mcp/relay-params.ts';
import { inheritedEnvironment } from '../../../src/gateway/mcp/upstream/child-environment.ts';
import { expandVariables } from '../../../src/gateway/mcp/upstream/expand-variables.ts';
import { countFailure, isLoop, noFailures } from '../../../src/gateway/mcp/upstream/restart-policy.ts';

describe('a session id', () => {
  it('is known again after a restart, for its client and address only (R47)', () => {
    const facts = { client: 'a', scope: null, version: '2025-06-18' };
    const id = createSessionIds('secret', randomBytes).make(facts);
    const restarted = createSessionIds('secret', randomBytes);
    expect(restarted.check(id, 'a', null)).toBe('2025-06-18');
    expect(restarted.check(id, 'b', null)).toBeNull();
    expect(restarted.check(id, 'a', 'files')).toBeNull();
    expect(restarted.check(id.replace('tg1', 'tg0'), 'a', null)).toBeNull();
    expect(restarted.check(`${id}x`, 'a', null)).toBeNull();
    expect(createSessionIds('other', randomBytes).check(id, 'a', null)).toBeNull();
  });
});

describe('the restart policy', () => {
  it('tries again at once, then after longer pauses, then not at all; a long run wipes the slate clean (R53)', () => {
    let count = noFailures;
    const pauses = [];
    for (let attempt = 0; attempt < 5; attempt++) {
      count = countFailure(count, 1_000, 10);
      pauses.push(count.retryAt - 1_000);
    }
    expect(pauses).toEqual([0, 1_000, 2_000, 4_000, 8_000]);
    expect(isLoop(count)).toBe(true);
    expect(countFailure(count, 0, 5 * 60_000).failures).toBe(1);
  });
});

describe('variables', () => {
  it('are filled in, with defaults as in a shell', () => {
    const env = { A: 'x', EMPTY: '' };
    expect(expandVariables('${A}/${B:-y}/${EMPTY:-z}/$A', env)).toBe('x/y/z/$A');
    expect(expandVariables('[${EMPTY}]', env)).toBe('[]');
    expect(() => expandVariables('${NO}', env)).toThrow('NO is not set');
  });
});

describe('a server’s environment', () => {
  it('has what programs need and nothing of ours (R57)', () => {
    const env = {
      PATH: '/bin',
      HOME: '/home/me',
      ANTHROPIC_API_KEY: 'k',
      TOLLGATE_HOME: '/x',
      HTTPS_PROXY: 'http://user:pass@proxy',
      SHELL: '() { evil; }',
      npm_config_token: 'y',
    };
    expect(inheritedEnvironment(env, 'linux')).toEqual({ PATH: '/bin', HOME: '/home/me' });
    const windows = {
      Path: 'C:\\x',
      ProgramData: 'C:\\d',
      PATHEXT: '.EXE',
      ComSpec: 'cmd',
      OPENAI_API_KEY: 'k',
    };
    expect(Object.keys(inheritedEnvironment(windows, 'win32'))).toEqual([
      'Path',
      'ProgramData',
      'PATHEXT',
      'ComSpec',
    ]);
  });
});

describe('instructions', () => {
  it('stay within what every client reads, with a part of each server (R7)', () => {
    const servers = Array.from({ length: 6 }, (_, index) => ({
      server: `s${index}`,
      text: 'ä'.repeat(2_000),
    }));
    const text = composeInstructions(servers) ?? '';
    expect(text.length).toBeLessThanOrEqual(2_048);
    for (const { server } of servers) expect(text).toContain(`[${server}] ä`);
    expect(composeInstructions([])).toBeNull();
    expect(composeInstructions([{ server: 'a', text: 'short' }])).toBe('[a] short');
  });
});

describe('parameters on their way to a server', () => {
  it('lose the hop’s own part of _meta only, in every byte else the same (R29)', () => {
    const params =
      '{"name":"x","arguments":{"n":1.0},"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","progressToken":1,"vendor/a":1.50}}';
    const hop = { clientInfo: { name: 'tollgate' }, logLevel: null };
    expect(relayParams(params, { ...hop, era: 'legacy' })).toBe(
      '{"name":"x","arguments":{"n":1.0},"_meta":{"vendor/a":1.50}}',
    );
    expect(JSON.parse(relayParams('{}', { ...hop, era: 'modern' }))).toEqual({
      _meta: {
        'io.modelcontextprotocol/protocolVersion': '2026-07-28',
        'io.modelcontextprotocol/clientInfo': { name: 'tollgate' },
        'io.modelcontextprotocol/clientCapabilities': {},
      },
    });
    expect(relayParams('{"_meta":null}', { ...hop, era: 'legacy' })).toBe('{}');
  });

  it('travel as headers where the schema marks them (R34)', () => {
    const schema = {
      properties: {
        region: { 'x-mcp-header': 'Region' },
        deep: { properties: { id: { 'x-mcp-header': 'Id' } } },
        bad: { 'x-mcp-header': 'not a token' },
        none: { 'x-mcp-header': 'None' },
      },
    };
    expect(parameterHeaders(schema, { region: 'eu', deep: { id: 42 }, bad: 'x', none: null })).toEqual({
      'mcp-param-region': 'eu',
      'mcp-param-id': '42',
    });
  });

  it('that are no plain text are written between markers, and read back', () => {
    for (const value of ['plain', 'mit Ümlaut', ' padded ', 'a\nb', '=?base64?literal?=', '世界', '']) {
      const header = encodeHeaderValue(value);
      expect(header).toMatch(/^[\x20-\x7e]*$/);
      expect(decodeHeaderValue(header)).toBe(value);
    }
  });
});
