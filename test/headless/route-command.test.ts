// `tollgate route`, `pin` and `health` from outside: the real command on a data folder, with and without a gateway.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { HealthList, RouteExplanation, RoutesView } from '../../src/contract/routing.ts';
import { Settings } from '../../src/contract/settings.ts';
import { runTollgate, scrubEnvironment } from '../support/run-tollgate.ts';
import type { CommandResult } from '../support/run-tollgate.ts';
import { startGateway } from '../support/start-gateway.ts';
import type { TestGateway } from '../support/start-gateway.ts';
import { createTemporaryFolder } from '../support/temporary-folder.ts';
import type { TemporaryFolder } from '../support/temporary-folder.ts';

const config = {
  version: 1,
  providers: [
    { id: 'main', type: 'anthropic', credential: 'env:MAIN_KEY', baseUrl: 'http://127.0.0.1:9' },
    { id: 'spare', type: 'anthropic', credential: 'none', baseUrl: 'http://127.0.0.1:9' },
  ],
  routes: [
    { match: { model: '*haiku*', project: '/p' }, to: [{ provider: 'spare', model: 'claude-small' }] },
    { match: {}, strategy: 'priority', to: [{ provider: 'main' }, { provider: 'spare' }] },
  ],
};

describe('without a gateway', () => {
  let folder: TemporaryFolder;
  let dataDir: string;
  beforeEach(async () => {
    folder = await createTemporaryFolder('tollgate-route');
    dataDir = join(folder.path, 'data');
    mkdirSync(dataDir);
    writeFileSync(join(dataDir, 'config.json'), JSON.stringify(config));
  });
  afterEach(() => folder.remove());
  const run = (args: readonly string[], more: Record<string, string> = {}): Promise<CommandResult> =>
    runTollgate([...args, '--data-dir', dataDir], scrubEnvironment(folder.path, more));

  test('the rules are listed from the config, and nothing is written', async () => {
    const listed = await run(['route', 'list']);
    expect([listed.code, listed.stderr]).toEqual([0, '']);
    expect(listed.stdout).toContain('{"model":"*haiku*","project":"/p"}');
    expect(listed.stdout).toMatch(/2 +everything +main, spare +priority/);
    const json = await run(['route', 'list', '--json']);
    expect(RoutesView.parse(JSON.parse(json.stdout))).toMatchObject({ current: 'main', pins: [] });
    expect(existsSync(join(dataDir, 'ledger.db'))).toBe(false);
  });

  test('a request is explained: the rule, the order, and what is left out for want of a key', async () => {
    const haiku = await run(['route', 'explain', '--model', 'claude-haiku-5', '--project', '/p/q', '--json']);
    expect(RouteExplanation.parse(JSON.parse(haiku.stdout))).toEqual({
      candidates: [{ provider: 'spare', model: 'claude-small', key: 'none' }],
      skipped: [],
      rule: 1,
      reason: 'spare, asked as claude-small: rule 1, model is *haiku* and project is /p.',
    });
    const withoutKey = await run(['route', 'explain', '--model', 'claude-opus-5']);
    expect(withoutKey.stdout.split('\n')[0]).toBe(
      'spare: the default route; main cannot be used: The environment variable MAIN_KEY is not set here.',
    );
    const withKey = await run(['route', 'explain'], { MAIN_KEY: 'sk-test' });
    expect(withKey.stdout).toContain('1. main, asked as claude-opus-5, with env:MAIN_KEY');
    expect(withKey.stdout).not.toContain('sk-test');
  });

  test('an alias of a provider that does not exist: the answer is no', async () => {
    const { code, stdout } = await run(['route', 'explain', '--model', 'claude/gone/x']);
    expect(code).toBe(1);
    expect(stdout).toContain('gone does not exist');
  });

  test('what needs a gateway says so', async () => {
    for (const args of [['health'], ['health', 'reset'], ['pin', 'project', '/p', 'spare']]) {
      const { code, stderr } = await run(args);
      expect([code, stderr]).toEqual([2, expect.stringContaining('no Tollgate runs')]);
    }
    expect((await run(['pin', 'list'])).stdout).toBe('Nothing is pinned.\n');
  });

  test('a broken config and wrong words are refused with the place', async () => {
    expect((await run(['pin', 'project', '/p', 'a/'])).stderr).toContain('PROVIDER/MODEL');
    expect((await run(['route', 'explain', '--tokens', 'many'])).code).toBe(2);
    writeFileSync(join(dataDir, 'config.json'), '{"version":1,"routes":[{}]}');
    const { code, stderr } = await run(['route', 'list']);
    expect(code).toBe(2);
    expect(stderr).toContain('routes[0].match');
  });
});

