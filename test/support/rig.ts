// The usual arrangement of a flow: one fake upstream, one gateway in front of it with that upstream as its only provider,
// and short ways to send Messages requests through it.
import { randomUUID } from 'node:crypto';
import { startFakeUpstream, type FakeUpstream, type HeaderList } from './fake-upstream.ts';
import {
  fetchRaw,
  sendRequest,
  type OpenExchange,
  type ReceivedAnswer,
  type RequestOptions,
} from './raw-http.ts';
import { startGateway, type ConfigInput, type TestGateway } from './start-gateway.ts';

/** The provider's key in every rig; it may reach the upstream and nothing else. */
export const upstreamKey = 'sk-ant-upstream-secret-0123456789';
export const upstreamKeyVariable = 'TEST_UPSTREAM_KEY';

export type Rig = {
  readonly upstream: FakeUpstream;
  readonly gateway: TestGateway;
  /** POST /v1/messages?beta=true as the built-in client. */
  open(body: Uint8Array | string, headers?: HeaderList, options?: RequestOptions): OpenExchange;
  post(body: Uint8Array | string, headers?: HeaderList): Promise<ReceivedAnswer>;
  get(path: string, headers?: HeaderList): Promise<ReceivedAnswer>;
  /** Ends both; fails when an answer function of the upstream threw. */
  close(): Promise<void>;
};

/** A provider entry for a fake upstream. */
export function providerFor(upstream: { url: string }, id = 'upstream'): Record<string, unknown> {
  return { id, type: 'anthropic', baseUrl: upstream.url, credential: `env:${upstreamKeyVariable}` };
}

/** Starts both. `config` replaces parts of the usual config; as a function it gets the upstream, to name its address. */
export async function startRig(
  config: ConfigInput | ((upstream: FakeUpstream) => ConfigInput) = {},
): Promise<Rig> {
  const upstream = await startFakeUpstream();
  const gateway = await startGateway({
    config: {
      providers: [providerFor(upstream)],
      routes: [{ match: {}, to: [{ provider: 'upstream' }] }],
      ...(typeof config === 'function' ? config(upstream) : config),
    },
    environment: { [upstreamKeyVariable]: upstreamKey },
  }).catch(async (error: unknown) => {
    await upstream.close();
    throw error;
  });
  const baseHeaders = (): HeaderList => [
    gateway.key(),
    ['Content-Type', 'application/json'],
    ['anthropic-version', '2023-06-01'],
  ];
  const open: Rig['open'] = (body, headers = [], options = {}) =>
    sendRequest(`${gateway.url}/v1/messages?beta=true`, {
      body,
      method: 'POST',
      ...options,
      headers: [...baseHeaders(), ...headers, ...(options.headers ?? [])],
    });
  return {
    upstream,
    gateway,
    open,
    post: (body, headers) => open(body, headers).answer,
    get: (path, headers = []) => fetchRaw(`${gateway.url}${path}`, { headers: [gateway.key(), ...headers] }),
    async close() {
      await gateway.dispose();
      await upstream.close();
      if (upstream.failures.length > 0)
        throw new AggregateError(upstream.failures, 'a scripted answer failed');
    },
  };
}

/** A small Messages request. */
export function messagesBody(more: Record<string, unknown> = {}): string {
  return JSON.stringify({
    model: 'claude-opus-5-5',
    max_tokens: 1024,
    messages: [{ role: 'user', content: 'Say hi' }],
    stream: true,
    ...more,
  });
}

/** A header that makes an exchange findable in reports: its session. */
export function sessionHeader(session: string = randomUUID()): [string, string] {
  return ['X-Claude-Code-Session-Id', session];
}
