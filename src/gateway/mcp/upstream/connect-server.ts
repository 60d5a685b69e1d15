// Opens the line to a server and finds out which protocol era it speaks (R4). Over stdio `initialize` is tried first: nearly
// every server knows it, and no answer has to be waited for in vain. Over HTTP `server/discover` is first, as there even
// a refusal comes at once.
import { isObject, parseJson } from '../wire/message.ts';
import type { JsonObject } from '../wire/message.ts';
import { LATEST_LEGACY_VERSION, legacyVersions, metaKeys, MODERN_VERSION } from '../wire/protocol.ts';
import { HttpTransport, sayStatus } from './http-transport.ts';
import { RequestLost, RpcLine } from './rpc-line.ts';
import type { LineEvents, RpcAnswer } from './rpc-line.ts';
import { SseTransport } from './sse-transport.ts';
import type { Transport, TransportEvents } from './transport.ts';

/** A server cannot be used; the message is a sentence without a subject that says why. */
export class ConnectFailure extends Error {
  override readonly name = 'ConnectFailure';
}

/** How to reach a server; secrets are filled in already. */
export type ServerPlan =
  | { readonly kind: 'stdio'; readonly open: (events: TransportEvents) => Transport }
  | {
      readonly kind: 'http' | 'sse';
      readonly url: string;
      readonly headers: Readonly<Record<string, string>>;
    };

export interface Connection {
  readonly line: RpcLine;
  readonly era: 'modern' | 'legacy';
  /** Agreed revision. */
  readonly version: string;
  readonly capabilities: JsonObject;
  /** What the server calls itself; to be shown, never trusted (R5). */
  readonly serverName: string | null;
  readonly serverVersion: string | null;
  readonly instructions: string | null;
}

interface ConnectOptions {
  readonly plan: ServerPlan;
  readonly clientInfo: { readonly name: string; readonly version: string };
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
  readonly events: LineEvents;
}

/** The `_meta` of every modern request to a server. We relay no callbacks yet, so we claim no capability (R6). */
export const modernMetaText = (clientInfo: object): string =>
  JSON.stringify({
    [metaKeys.protocolVersion]: MODERN_VERSION,
    [metaKeys.clientInfo]: clientInfo,
    [metaKeys.clientCapabilities]: {},
  });

/** Throws ConnectFailure; nothing is left open then. */
export async function connectServer(options: ConnectOptions): Promise<Connection> {
  const { plan } = options;
  if (plan.kind === 'stdio') return connectStdio(options, plan.open);
  if (plan.kind === 'sse') return connectSse(options, plan.url, plan.headers);
  return connectHttp(options, plan.url, plan.headers);
}

async function connectStdio(
  options: ConnectOptions,
  open: (events: TransportEvents) => Transport,
): Promise<Connection> {
  const line = new RpcLine(open, options.events);
  return guarded(line, async () => {
    const hello = await ask(line, options, 'initialize', initializeParams(options));
    if (hello.kind === 'result') return acceptLegacy(line, hello);
    const found = await ask(line, options, 'server/discover', discoverParams(options));
    if (found.kind === 'result') return acceptModern(line, found);
    throw new ConnectFailure(`it refused the handshake: ${errorMessageOf(hello)}`);
  });
}

async function connectSse(
  options: ConnectOptions,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Connection> {
  const line = new RpcLine((events) => new SseTransport({ url, headers, events }), options.events);
  return guarded(line, async () => {
    const hello = await ask(line, options, 'initialize', initializeParams(options));
    if (hello.kind === 'result') return acceptLegacy(line, hello);
    throw new ConnectFailure(`it refused the handshake: ${errorMessageOf(hello)}`);
  });
}

async function connectHttp(
  options: ConnectOptions,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<Connection> {
  let transport: HttpTransport | null = null;
  const line = new RpcLine((events) => {
    transport = new HttpTransport({ url, headers, events });
    return transport;
  }, options.events);
  const http = transport as HttpTransport | null;
  if (http === null) throw new ConnectFailure('it cannot be reached');
  return guarded(line, async () => {
    const found = await answered(http, ask(line, options, 'server/discover', discoverParams(options)));
    if (found?.kind === 'result' && offersModern(found)) return acceptModern(line, found);
    stopAtLogin(http);
    http.setEra('legacy', null);
    const hello = await answered(http, ask(line, options, 'initialize', initializeParams(options)));
    if (hello?.kind === 'result') {
      const connection = acceptLegacy(line, hello);
      http.setEra('legacy', connection.version);
      line.notify('notifications/initialized');
      http.openStream();
      return connection;
    }
    stopAtLogin(http);
    const status = http.lastAnswer?.status ?? 0;
    if (![400, 404, 405].includes(status))
      throw new ConnectFailure(hello === null ? sayStatus(status) : errorMessageOf(hello));
    await line.close();
    return connectSse(options, url, headers);
  });
}

/** Null when the server answered, but not with the answer; then another era may be tried. */
async function answered(http: HttpTransport, work: Promise<RpcAnswer>): Promise<RpcAnswer | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof RequestLost && error.reason === 'lost' && http.lastAnswer !== null) return null;
    throw error;
  }
}