describe('with a gateway', () => {
  let gateway: TestGateway;
  beforeAll(async () => {
    gateway = await startGateway({ config, environment: { MAIN_KEY: 'sk-test' } });
  });
  afterAll(() => gateway.dispose());
  const written = (): Settings =>
    Settings.parse(JSON.parse(readFileSync(join(gateway.dataDir, 'config.json'), 'utf8')));
  const explain = async (...args: string[]): Promise<RouteExplanation> =>
    RouteExplanation.parse(JSON.parse((await gateway.run('route', 'explain', '--json', ...args)).stdout));

  test('a pin counts at once, stands in the config, and goes again', async () => {
    expect((await explain('--project', '/p')).candidates[0]?.provider).toBe('main');
    const pinned = await gateway.run('pin', 'project', '/p', 'spare/claude-pinned/x');
    expect([pinned.code, pinned.stdout]).toEqual([0, 'project /p to spare/claude-pinned/x\n']);
    expect(written().pins).toEqual([{ project: '/p', to: { provider: 'spare', model: 'claude-pinned/x' } }]);
    const plan = await explain('--project', '/p/inner');
    expect(plan.candidates).toEqual([{ provider: 'spare', model: 'claude-pinned/x', key: 'none' }]);
    await gateway.run('pin', 'session', 's1', 'main');
    expect((await explain('--project', '/p', '--session', 's1')).reason).toBe(
      'main: this session is pinned to it.',
    );
    expect((await gateway.run('pin', 'remove', 'project', '/p')).stdout).toBe('session s1 to main\n');
    expect((await gateway.run('pin', 'remove', 'session', 's1')).stdout).toBe('Nothing is pinned.\n');
    const again = await gateway.run('pin', 'remove', 'project', '/p');
    expect([again.code, again.stderr]).toEqual([2, 'tollgate: The project /p is not pinned.\n']);
    const unknown = await gateway.run('pin', 'project', '/p', 'nobody');
    expect(unknown.stderr).toContain('There is no provider "nobody"; known: main, spare');
  });

  test('session pins do not pile up: the hundred latest stay', async () => {
    const pins = Array.from({ length: 100 }, (_, index) => ({
      session: `old-${index}`,
      to: { provider: 'main' },
    }));
    const text = readFileSync(join(gateway.dataDir, 'config.json'), 'utf8');
    writeFileSync(
      join(gateway.dataDir, 'config.json'),
      JSON.stringify({
        ...(JSON.parse(text) as object),
        pins: [{ project: '/k', to: { provider: 'main' } }, ...pins],
      }),
    );
    await gateway.control.call('pins.set', { session: 'new', to: { provider: 'spare' } });
    const kept = written().pins;
    expect(kept).toHaveLength(101);
    expect([kept[0], kept[1], kept.at(-1)]).toEqual([
      { project: '/k', to: { provider: 'main' } },
      { session: 'old-1', to: { provider: 'main' } },
      { session: 'new', to: { provider: 'spare' } },
    ]);
  });

  test('rules are replaced as a whole and checked; what is not valid changes nothing', async () => {
    const routes = [{ match: {}, strategy: 'cheapest' as const, to: [{ provider: 'spare' }] }];
    const before = written().routes;
    await expect(
      gateway.control.call('routes.set', { routes: [{ match: {}, to: [{ provider: 'nobody' }] }] }),
    ).rejects.toThrow('routes[0].to[0].provider: there is no provider');
    expect(written().routes).toEqual(before);
    const view = await gateway.control.call('routes.set', { routes, onlyClaude: ['/secret'] });
    expect(view).toMatchObject({ routes, onlyClaude: ['/secret'], current: 'spare' });
    expect((await explain()).reason).toMatch(/^spare: the default route, cheapest for this turn at \$/);
    await gateway.control.call('routes.set', { routes: before, onlyClaude: [] });
  });

  test('sizes are set and taken back', async () => {
    await gateway.control.call('tiers.set', { provider: 'main', tiers: { opus: 'claude-sonnet-5' } });
    expect((await explain('--model', 'claude-opus-5')).candidates[0]?.model).toBe('claude-sonnet-5');
    await gateway.control.call('tiers.set', { provider: 'main', tiers: {} });
    expect(written().providers[0]?.tiers).toBeUndefined();
    await gateway.control.call('tiers.set', { provider: 'main', tiers: {} });
    expect((await explain('--model', 'claude-opus-5')).candidates[0]?.model).toBe('claude-opus-5');
    await expect(gateway.control.call('tiers.set', { provider: 'nobody', tiers: {} })).rejects.toThrow(
      'known: main, spare',
    );
  });

  test('health is listed for every provider, and reset for one or all', async () => {
    const listed = await gateway.run('health', '--json');
    const { providers } = HealthList.parse(JSON.parse(listed.stdout));
    expect(providers.map(({ provider }) => provider)).toEqual(['main', 'spare', 'practice']);
    expect((await gateway.run('health')).stdout).toContain('main: ready, no request yet');
    const reset = await gateway.run('health', 'reset', 'main', '--json');
    expect(HealthList.parse(JSON.parse(reset.stdout)).providers).toHaveLength(3);
    expect((await gateway.run('health', 'reset', 'nobody')).stderr).toContain(
      'There is no provider "nobody"',
    );
  });
});
