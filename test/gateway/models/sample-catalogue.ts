// A catalogue over providers that a test scripts: no network, no disk, a clock that stands still, timers run by hand.
import { Settings } from '../../../src/contract/settings.ts';
import { ModelCatalogue } from '../../../src/gateway/models/catalogue.ts';
import type { FetchedList } from '../../../src/gateway/models/model-file.ts';
import type { Credential } from '../../../src/gateway/providers/credential.ts';
import type {
  ProviderDescriptor,
  UpstreamListener,
  UpstreamRequest,
} from '../../../src/gateway/providers/provider.ts';
import type { Provider } from '../../../src/gateway/providers/providers.ts';

export type ListAnswer =
  | { readonly status: number; readonly body: unknown }
  | { readonly error: Error }
  /** Never. */
  | 'silence';

export interface Asked {
  readonly provider: string;
  readonly request: UpstreamRequest;
}

export interface CatalogueWorld {
  readonly catalogue: ModelCatalogue;
  readonly asked: Asked[];
  readonly aborted: string[];
  readonly changes: { count: number };
  /** What is on disk. */
  readonly disk: { lists: ReadonlyMap<string, FetchedList>; writes: number };
  now: number;
  settings: Settings;
  credential: (provider: Provider) => Credential;
  answer: (provider: string) => ListAnswer;
  /** Runs the timer that is set, as if its time had come; returns its length. */
  tick(): number;
  apply(providers: readonly object[]): void;
  /** The same world after a restart. */
  restart(): CatalogueWorld;
}

const types: Readonly<Record<string, Partial<ProviderDescriptor>>> = {
  anthropic: { servesClaude: true, group: 'claude', label: 'Anthropic' },
  bedrock: { servesClaude: true, group: 'claude', label: 'Bedrock' },
  litellm: { servesClaude: true, group: 'gateway', label: 'LiteLLM' },
  openai: {
    label: 'OpenAI',
    dialect: 'translated',
    models: [{ id: 'gpt-5.6', name: 'GPT-5.6', contextWindow: 400_000, maxOutputTokens: 100_000 }],
    tiers: { opus: 'gpt-5.6', sonnet: 'gpt-5.6', haiku: 'gpt-5.6-luna' },
  },
  ollama: { label: 'Ollama', group: 'local', dialect: 'translated' },
};

export function describeType(type: string): ProviderDescriptor {
  return {
    type,
    label: type,
    group: 'translated',
    help: '',
    keysUrl: null,
    dialect: 'anthropic-messages',
    practice: false,
    servesClaude: false,
    defaultBaseUrl: 'http://127.0.0.1:9',
    defaultCredential: 'none',
    fields: [],
    models: [],
    tiers: {},
    authorize: (secret) => ['x-api-key', secret],
    createUpstream: () => {
      throw new Error('no upstream is made here');
    },
    ...types[type],
  };
}

export function startWorld(
  providers: readonly object[],
  lists: ReadonlyMap<string, FetchedList> = new Map(),
): CatalogueWorld {
  const disk = { lists, writes: 0 };
  const asked: Asked[] = [];
  const aborted: string[] = [];
  const changes = { count: 0 };
  let timer: { task: () => void; milliseconds: number } | null = null;
  const parse = (list: readonly object[]): Settings => Settings.parse({ version: 1, providers: list });

  const provider = (id: string): Provider | null => {
    const one = world.settings.providers.find((candidate) => candidate.id === id);
    if (one === undefined) return null;
    const descriptor = describeType(one.type);
    return {
      id,
      label: one.label ?? descriptor.label,
      descriptor,
      baseUrl: one.baseUrl ?? descriptor.defaultBaseUrl,
      setup: {
        id,
        baseUrl: one.baseUrl ?? descriptor.defaultBaseUrl ?? '',
        options: one.options ?? {},
        models: one.models ?? {},
        http: {},
      },
      credential: one.credential ?? 'none',
      upstream: {
        send(request: UpstreamRequest, listener: UpstreamListener) {
          asked.push({ provider: id, request });
          const answer = world.answer(id);
          queueMicrotask(() => deliver(answer, listener));
          return { pause() {}, resume() {}, abort: () => void aborted.push(id) };
        },
        retire() {},
        async destroy() {},
      },
    } as Provider;
  };

  const world: CatalogueWorld = {
    asked,
    aborted,
    changes,
    disk,
    now: Date.UTC(2026, 10, 22),
    settings: parse(providers),
    credential: () => ({ kind: 'none' }),
    answer: () => ({ status: 200, body: { data: [] } }),
    tick() {
      const due = timer;
      timer = null;
      if (due === null) throw new Error('no timer is set');
      due.task();
      return due.milliseconds;
    },
    apply(list) {
      world.settings = parse(list);
      world.catalogue.apply();
    },
    restart: () => startWorld(world.settings.providers, disk.lists),
    catalogue: undefined as unknown as ModelCatalogue,
  };
  const catalogue = new ModelCatalogue({
    settings: () => world.settings,
    provider,
    credentialOf: (one) => world.credential(one),
    file: {
      read: () => disk.lists,
      write(written) {
        disk.lists = written;
        disk.writes++;
      },
    },
    now: () => world.now,
    later(task, milliseconds) {
      timer = { task, milliseconds };
      return () => void (timer = null);
    },
    log: { info() {}, warn() {}, error() {} },
    onChange: () => void changes.count++,
  });
  return Object.assign(world, { catalogue });
}

function deliver(answer: ListAnswer, listener: UpstreamListener): void {
  if (answer === 'silence') return;
  if ('error' in answer) {
    listener.onError(answer.error, false);
    return;
  }
  const { status, body } = answer;
  listener.onStart(status, ['content-type', 'application/json']);
  listener.onData(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)));
  listener.onEnd();
}

/** A list in Anthropic's shape. */
export const listOf = (...ids: string[]): ListAnswer => ({
  status: 200,
  body: { data: ids.map((id) => ({ type: 'model', id, display_name: `Name of ${id}` })), has_more: false },
});
