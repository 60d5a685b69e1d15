// The models of all configured providers, in memory: fetched in the background, remembered on disk, joined with what is
// shipped and what the user says. Requests only ever look; a provider that cannot be asked keeps its last good list.
import type { Settings } from '../../contract/settings.ts';
import type { ModelSource } from '../../contract/models.ts';
import type { Log } from '../gateway-host.ts';
import type { Credential } from '../providers/credential.ts';
import type { ModelLimits } from '../providers/provider.ts';
import { PRACTICE } from '../providers/providers.ts';
import type { Provider } from '../providers/providers.ts';
import { fetchModels } from './fetch-models.ts';
import { knownModel } from './known-models.ts';
import { mergeModels } from './merge-models.ts';
import type { CatalogueModel } from './merge-models.ts';
import type { FetchedList, ModelFile } from './model-file.ts';

export interface CatalogueParts {
  readonly settings: () => Settings;
  readonly provider: (id: string) => Provider | null;
  /** Throws a GatewayError when there is no credential to use. */
  readonly credentialOf: (provider: Provider) => Credential;
  readonly file: ModelFile;
  readonly now: () => number;
  /** Runs a task later; the result takes it back. */
  readonly later: (task: () => void, milliseconds: number) => () => void;
  readonly log: Log;
  /** A list or its state changed. */
  readonly onChange: () => void;
}

export interface ProviderCatalogue {
  readonly provider: Provider;
  readonly source: ModelSource;
  readonly fetchedAt: number | null;
  readonly problem: string | null;
  readonly refreshing: boolean;
  readonly models: ReadonlyMap<string, CatalogueModel>;
}

interface Entry {
  readonly fingerprint: string;
  readonly list: FetchedList | null;
  readonly source: ModelSource;
  readonly problem: string | null;
  readonly triedAt: number | null;
}

interface Fetching {
  readonly done: Promise<void>;
  readonly controller: AbortController;
  waiters: number;
}

/** Long after the first requests, so that a start has the network to itself. */
const START_MS = 10_000;
const CHANGE_MS = 2_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** What a look may ask for again. */
const LOOK_AGAIN_MS = 60_000;

export class ModelCatalogue {
  readonly #parts: CatalogueParts;
  readonly #entries = new Map<string, Entry>();
  readonly #merged = new Map<string, ReadonlyMap<string, CatalogueModel>>();
  readonly #fetching = new Map<string, Fetching>();
  #takeBack: (() => void) | null = null;
  #closed = false;

