// One real client, one tap, one gateway and one scripted model in a row, and the check that ends every test: the upstream saw
// what the client sent, and the ledger says what the upstream reported.
import { expect } from 'vitest';
import type { Totals, UsageGrouping, UsageReport } from '../../../src/contract/usage.ts';
import { startFakeUpstream, type FakeUpstream, type HeaderList } from '../../support/fake-upstream.ts';
import { providerFor, upstreamKey, upstreamKeyVariable } from '../../support/rig.ts';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { createClientHome, type ClientRun, type RunOptions } from './client-home.ts';
import type { InstalledClient } from './install-client.ts';
import { startTap, type RecordingTap, type TappedRequest } from './recording-tap.ts';
import { createScriptedModel, type Decide, type ScriptedModel } from './scripted-model.ts';

export { installedClients } from './client-home.ts';

export type ClientRig = {
  readonly upstream: FakeUpstream;
  readonly gateway: TestGateway;
  readonly tap: RecordingTap;
  readonly model: ScriptedModel;
  /** The client's configuration folder. */
  readonly claudeFolder: string;
  /** The folder the client works in. */
  readonly workFolder: string;
  readonly path: string;
  /** The client's environment, with nothing of the developer's own. */
  environment(options?: Partial<RunOptions>): Record<string, string>;
  /** `claude -p PROMPT --output-format json` with more arguments. */
  ask(prompt: string, options?: Partial<RunOptions>): Promise<ClientRun>;
  usage(by?: UsageGrouping): Promise<UsageReport>;
  /** What every test promises at its end. */
  expectExactAccounts(): Promise<void>;
  close(): Promise<void>;
};

/** Starts all four. */
export async function startClientRig(client: InstalledClient, decide: Decide): Promise<ClientRig> {
  const home = await createClientHome(client);
  const upstream = await startFakeUpstream();
  const model = createScriptedModel(decide);
  upstream.setAnswer(model.answer);
  const gateway = await startGateway({
    config: { providers: [providerFor(upstream)], routes: [{ match: {}, to: [{ provider: 'upstream' }] }] },
    environment: { [upstreamKeyVariable]: upstreamKey, CLAUDE_CONFIG_DIR: home.claudeFolder },
  }).catch(async (error: unknown) => {
    await upstream.close();
    await home.remove();
    throw error;
  });
  const tap = await startTap(gateway.url);
  const environment = (options: Partial<RunOptions>): Record<string, string> =>
    home.environment({
      ...(options.bySettings === true
        ? {}
        : { ANTHROPIC_BASE_URL: tap.url, ANTHROPIC_AUTH_TOKEN: options.token ?? gateway.ready.clientKey }),
      ...options.environment,
    });
  const usage = async (by?: UsageGrouping): Promise<UsageReport> => {
    const { code, stdout, stderr } = await gateway.run(
      'usage',
      '--since',
      'all',
      '--json',
      ...(by === undefined ? [] : ['--by', by]),
    );
    expect([code, stderr]).toEqual([0, '']);
    return JSON.parse(stdout) as UsageReport;
  };
  return {
    path: home.path,
    environment: (options = {}) => environment(options),
    upstream,
    gateway,
    tap,
    model,
    claudeFolder: home.claudeFolder,
    workFolder: home.workFolder,
    ask: (prompt, options = {}) => home.ask(prompt, environment(options), options.args),
    usage,
    async expectExactAccounts() {
      expectSameRequests(tap, upstream);
      await gateway.control.settled(model.charges.length);
      await expectSameAccounts(usage, model);
    },
    async close() {
      await tap.close();
      await gateway.dispose();
      await upstream.close();
      await home.remove();
    },
  };
}

/** Headers that a gateway may not touch: all of the client's own except its key and what belongs to one hop. */
const hopOrKey = ['host', 'connection', 'authorization', 'x-api-key', 'content-length', 'accept-encoding'];

function expectSameRequests(tap: RecordingTap, upstream: FakeUpstream): void {
  const isModelCall = ({ url }: { url: string }): boolean => url.startsWith('/v1/messages');
  const sent = tap.requests.filter(isModelCall);
  const seen = upstream.requests.filter(isModelCall);
  const identity = (one: { method: string; url: string; sha256: string }): string =>
    `${one.method} ${one.url} ${one.sha256}`;
  expect(seen.map(identity).sort()).toEqual(sent.map(identity).sort());
  for (const request of sent) {
    const twins = seen.filter((one) => identity(one) === identity(request));
    const ownHeaders = (list: HeaderList): HeaderList =>
      list
        .map(([name, value]) => [name.toLowerCase(), value] as const)
        .filter(([name]) => !hopOrKey.includes(name))
        .sort(([left], [right]) => left.localeCompare(right));
    expect(twins.map((twin) => ownHeaders(twin.headers))).toContainEqual(ownHeaders(request.headers));
    for (const twin of twins) expectOnlyProviderKey(twin.headers, request);
  }
}

function expectOnlyProviderKey(headers: HeaderList, request: TappedRequest): void {
  const wire = JSON.stringify(headers);
  expect(wire).toContain(upstreamKey);
  for (const value of [...request.values('authorization'), ...request.values('x-api-key')]) {
    expect(wire).not.toContain(value.replace('Bearer ', ''));
  }
}

async function expectSameAccounts(
  usage: (by?: UsageGrouping) => Promise<UsageReport>,
  model: ScriptedModel,
): Promise<void> {
  expect((await usage()).totals).toEqual(model.totals());
  const groupsBy = async (by: UsageGrouping): Promise<Map<string, Totals>> =>
    new Map((await usage(by)).groups.map(({ key, ...totals }) => [key, totals]));
  const byModel = await groupsBy('model');
  const bySession = await groupsBy('session');
  const byAgent = await groupsBy('agent');
  for (const charge of model.charges) {
    expect(byModel.get(charge.model)).toEqual(model.totals((one) => one.model === charge.model));
    if (charge.session !== null) {
      expect(bySession.get(charge.session)).toEqual(model.totals((one) => one.session === charge.session));
    }
    if (charge.agent !== null) {
      expect(byAgent.get(charge.agent)).toEqual(model.totals((one) => one.agent === charge.agent));
    }
  }
}
