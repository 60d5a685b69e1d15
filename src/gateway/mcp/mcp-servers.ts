// All configured servers: made and ended as the settings say, their lists put together into what clients see, changes told
// once they are calm and only when what is seen changed (R20).
import type { McpServerSettings } from '../../contract/mcp.ts';
import type { Settings } from '../../contract/settings.ts';
import { buildView, NameBook } from './catalogue/catalogue.ts';
import type { View } from './catalogue/catalogue.ts';
import type { CatalogueFile } from './catalogue/catalogue-file.ts';
import { composeInstructions } from './catalogue/compose-instructions.ts';
import type { ListKind } from './door/sessions.ts';
import { fingerprintOf, McpServer } from './upstream/mcp-server.ts';
import type { ServerSurroundings } from './upstream/mcp-server.ts';

const CALM_MS = 250;
/** A first list waits so long at most for servers never seen before. */
const FIRST_LIST_MS = 1_000;
/** Lists older than this are read again when a client comes. */
const STALE_MS = 24 * 60 * 60 * 1000;

interface ServersOptions {
  readonly surroundings: Omit<ServerSurroundings, 'onChange'>;
  readonly file: CatalogueFile;
  /** A list changed for those who look at a scope that `concerns` accepts. */
  readonly announce: (kind: ListKind, concerns: (scope: string | null) => boolean) => void;
  /** State, lists or settings of servers changed, for the window. */
  readonly onChange: () => void;
}

const kindsOfLists = [
  ['tools', 'tools'],
  ['prompts', 'prompts'],
  ['resources', 'resources'],
  ['resourceTemplates', 'resources'],
] as const satisfies readonly (readonly [keyof View['lists'], ListKind])[];

export class McpServers {
  readonly #options: ServersOptions;
  readonly #names: NameBook;
  readonly #running = new Map<string, McpServer>();
  readonly #ending = new Set<Promise<void>>();
  #settings: Readonly<Record<string, McpServerSettings>> = {};
  #views = new Map<string | null, View>();
  /** By scope, all the lists that clients may hold: what they were told of last and what was handed out since. */
  #held = new Map<string | null, Set<View['lists']>>();
  #calmTimer: NodeJS.Timeout | null = null;
  #firstLists: Promise<unknown> | null = null;

  constructor(options: ServersOptions) {
    this.#options = options;
    this.#names = new NameBook(options.file.initial.aliases);
  }

  /** Enabled servers, in the settings' order. */
  get enabled(): readonly McpServer[] {
    return Object.keys(this.#settings).flatMap((name) => this.#running.get(name) ?? []);
  }

  get settings(): Readonly<Record<string, McpServerSettings>> {
    return this.#settings;
  }

  get names(): NameBook {
    return this.#names;
  }

  find(name: string): McpServer | null {
    return this.#running.get(name) ?? null;
  }

  /** Takes over changed settings: what is gone, turned off or means another server now is ended, with all its processes. */
  apply({ mcpServers }: Settings): void {
    this.#settings = mcpServers;
    for (const [name, server] of [...this.#running]) {
      const settings = mcpServers[name];
      if (settings === undefined) this.#names.forgetServer(name);
      if (
        settings !== undefined &&
        settings.enabled !== false &&
        server.fingerprint === fingerprintOf(settings)
      ) {
        server.settings = settings;
        continue;
      }
      this.#running.delete(name);
      this.#end(server);
    }
    const surroundings = { ...this.#options.surroundings, onChange: () => this.#changed() };
    const learned = this.#options.file.initial.servers;
    for (const [name, settings] of Object.entries(mcpServers)) {
      if (settings.enabled === false || this.#running.has(name)) continue;
      this.#running.set(name, new McpServer(name, settings, learned[name] ?? null, surroundings));
    }
    this.#changed();
  }

  view(scope: string | null): View {
    const known = this.#views.get(scope);
    if (known !== undefined) return known;
    const servers = this.enabled.filter((server) => scope === null || server.name === scope);
    const view = buildView(servers, scope === null ? this.#names : null);
    this.#views.set(scope, view);
    return view;
  }

  /** The lists for a client, who is told when they change. */
  handOut(scope: string | null): View['lists'] {
    const { lists } = this.view(scope);
    const held = this.#held.get(scope) ?? new Set();
    this.#held.set(scope, held.add(lists));
    return lists;
  }

  /** Starts what was never seen or not for long, and gives the never seen a moment, once (R18, R51). */
  async prepareLists(): Promise<void> {
    const now = this.#options.surroundings.now();
    const unseen: Promise<void>[] = [];
    for (const server of this.enabled) {
      const { learned, state } = server;
      if (learned !== null && learned.learnedAt > now - STALE_MS) continue;
      if (state !== 'idle' && state !== 'failed') continue;
      const work = server.learnOnce();
      if (learned === null && state === 'idle') unseen.push(work);
    }
    if (unseen.length > 0) {
      const moment = new Promise<void>((resolve) => setTimeout(resolve, FIRST_LIST_MS).unref());
      const first = Promise.race([Promise.all(unseen), moment]);
      this.#firstLists = first;
      void first.finally(() => {
        if (this.#firstLists === first) this.#firstLists = null;
      });
    }
    await this.#firstLists;
  }

  instructions(scope: string | null): string | null {
    const all = this.enabled.flatMap(({ name, learned }) =>
      learned?.instructions == null || (scope !== null && scope !== name)
        ? []
        : [{ server: name, text: learned.instructions }],
    );
    return scope === null ? composeInstructions(all) : (all[0]?.text ?? null);
  }

  /** Ends all servers; resolves when no process is left. */
  async close(): Promise<void> {
    if (this.#calmTimer !== null) clearTimeout(this.#calmTimer);
    this.#save();
    this.#options.file.flush();
    for (const server of this.#running.values()) this.#end(server);
    this.#running.clear();
    await Promise.all(this.#ending);
  }

  #end(server: McpServer): void {
    const ending = server.stop();
    this.#ending.add(ending);
    void ending.finally(() => this.#ending.delete(ending));
  }

  #changed(): void {
    this.#views = new Map();
    this.#calmTimer ??= setTimeout(() => this.#tell(), CALM_MS).unref();
  }

  /** Compares what clients would see now with what they hold. */
  #tell(): void {
    this.#calmTimer = null;
    const changed = new Map<ListKind, Set<string | null>>();
    for (const [scope, held] of this.#held) {
      const { lists } = this.view(scope);
      for (const [list, kind] of kindsOfLists) {
        if ([...held].every((before) => before[list] === lists[list])) continue;
        changed.set(kind, (changed.get(kind) ?? new Set()).add(scope));
      }
      this.#held.set(scope, new Set([lists]));
    }
    for (const [kind, concerned] of changed) this.#options.announce(kind, (scope) => concerned.has(scope));
    this.#save();
    this.#options.onChange();
  }

  #save(): void {
    this.#options.file.save(() => {
      const { initial } = this.#options.file;
      const servers: typeof initial.servers = {};
      for (const name of Object.keys(this.#settings)) {
        const learned = this.#running.get(name)?.learned ?? initial.servers[name];
        if (learned !== undefined) servers[name] = learned;
      }
      // What is read again when a server is turned on is what was saved last.
      initial.servers = servers;
      initial.aliases = this.#names.entries;
      return initial;
    });
  }
}
