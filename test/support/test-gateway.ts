// A gateway inside the test's own process, on a temporary data folder and a free port: for tests that need its route
// list, an injected clock or a short ping interval. Black-box flows use the real command instead (start-gateway.ts).
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGateway } from '../../src/gateway/index.ts';
import type { Gateway, GatewayHost } from '../../src/gateway/index.ts';

export interface TestGateway {
  readonly gateway: Gateway;
  readonly dataDir: string;
  close(): Promise<void>;
}

const silent = { info() {}, warn() {}, error() {} };

export async function startTestGateway(
  config: object | null = null,
  overrides: Partial<GatewayHost> = {},
): Promise<TestGateway> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tollgate-test-'));
  const configPath = join(dataDir, 'config.json');
  if (config !== null) await writeFile(configPath, JSON.stringify(config));
  const gateway = await createGateway({
    version: '0.0.0-test',
    dataDir,
    configPath,
    configRequired: false,
    port: 0,
    env: {},
    claudeFolder: join(dataDir, 'claude'),
    keychain: null,
    program: { node: process.execPath, entry: join(dataDir, 'tollgate.mjs'), dataDir },
    windowDir: join(dataDir, 'no-window'),
    now: Date.now,
    randomBytes,
    log: silent,
    pingAfterMs: 15_000,
    drainMs: 500,
    ...overrides,
  });
  return {
    gateway,
    dataDir,
    async close() {
      await gateway.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