  constructor(parts: CatalogueParts) {
    this.#parts = parts;
    const remembered = parts.file.read();
    for (const provider of this.#providers()) {
      const fingerprint = fingerprintOf(provider);
      const list = remembered.get(provider.id);
      const fits = list?.fingerprint === fingerprint;
      this.#entries.set(provider.id, {
        fingerprint,
        list: fits ? list : null,
        source: fits ? 'cached' : 'shipped',
        problem: null,
        triedAt: null,
      });
    }
  }

  /** Begins to keep the lists fresh. */
  start(): void {
    this.#arm(START_MS);
  }

  /** Adopts changed settings: lists of providers that are gone, or that became others, are forgotten. */
  apply(): void {
    this.#merged.clear();
    const before = new Map(this.#entries);
    this.#entries.clear();
    let changed = false;
    for (const provider of this.#providers()) {
      const fingerprint = fingerprintOf(provider);
      const known = before.get(provider.id);
      before.delete(provider.id);
      if (known?.fingerprint === fingerprint) {
        this.#entries.set(provider.id, known);
        continue;
      }
      changed = true;
      this.#drop(provider.id);
      this.#entries.set(provider.id, {
        fingerprint,
        list: null,
        source: 'shipped',
        problem: null,
        triedAt: null,
      });
    }
    for (const gone of before.keys()) this.#drop(gone);
    if (!changed && before.size === 0) return;
    this.#save();
    this.#arm(CHANGE_MS);
  }

  /** In the order of the settings. */
  list(): ProviderCatalogue[] {
    return this.#providers().map((provider) => this.#view(provider));
  }

  /** Null for a provider that is not configured. */
  of(id: string): ProviderCatalogue | null {
    const provider = this.#providers().find((one) => one.id === id);
    return provider === undefined ? null : this.#view(provider);
  }

  /** Tokens; null where nobody says. The model may be named as the client, the user or the provider name it. */
  limitsOf(id: string, model: string): ModelLimits {
    const provider = this.#parts.provider(id);
    if (provider === null) return { contextWindow: null, maxOutputTokens: null };
    const found =
      this.#modelsOf(provider).get(model) ?? this.#modelsOf(provider).get(nameOfDeployment(provider, model));
    if (found !== undefined) return limitsFrom(found);
    const known = provider.descriptor.group === 'local' ? null : knownModel(provider.descriptor.type, model);
    return limitsFrom(known);
  }

  /** Asks again, in the background, for what is older than a day; for callers that show the lists. */
  freshen(): void {
    const now = this.#parts.now();
    for (const provider of this.#providers()) {
      const entry = this.#entries.get(provider.id);
      if (entry !== undefined && isDue(entry, now, LOOK_AGAIN_MS)) void this.refresh(provider.id);
    }
  }

  /**
   * Asks the provider now; ends when its list is here or cannot be had. Asking twice at a time is asking once; what is
   * asked for ends when every caller has gone.
   */
  async refresh(id: string, signal?: AbortSignal): Promise<void> {
    const provider = this.#parts.provider(id);
    if (provider === null || this.#closed || signal?.aborted === true) return;
    const fetching = this.#fetching.get(id) ?? this.#fetch(provider);
    fetching.waiters++;
    if (signal === undefined) return fetching.done;
    const leave = (): void => {
      fetching.waiters--;
      if (fetching.waiters === 0) fetching.controller.abort();
    };
    signal.addEventListener('abort', leave);
    await fetching.done;
    signal.removeEventListener('abort', leave);
  }

  close(): void {
    this.#closed = true;
    this.#takeBack?.();
    for (const { controller } of this.#fetching.values()) controller.abort();
  }

  #providers(): Provider[] {
    return this.#parts.settings().providers.flatMap(({ id, type }) => {
      const provider = type === PRACTICE ? null : this.#parts.provider(id);
      return provider === null ? [] : [provider];
    });
  }

  #view(provider: Provider): ProviderCatalogue {
    const entry = this.#entries.get(provider.id);
    return {
      provider,
      source: entry?.source ?? 'shipped',
      fetchedAt: entry?.list?.fetchedAt ?? null,
      problem: entry?.problem ?? null,
      refreshing: this.#fetching.has(provider.id),
      models: this.#modelsOf(provider),
    };
  }

  #modelsOf(provider: Provider): ReadonlyMap<string, CatalogueModel> {
    const known = this.#merged.get(provider.id);
    if (known !== undefined) return known;
    const settings = this.#parts.settings().providers.find(({ id }) => id === provider.id) ?? {};
    const list = this.#entries.get(provider.id)?.list?.models ?? null;
    const merged = mergeModels(provider.descriptor, settings, list);
    this.#merged.set(provider.id, merged);
    return merged;
  }

  #fetch(provider: Provider): Fetching {
    const controller = new AbortController();
    const fetching: Fetching = { controller, waiters: 0, done: this.#runFetch(provider, controller.signal) };
    this.#fetching.set(provider.id, fetching);
    void fetching.done.then(() => {
      if (this.#fetching.get(provider.id) === fetching) this.#fetching.delete(provider.id);
      if (!this.#closed) this.#parts.onChange();
    });
    return fetching;
  }

  /** Ends a request whose answer is of no use any more. */
  #drop(id: string): void {
    this.#fetching.get(id)?.controller.abort();
    this.#fetching.delete(id);
  }

  async #runFetch(provider: Provider, signal: AbortSignal): Promise<void> {
    const { now, log } = this.#parts;
    const fingerprint = fingerprintOf(provider);
    const result = await fetchModels(provider, this.#parts.credentialOf, signal);
    const entry = this.#entries.get(provider.id);
    // The settings may have changed meanwhile; the answer is about a provider that is no more.
    if (result.kind === 'aborted' || entry?.fingerprint !== fingerprint) return;
    const at = now();
    if (result.kind === 'problem') {
      log.info({ provider: provider.id, problem: result.problem }, 'model-list-failed');
      this.#entries.set(provider.id, { ...entry, problem: result.problem, triedAt: at });
      return;
    }
    const list: FetchedList = { fingerprint, fetchedAt: at, models: [...result.models] };
    this.#entries.set(provider.id, { fingerprint, list, source: 'live', problem: null, triedAt: at });
    this.#merged.delete(provider.id);
    this.#save();
  }

  #save(): void {
    const lists = [...this.#entries].flatMap(([id, { list }]) =>
      list === null ? [] : [[id, list] as const],
    );
    try {
      this.#parts.file.write(new Map(lists));
    } catch (error) {
      this.#parts.log.warn({ error: String(error) }, 'model-file-not-written');
    }
  }

  /** Looks after the lists once an hour: fresh ones are left alone, failed ones tried again. */
  #arm(milliseconds: number): void {
    if (this.#closed) return;
    this.#takeBack?.();
    this.#takeBack = this.#parts.later(() => {
      const now = this.#parts.now();
      const providers = this.#providers();
      // Claude's own models are known well enough; they are asked for where they are listed beside others.
      const needed = providers.some(({ descriptor }) => !descriptor.servesClaude) ? providers : [];
      for (const { id } of needed) {
        const entry = this.#entries.get(id);
        if (entry !== undefined && isDue(entry, now, HOUR_MS)) void this.refresh(id);
      }
      this.#arm(HOUR_MS);
    }, milliseconds);
  }
}

/** `again`: how long a failed try is left alone. */
function isDue({ list, triedAt }: Entry, now: number, again: number): boolean {
  const isFresh = list !== null && now - list.fetchedAt < DAY_MS;
  return !isFresh && (triedAt === null || now - triedAt >= again);
}

/** All that decides which models there are, and nothing secret. */
function fingerprintOf({ descriptor, setup, credential }: Provider): string {
  return JSON.stringify([descriptor.type, setup.baseUrl, setup.options, credential]);
}

function nameOfDeployment({ setup }: Provider, deployment: string): string {
  return Object.entries(setup.models).find(([, model]) => model.deployment === deployment)?.[0] ?? deployment;
}

const limitsFrom = (model: ModelLimits | null): ModelLimits => ({
  contextWindow: model?.contextWindow ?? null,
  maxOutputTokens: model?.maxOutputTokens ?? null,
});
