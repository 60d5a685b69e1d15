// One configured MCP server: started when it is needed, its lists learned and kept, its failures counted, its calls passed
// on. Calls that may have run are never repeated (R28).
import { hash } from 'node:crypto';
import type { McpServerSettings, McpServerState } from '../../../contract/mcp.ts';
import type { Log } from '../../gateway-host.ts';
import { isObject } from '../wire/message.ts';
import type { NotificationMessage } from '../wire/message.ts';
import { ConnectFailure, connectServer, modernMetaText } from './connect-server.ts';
import type { Connection } from './connect-server.ts';
import type { CheckedDefinition } from '../catalogue/check-definition.ts';
import { readEntries, readTools } from './learned-lists.ts';
import type { LearnedLists, ToolEntry } from './learned-lists.ts';
import { planServer } from './plan-server.ts';
import type { PlanSources } from './plan-server.ts';
import { listSpecs, readList } from './read-lists.ts';
import { countFailure, isLoop, noFailures } from './restart-policy.ts';
import type { FailureCount } from './restart-policy.ts';
import { RequestLost } from './rpc-line.ts';
import type { RequestOptions, RpcAnswer } from './rpc-line.ts';
import type { StartGate } from './start-gate.ts';

export interface ServerSurroundings extends PlanSources {
  readonly clientInfo: { readonly name: string; readonly version: string };
  readonly gate: StartGate;
  readonly now: () => number;
  readonly log: Log;
  /** Its lists or its state changed. */
  readonly onChange: (server: McpServer) => void;
  /** It said something that belongs to no single request. */
  readonly onNotification: (server: McpServer, message: NotificationMessage) => void;
}

const CONNECT_MS = 30_000;
/** Package runners may have to download first. */
const FIRST_CONNECT_MS = 120_000;
const runners = /(^|[\\/])(npx|npm|pnpm|yarn|bunx|uvx|uv|pipx|docker|podman|deno)(\.cmd|\.exe)?$/;
const RELEARN_MS = 250;
const LISTEN_AGAIN_MS = 5_000;
/** Longer than any timer can wait is not needed. */
const FOREVER_MS = 2_000_000_000;
/** A call waits this long at most for a server that is being left in peace; longer pauses are said at once. */
const SHORT_PAUSE_MS = 3_000;

type ListKey = keyof typeof listSpecs;

const changedLists = new Map<string, readonly ListKey[]>([
  ['notifications/tools/list_changed', ['tools']],
  ['notifications/prompts/list_changed', ['prompts']],
  ['notifications/resources/list_changed', ['resources', 'templates']],
]);

export class McpServer {
  readonly name: string;
  /** Changed in place when only rules, switches or times changed. */
  settings: McpServerSettings;
  readonly fingerprint: string;
  readonly #surroundings: ServerSurroundings;
  readonly #stopped = new AbortController();
  #connection: Connection | null = null;
  #starting: Promise<Connection> | null = null;
  #failure: FailureCount = noFailures;
  #problem: string | null = null;
  #readySince = 0;
  #learned: LearnedLists | null;
  #tools: readonly ToolEntry[] = [];
  #prompts: readonly CheckedDefinition[] = [];
  #resources: readonly CheckedDefinition[] = [];
  #templates: readonly CheckedDefinition[] = [];
  #learning: Promise<void> | null = null;
  #relearnTimer: NodeJS.Timeout | null = null;

  constructor(
    name: string,
    settings: McpServerSettings,
    learned: LearnedLists | null,
    surroundings: ServerSurroundings,
  ) {
    this.name = name;
    this.settings = settings;
    this.fingerprint = fingerprintOf(settings);
    this.#surroundings = surroundings;
    this.#learned = learned?.fingerprint === this.fingerprint ? learned : null;
    this.#readLearned();
  }

