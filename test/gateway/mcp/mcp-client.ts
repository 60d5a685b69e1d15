// A raw MCP client for tests: says exactly what it is told over HTTP and hands back exactly what came. Both protocol eras.
import { request as openRequest } from 'node:http';
import type { IncomingMessage } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly body: string;
  /** Messages of the body, whether it came as JSON or as an event stream. */
  readonly messages: Rpc[];
  /** The last message. */
  readonly last: Rpc;
}

export interface Rpc {
  readonly jsonrpc?: string;
  readonly id?: string | number | null;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { code: number; message: string; data?: unknown };
}

export interface Stream {
  readonly status: number;
  readonly headers: NodeJS.Dict<string | string[]>;
  readonly messages: Rpc[];
  /** Resolves with the first message, old or new, that is accepted. */
  next(accept: (message: Rpc) => boolean): Promise<Rpc>;
  readonly ended: Promise<void>;
  close(): void;
}

const both = 'application/json, text/event-stream';

export const modernMeta = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  'io.modelcontextprotocol/protocolVersion': '2026-07-28',
  'io.modelcontextprotocol/clientInfo': { name: 'test', version: '1' },
  'io.modelcontextprotocol/clientCapabilities': {},
  ...more,
});

/** Reads events of a stream as they come. */
function readEvents(answer: IncomingMessage, onMessage: (message: Rpc, text: string) => void): void {
  let rest = '';
  answer.setEncoding('utf8');
  answer.on('data', (part: string) => {
    rest += part;
    for (let end = rest.indexOf('\n\n'); end !== -1; end = rest.indexOf('\n\n')) {
      const data = rest
        .slice(0, end)
        .split('\n')
        .filter((line) => line.startsWith('data: '))
        .map((line) => line.slice(6))
        .join('\n');
      rest = rest.slice(end + 2);
      if (data !== '') onMessage(JSON.parse(data) as Rpc, data);
    }
  });
}

export function send(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const outgoing = openRequest(url, { method, headers, agent: false }, (answer) => {
      let text = '';
      answer.setEncoding('utf8');
      answer.on('data', (part: string) => (text += part));
      answer.on('end', () => {
        const messages = (answer.headers['content-type'] ?? '').startsWith('text/event-stream')
          ? [...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1] ?? '') as Rpc)
          : text === ''
            ? []
            : [JSON.parse(text) as Rpc].flat();
        resolve({
          status: answer.statusCode ?? 0,
          headers: answer.headers,
          body: text,
          messages,
          last: messages.at(-1) ?? {},
        });
      });
      answer.on('error', reject);
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

export function openStream(
  url: string,
  method: string,
  headers: Record<string, string>,
  body?: string,
): Promise<Stream> {
  return new Promise((resolve, reject) => {
    const outgoing = openRequest(url, { method, headers, agent: false }, (answer) => {
      const messages: Rpc[] = [];
      const waiting = new Set<() => void>();
      readEvents(answer, (message) => {
        messages.push(message);
        for (const check of waiting) check();
      });
      const ended = new Promise<void>((done) => void answer.once('close', () => done()));
      answer.on('error', () => {});
      resolve({
        status: answer.statusCode ?? 0,
        headers: answer.headers,
        messages,
        ended,
        close: () => void outgoing.destroy(),
        next: (accept) =>
          new Promise((found, lost) => {
            const check = (): void => {
              const message = messages.find(accept);
              if (message === undefined) return;
              waiting.delete(check);
              found(message);
            };
            waiting.add(check);
            check();
            void ended.then(() => lost(new Error(`the stream ended; it said ${JSON.stringify(messages)}`)));
          }),
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** A client of the 2026-07-28 revision. */
export function modernClient(url: string, key: string) {
  let nextId = 1;
  const headersFor = (method: string, name?: string): Record<string, string> => ({
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: both,
    'mcp-protocol-version': '2026-07-28',
    'mcp-method': method,
    ...(name === undefined ? {} : { 'mcp-name': name }),
  });
  const bodyFor = (method: string, params: Record<string, unknown>, meta: Record<string, unknown>): string =>
    JSON.stringify({ jsonrpc: '2.0', id: nextId++, method, params: { ...params, _meta: modernMeta(meta) } });
  const nameOf = (params: Record<string, unknown>): string | undefined => {
    const value = params['name'] ?? params['uri'];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    headersFor,
    ask: (method: string, params: Record<string, unknown> = {}, meta: Record<string, unknown> = {}) =>
      send(url, 'POST', headersFor(method, nameOf(params)), bodyFor(method, params, meta)),
    open: (method: string, params: Record<string, unknown> = {}, meta: Record<string, unknown> = {}) =>
      openStream(url, 'POST', headersFor(method, nameOf(params)), bodyFor(method, params, meta)),
    raw: (headers: Record<string, string>, body: string) => send(url, 'POST', headers, body),
  };
}

/** A client of a revision with sessions; `initialize` was said when it resolves. */
export async function legacyClient(url: string, key: string, version = '2025-11-25') {
  let nextId = 1;
  const base = {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    accept: both,
  };
  const hello = await send(
    url,
    'POST',
    base,
    JSON.stringify({
      jsonrpc: '2.0',
      id: 0,
      method: 'initialize',
      params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 'test', version: '1' } },
    }),
  );
  const session = String(hello.headers['mcp-session-id']);
  const headers = { ...base, 'mcp-session-id': session, 'mcp-protocol-version': version };
  const raw = (body: string) => send(url, 'POST', headers, body);
  await raw(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }));
  return {
    hello,
    session,
    headers,
    raw,
    ask: (method: string, params: Record<string, unknown> = {}) =>
      raw(JSON.stringify({ jsonrpc: '2.0', id: nextId++, method, params })),
    openCall: (id: string | number, method: string, params: Record<string, unknown> = {}) =>
      openStream(url, 'POST', headers, JSON.stringify({ jsonrpc: '2.0', id, method, params })),
    tell: (method: string, params: Record<string, unknown> = {}) =>
      raw(JSON.stringify({ jsonrpc: '2.0', method, params })),
    listen: () => openStream(url, 'GET', { ...headers, accept: 'text/event-stream' }),
    end: () => send(url, 'DELETE', headers),
  };
}