function stopAtLogin(http: HttpTransport): void {
  const status = http.lastAnswer?.status ?? 0;
  if (status === 401 || status === 403) throw new ConnectFailure(sayStatus(status));
}

async function guarded(line: RpcLine, work: () => Promise<Connection>): Promise<Connection> {
  try {
    const connection = await work();
    if (line.closed && !connection.line.closed) return connection;
    if (connection.era === 'legacy' && !(line.transport instanceof HttpTransport) && connection.line === line)
      line.notify('notifications/initialized');
    return connection;
  } catch (error) {
    const { stderr } = line.transport;
    await line.close();
    const lastLine = stderr.trimEnd().split('\n').at(-1)?.slice(0, 300) ?? '';
    const why = error instanceof Error ? error.message : String(error);
    if (!(error instanceof ConnectFailure) && !(error instanceof RequestLost)) throw error;
    throw new ConnectFailure(lastLine === '' ? why : `${why}; its last words were: ${lastLine}`);
  }
}

function ask(line: RpcLine, options: ConnectOptions, method: string, paramsText: string): Promise<RpcAnswer> {
  return line.request(method, paramsText, {
    idleMs: options.timeoutMs,
    maxMs: options.timeoutMs,
    signal: options.signal,
  });
}

const initializeParams = ({ clientInfo }: ConnectOptions): string =>
  JSON.stringify({ protocolVersion: LATEST_LEGACY_VERSION, capabilities: {}, clientInfo });

const discoverParams = ({ clientInfo }: ConnectOptions): string => `{"_meta":${modernMetaText(clientInfo)}}`;

function offersModern(answer: RpcAnswer): boolean {
  const result = parseJson(answer.text);
  const versions = isObject(result) ? result['supportedVersions'] : undefined;
  return Array.isArray(versions) && versions.includes(MODERN_VERSION);
}

function acceptLegacy(line: RpcLine, answer: RpcAnswer): Connection {
  const result = parseJson(answer.text);
  const version = isObject(result) ? result['protocolVersion'] : undefined;
  if (!isObject(result) || typeof version !== 'string')
    throw new ConnectFailure('its handshake is not one of the Model Context Protocol');
  if (!legacyVersions.includes(version)) {
    throw new ConnectFailure(
      `it speaks revision ${version.slice(0, 20)} of the protocol, which Tollgate does not`,
    );
  }
  return { line, era: 'legacy', version, ...aboutServer(result, result['serverInfo']) };
}

function acceptModern(line: RpcLine, answer: RpcAnswer): Connection {
  const result = parseJson(answer.text);
  if (!isObject(result) || !offersModern(answer))
    throw new ConnectFailure(`it does not speak revision ${MODERN_VERSION} of the protocol`);
  const meta = isObject(result['_meta']) ? result['_meta'] : {};
  const about = aboutServer(result, meta[metaKeys.serverInfo] ?? result['serverInfo']);
  return { line, era: 'modern', version: MODERN_VERSION, ...about };
}

function aboutServer(
  result: JsonObject,
  info: unknown,
): Pick<Connection, 'capabilities' | 'serverName' | 'serverVersion' | 'instructions'> {
  const text = (value: unknown, limit: number): string | null =>
    typeof value === 'string' && value !== '' ? value.slice(0, limit) : null;
  return {
    capabilities: isObject(result['capabilities']) ? result['capabilities'] : {},
    serverName: isObject(info) ? text(info['name'], 200) : null,
    serverVersion: isObject(info) ? text(info['version'], 100) : null,
    instructions: text(result['instructions'], 32_768),
  };
}

export function errorMessageOf(answer: RpcAnswer): string {
  const error = parseJson(answer.text);
  const message = isObject(error) ? error['message'] : undefined;
  return typeof message === 'string' ? message.slice(0, 500) : 'it answered with an error';
}