  get state(): McpServerState {
    if (this.#starting !== null) return 'starting';
    if (this.#connection !== null) return 'ready';
    if (isLoop(this.#failure)) return 'crash-loop';
    return this.#problem === null ? 'idle' : 'failed';
  }

  /** One sentence, or null. */
  get problem(): string | null {
    return this.#problem;
  }

  get connection(): Connection | null {
    return this.#connection;
  }

  get stderr(): string {
    return this.#connection?.line.transport.stderr ?? '';
  }

  get learned(): LearnedLists | null {
    return this.#learned;
  }

  get tools(): readonly ToolEntry[] {
    return this.#tools;
  }

  get prompts(): readonly CheckedDefinition[] {
    return this.#prompts;
  }

  get resources(): readonly CheckedDefinition[] {
    return this.#resources;
  }

  get templates(): readonly CheckedDefinition[] {
    return this.#templates;
  }

  /** Resolves when its lists are known or the attempt to learn them failed. Never throws. */
  async learnOnce(): Promise<void> {
    try {
      await this.connect();
      await this.#learning;
    } catch (error) {
      if (!(error instanceof ConnectFailure))
        this.#surroundings.log.error({ error: String(error) }, 'mcp-learn-failed');
    }
  }

  /** Forgets past failures, so that the next use tries at once. */
  forgive(): void {
    this.#failure = noFailures;
    if (this.#connection === null) this.#problem = null;
  }

  /** The open line, opened now when it has to be. Throws ConnectFailure with a sentence without a subject. */
  async connect(): Promise<Connection> {
    if (this.#connection !== null) return this.#connection;
    if (this.#stopped.signal.aborted) throw new ConnectFailure('it was turned off');
    if (this.#starting !== null) return this.#starting;
    if (isLoop(this.#failure)) {
      throw new ConnectFailure(
        `it failed ${this.#failure.failures} times in a row, so it is left alone until you test it in Tollgate; the last time ${this.#problem ?? 'it ended'}`,
      );
    }
    const pause = this.#failure.retryAt - this.#surroundings.now();
    if (pause > SHORT_PAUSE_MS)
      throw new ConnectFailure(
        `${this.#problem ?? 'it failed'}; it is tried again in ${Math.ceil(pause / 1000)} s`,
      );
    this.#starting = this.#start(Math.max(0, pause)).finally(() => {
      this.#starting = null;
    });
    this.#surroundings.onChange(this);
    return this.#starting;
  }

  /** Passes a request on. Rejects with RequestLost or ConnectFailure. */
  async request(
    method: string,
    paramsFor: (connection: Connection) => string,
    options: RequestOptions,
  ): Promise<RpcAnswer> {
    for (let attempt = 1; ; attempt++) {
      const connection = await this.#connectUnlessAborted(options.signal);
      try {
        return await connection.line.request(method, paramsFor(connection), options);
      } catch (error) {
        // Sent again only when the server certainly did nothing with it: its session had expired, or its line was gone.
        const again = error instanceof RequestLost && error.reason === 'lost' && error.notRun;
        if (!again || attempt === 2 || !connection.line.closed) throw error;
      }
    }
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    if (this.#relearnTimer !== null) clearTimeout(this.#relearnTimer);
    await this.#starting?.catch(() => undefined);
    const connection = this.#connection;
    this.#connection = null;
    await connection?.line.close();
  }

  async #connectUnlessAborted(signal: AbortSignal | undefined): Promise<Connection> {
    const connecting = this.connect();
    if (signal === undefined) return connecting;
    const aborted = Promise.withResolvers<never>();
    const onAbort = (): void => aborted.reject(new RequestLost('it was cancelled', 'cancelled', true));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    connecting.catch(() => undefined);
    return Promise.race([connecting, aborted.promise]).finally(() =>
      signal.removeEventListener('abort', onAbort),
    );
  }

  async #start(pause: number): Promise<Connection> {
    const { gate, clientInfo, now, log } = this.#surroundings;
    if (pause > 0) await this.#wait(pause);
    try {
      const connection = await gate.run(async () => {
        if (this.#stopped.signal.aborted) throw new ConnectFailure('it was turned off');
        const plan = await planServer(this.settings, this.#surroundings);
        return connectServer({
          plan,
          clientInfo,
          timeoutMs: this.#connectMs,
          signal: this.#stopped.signal,
          events: {
            onNotification: (message) => this.#onNotification(message),
            onClosed: (why) => this.#onClosed(why),
          },
        });
      });
      if (this.#stopped.signal.aborted || connection.line.closed) {
        await connection.line.close();
        throw new ConnectFailure('it ended right after it began');
      }
      this.#connection = connection;
      this.#readySince = now();
      this.#problem = null;
      log.info({ server: this.name, era: connection.era, version: connection.version }, 'mcp-server-ready');
      this.#learn(Object.keys(listSpecs) as ListKey[]);
      if (connection.era === 'modern') void this.#listen(connection);
      return connection;
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      this.#fail(why, 0);
      throw error instanceof ConnectFailure ? error : new ConnectFailure(why);
    }
  }

  get #connectMs(): number {
    return 'command' in this.settings && runners.test(this.settings.command) ? FIRST_CONNECT_MS : CONNECT_MS;
  }

  #wait(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds);
      this.#stopped.signal.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #fail(why: string, ranMs: number): void {
    if (this.#stopped.signal.aborted) return;
    this.#failure = countFailure(this.#failure, this.#surroundings.now(), ranMs);
    this.#problem = why;
    this.#surroundings.log.warn(
      { server: this.name, why, failures: this.#failure.failures },
      'mcp-server-failed',
    );
    this.#surroundings.onChange(this);
  }

  /** The line of a server in use broke. While one is being opened, opening it fails by itself. */
  #onClosed(why: string): void {
    if (this.#connection === null || !this.#connection.line.closed) return;
    this.#connection = null;
    if (why === 'its session expired') return;
    this.#fail(why, this.#surroundings.now() - this.#readySince);
  }

  #onNotification(message: NotificationMessage): void {
    const changed = changedLists.get(message.method);
    if (changed === undefined) return this.#surroundings.onNotification(this, message);
    // A server that changes in bursts is read once it is calm.
    this.#relearn.push(...changed);
    this.#relearnTimer ??= setTimeout(() => {
      this.#relearnTimer = null;
      this.#learn([...new Set(this.#relearn.splice(0))]);
    }, RELEARN_MS).unref();
  }

  readonly #relearn: ListKey[] = [];

  #learn(keys: readonly ListKey[]): void {
    const before = this.#learning ?? Promise.resolve();
    const work = before
      .then(() => this.#readLists(keys))
      .catch((error: unknown) => {
        this.#problem = error instanceof Error ? error.message : String(error);
        this.#surroundings.log.warn({ server: this.name, why: this.#problem }, 'mcp-lists-failed');
        this.#surroundings.onChange(this);
      });
    this.#learning = work;
    void work.finally(() => {
      if (this.#learning === work) this.#learning = null;
    });
  }

  async #readLists(keys: readonly ListKey[]): Promise<void> {
    const connection = this.#connection;
    if (connection === null) return;
    const { clientInfo, now, onChange } = this.#surroundings;
    const lists: Record<ListKey, readonly string[]> = {
      tools: this.#learned?.tools ?? [],
      prompts: this.#learned?.prompts ?? [],
      resources: this.#learned?.resources ?? [],
      templates: this.#learned?.templates ?? [],
    };
    for (const key of keys) lists[key] = await this.#readOne(connection, key, clientInfo);
    if (this.#stopped.signal.aborted) return;
    const { era, version, serverName, serverVersion, instructions } = connection;
    this.#learned = {
      fingerprint: this.fingerprint,
      learnedAt: now(),
      era,
      version,
      serverName,
      serverVersion,
      instructions,
      tools: [...lists.tools],
      prompts: [...lists.prompts],
      resources: [...lists.resources],
      templates: [...lists.templates],
    };
    this.#readLearned();
    if (this.#connection === connection) this.#problem = null;
    onChange(this);
  }

  /** A kind the server does not have is empty; templates are missing in many servers that have resources. */
  async #readOne(connection: Connection, key: ListKey, clientInfo: object): Promise<readonly string[]> {
    const capability = key === 'templates' ? 'resources' : key;
    if (!isObject(connection.capabilities[capability])) return [];
    try {
      return await readList(connection, listSpecs[key], clientInfo);
    } catch (error) {
      if (key === 'tools' || connection.line.closed) throw error;
      return [];
    }
  }

  #readLearned(): void {
    const learned = this.#learned;
    this.#tools = readTools(learned?.tools ?? []);
    this.#prompts = readEntries(learned?.prompts ?? [], 'name');
    this.#resources = readEntries(learned?.resources ?? [], 'uri');
    this.#templates = readEntries(learned?.templates ?? [], 'uriTemplate');
  }

  /** In the modern era changes are told to those who asked. */
  async #listen(connection: Connection): Promise<void> {
    const wanted: Record<string, boolean> = {};
    for (const kind of ['tools', 'prompts', 'resources'] as const) {
      const capability = connection.capabilities[kind];
      if (isObject(capability) && capability['listChanged'] === true) wanted[`${kind}ListChanged`] = true;
    }
    if (Object.keys(wanted).length === 0) return;
    const params = `{"notifications":${JSON.stringify(wanted)},"_meta":${modernMetaText(this.#surroundings.clientInfo)}}`;
    while (this.#connection === connection && !connection.line.closed) {
      const answer = await connection.line
        .request('subscriptions/listen', params, {
          idleMs: FOREVER_MS,
          maxMs: FOREVER_MS,
          signal: this.#stopped.signal,
        })
        .catch(() => null);
      if (answer?.kind === 'error') return;
      await this.#wait(LISTEN_AGAIN_MS);
    }
  }
}

/** Of what decides which server it is; rules and switches do not. */
export function fingerprintOf(settings: McpServerSettings): string {
  const { enabled: _enabled, tools: _tools, timeout: _timeout, ...identity } = settings;
  return hash('sha256', JSON.stringify(identity), 'hex');
}
