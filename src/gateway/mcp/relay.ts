// Passes a client's request to a server: parameters in the server's era, progress and log messages back to the client that
// waits, cancellation forwards (R24, R25, R29, R40).
import type { Target } from './catalogue/catalogue.ts';
import type { FeatureRequest } from './features.ts';
import { parameterHeaders, progressTokenText, relayParams } from './relay-params.ts';
import type { Connection } from './upstream/connect-server.ts';
import type { McpServer } from './upstream/mcp-server.ts';
import type { RpcAnswer } from './upstream/rpc-line.ts';
import { withMember } from './wire/json-text.ts';
import { isObject, notificationText } from './wire/message.ts';
import type { NotificationMessage } from './wire/message.ts';
import { isLogLevel, logLevels } from './wire/protocol.ts';
import type { LogLevel } from './wire/protocol.ts';

/** Longer than clients wait, so that their own message comes first (R26). */
const IDLE_MS = 30 * 60_000;
const LONGEST_MS = 24 * 60 * 60_000;

interface RunningRequest {
  readonly server: McpServer;
  readonly request: FeatureRequest;
}

export class Relay {
  readonly #clientInfo: { readonly name: string; readonly version: string };
  readonly #running = new Set<RunningRequest>();
  /** The most talkative level a server was set to. */
  #onIdle = (): void => {};
  readonly #levels = new WeakMap<Connection, LogLevel>();

  constructor(clientInfo: { readonly name: string; readonly version: string }) {
    this.#clientInfo = clientInfo;
  }

  /** `changes`: members of the parameters to replace, as JSON text. Rejects with RequestLost or ConnectFailure. */
  async toServer(
    { server, name }: Target,
    request: FeatureRequest,
    changes: Readonly<Record<string, string>> = { name: JSON.stringify(name) },
  ): Promise<RpcAnswer> {
    const token = progressTokenText(request.params, request.paramsText);
    const longest = server.settings.timeout ?? LONGEST_MS;
    const running: RunningRequest = { server, request };
    const paramsFor = (connection: Connection): string => {
      this.#setLevel(connection, request.logLevel);
      const hop = { era: connection.era, clientInfo: this.#clientInfo, logLevel: request.logLevel };
      let params = relayParams(request.paramsText, hop);
      for (const [key, value] of Object.entries(changes)) params = withMember(params, key, value);
      return params;
    };
    this.#running.add(running);
    try {
      return await server.request(request.method, paramsFor, {
        idleMs: Math.min(IDLE_MS, longest),
        maxMs: longest,
        signal: request.signal,
        headers: this.#headersFor(server, name, request),
        ...(token === null
          ? {}
          : {
              onProgress: (paramsText: string) =>
                request.reply.notify(
                  notificationText('notifications/progress', withMember(paramsText, 'progressToken', token)),
                ),
            }),
      });
    } finally {
      this.#running.delete(running);
      if (this.#running.size === 0) this.#onIdle();
    }
  }

  /** Resolves when no request is with a server, or after so many milliseconds. */
  async idle(mostMs: number): Promise<void> {
    if (this.#running.size === 0) return;
    const idle = Promise.withResolvers<void>();
    this.#onIdle = idle.resolve;
    const timer = setTimeout(idle.resolve, mostMs);
    await idle.promise;
    clearTimeout(timer);
  }

  /** A server's log message goes to the request it works on; while it works on several, nobody knows to which. */
  onServerMessage(server: McpServer, message: NotificationMessage): void {
    if (message.method !== 'notifications/message') return;
    const mine = [...this.#running].filter((running) => running.server === server);
    const [only] = mine;
    if (mine.length !== 1 || only === undefined || only.request.logLevel === null) return;
    const { level } = message.params;
    if (!isLogLevel(level) || logLevels.indexOf(level) < logLevels.indexOf(only.request.logLevel)) return;
    only.request.reply.notify(notificationText(message.method, message.paramsText));
  }

  #headersFor(server: McpServer, name: string, { method, params }: FeatureRequest): Record<string, string> {
    if (method !== 'tools/call' || !('url' in server.settings)) return {};
    const tool = server.tools.find(({ checked }) => checked.ok && checked.name === name);
    return parameterHeaders(tool?.value['inputSchema'], params['arguments']);
  }

  /** Legacy servers have one level for everyone: the most talkative that anyone asked for. */
  #setLevel(connection: Connection, level: LogLevel | null): void {
    if (connection.era !== 'legacy' || level === null || !isObject(connection.capabilities['logging']))
      return;
    const before = this.#levels.get(connection);
    if (before !== undefined && logLevels.indexOf(before) <= logLevels.indexOf(level)) return;
    this.#levels.set(connection, level);
    void connection.line
      .request('logging/setLevel', JSON.stringify({ level }), { idleMs: 30_000, maxMs: 30_000 })
      .catch(() => undefined);
  }
}
