// config.json: strict on reading with the place of every mistake, and edited without losing a comment or a hand-made
// change.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/gateway/config/read-settings.ts';
import {
  openSettings,
  planRemoveProvider,
  planUseProvider,
} from '../../../src/gateway/config/settings-store.ts';

const types = ['anthropic', 'practice'];

describe('reading config.json', () => {
  const problem = (text: string): string => {
    const result = readSettings(text, types);
    return result.ok ? 'ok' : result.problem;
  };

  it.each([
    ['{"version":1}', 'ok'],
    ['\uFEFF{"version":1, /* why */ "routes":[],}', 'ok'],
    ['{"version":2}', 'version: '],
    ['{"version":1,"provider":[]}', 'provider: there is no such setting'],
    ['{"version":1,"logging":{}}', 'logging: this version of Tollgate does not act on it yet'],
    ['{"version":1,"budgets":[],"budgetRules":{"timeZone":"Asia/Kolkata","weekStart":"sunday"}}', 'ok'],
    [
      '{"version":1,"budgetRules":{"timeZone":"Mars/Olympus"}}',
      'budgetRules.timeZone: use the name of a time zone',
    ],
    [
      '{"version":1,"budgets":[{"id":"d","scope":{"type":"all"},"period":"day","limit":{"usd":"1"},"mode":"firm"}]}',
      'budgets[0].mode: ',
    ],
    [
      '{"version":1,"budgets":[{"id":"d","scope":{"type":"all"},"period":"day","limit":{"usd":"1","tokens":1},"mode":"hard"}]}',
      'budgets[0].limit: give either "usd" or "tokens"',
    ],
    [
      '{"version":1,"budgets":[{"id":"d","scope":{"type":"all"},"period":"day","limit":{"usd":1.5},"mode":"hard"}]}',
      'budgets[0].limit.usd: ',
    ],
    [
      '{"version":1,"budgets":[{"id":"d","scope":{"type":"all","path":"/x"},"period":"day","limit":{"tokens":1},"mode":"hard"}]}',
      'budgets[0].scope.path: there is no such setting',
    ],
    ['{"version":1,\n  "providers": [}', 'line 2, column '],
    [
      '{"version":1,"providers":[{"id":"x","type":"nope"}]}',
      'providers[0].type: this version cannot reach "nope"',
    ],
    [
      '{"version":1,"providers":[{"id":"x","type":"anthropic","apiKey":"sk"}]}',
      'providers[0].apiKey: there is no such setting',
    ],
    [
      '{"version":1,"providers":[{"id":"x","type":"anthropic","credential":"sk-ant-1"}]}',
      'providers[0].credential: say where the secret is',
    ],
    [
      '{"version":1,"providers":[{"id":"x","type":"anthropic","baseUrl":"https://evil.example","credential":"client"}]}',
      'providers[0].credential: your own Claude login',
    ],
    [
      '{"version":1,"providers":[{"id":"x","type":"anthropic"},{"id":"x","type":"anthropic"}]}',
      'providers[1].id: "x" is used twice',
    ],
    [
      '{"version":1,"routes":[{"match":{},"to":[{"provider":"y"}]}]}',
      'routes[0].to[0].provider: there is no provider "y"',
    ],
    [
      '{"version":1,"routes":[{"match":{"modle":"x"},"to":[{"provider":"practice"}]}]}',
      'routes[0].match.modle: there is no such setting',
    ],
    ['{"version":1,"prices":{"m":{"input":0.5,"output":"1"}}}', 'prices.m.input: '],
    ['[]', 'config: '],
    ['', 'line 1, column 1'],
  ])('%s → %s', (text, expected) => {
    expect(problem(text).slice(0, expected.length)).toBe(expected);
  });
});

describe('editing config.json', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tollgate-settings-'));
    path = join(folder, 'config.json');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const open = () => openSettings({ path, required: false, providerTypes: types, uniqueSuffix: () => 't' });

  const written = `{
    // my providers
    "version": 1,
    "providers": [
        { "id": "a", "type": "anthropic" }, // work
        { "id": "b", "type": "anthropic" }
    ]
}
`;

  it('keeps comments and indentation, and adds only the default route', () => {
    writeFileSync(path, written);
    const settings = open();
    settings.edit((now) => planUseProvider(now, 'b'));
    const text = readFileSync(path, 'utf8');
    expect(text).toContain('// my providers');
    expect(text).toContain('{ "id": "a", "type": "anthropic" }, // work');
    expect(settings.current.routes).toEqual([{ match: {}, to: [{ provider: 'b' }, { provider: 'a' }] }]);
    settings.edit((now) => planUseProvider(now, 'a'));
    expect(settings.current.routes[0]?.to.map((target) => target.provider)).toEqual(['a', 'b']);
  });

  it('adopts what was changed by hand since, and never overwrites it', () => {
    writeFileSync(path, written);
    const settings = open();
    writeFileSync(path, written.replace('"b"', '"c"'));
    settings.edit((now) => planUseProvider(now, 'c'));
    expect(settings.current.providers.map((provider) => provider.id)).toEqual(['a', 'c']);
  });

  it('leaves a file alone that is not valid any more, and says why', () => {
    writeFileSync(path, written);
    const settings = open();
    writeFileSync(path, '{ broken');
    expect(() => settings.edit((now) => planUseProvider(now, 'b'))).toThrow(/line 1, column/);
    expect(readFileSync(path, 'utf8')).toBe('{ broken');
  });

  it('creates the file, private to the user, when there was none', () => {
    const settings = open();
    settings.edit(() => [{ path: ['providers'], value: [{ id: 'new', type: 'anthropic' }] }]);
    expect(settings.current.providers[0]?.id).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('takes a removed provider out of the routes, and an emptied route with it', () => {
    writeFileSync(
      path,
      JSON.stringify({
        version: 1,
        providers: [
          { id: 'a', type: 'anthropic' },
          { id: 'b', type: 'anthropic' },
        ],
        routes: [
          { match: { model: 'x' }, to: [{ provider: 'b' }] },
          { match: {}, to: [{ provider: 'b' }, { provider: 'a' }] },
        ],
      }),
    );
    const settings = open();
    settings.edit((now) => planRemoveProvider(now, 'b'));
    expect(settings.current.routes).toEqual([{ match: {}, to: [{ provider: 'a' }] }]);
  });
});
