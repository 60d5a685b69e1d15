// The MCP endpoint: reads what a client sent, finds out which protocol era it speaks, and passes it on to that era. Both
// are served on one address, side by side (R1).
import type { IncomingMessage } from 'node:http';
import type { ClientCall } from '../../faces/route-table.ts';
import type { Features } from '../features.ts';
import { elementTexts } from '../wire/json-text.ts';
import { errorMessage, errorTextOf, notificationText, parseJson, readMessage } from '../wire/message.ts';
import type { Message } from '../wire/message.ts';
import { errorCodes, isModernVersion } from '../wire/protocol.ts';
import { sendMessage } from './http-reply.ts';
import { endLegacySession, handleLegacyPost, openLegacyStream } from './legacy-era.ts';
import { handleModernNotification, handleModernRequest } from './modern-era.ts';
import { claimsModern } from './modern-headers.ts';
import { createSessionIds } from './session-ids.ts';
import { listChanged, Sessions } from './sessions.ts';
import type { ListKind, Session } from './sessions.ts';
import { Subscriptions } from './subscriptions.ts';

const LARGEST_BODY = 32 * 1024 * 1024;
const MOST_IN_BATCH = 100;
const SERVER_PREFIX = '/mcp/s/';

interface DoorOptions {
  readonly features: Features;
  readonly version: string;
  /** Stays the same for this data folder; session ids are proved by it. */
  readonly secret: string;
  readonly now: () => number;
  readonly randomBytes: (length: number) => Buffer;
  readonly onSessionEnd?: (session: Session) => void;
}

export interface McpDoor {
  post(call: ClientCall): Promise<void>;
  get(call: ClientCall): void;
  delete(call: ClientCall): void;
  /** A list changed for those who look at a scope that `concerns` accepts. */
  announce(kind: ListKind, concerns: (scope: string | null) => boolean): void;
  /** Ends the streams that would stay open for ever; requests go on. */
  closeStreams(): void;
  /** Ends all streams and sessions' requests. */
  close(): void;
}

export function createMcpDoor(options: DoorOptions): McpDoor {
  const serverInfo = { name: 'tollgate', title: 'Tollgate', version: options.version };
  const sessions = new Sessions({
    ids: createSessionIds(options.secret, options.randomBytes),
    now: options.now,
    onEnd: (session) => options.onSessionEnd?.(session),
  });
  const subscriptions = new Subscriptions(serverInfo);
  const { features } = options;
  const parts = { features, sessions, subscriptions, serverInfo };

  /** The scope a path names; undefined after an answer that there is no such server. */
  const scopeOf = (call: ClientCall): string | null | undefined => {
    if (!call.path.startsWith(SERVER_PREFIX)) return null;
    const server = call.path.slice(SERVER_PREFIX.length);
    if (features.knowsServer(server)) return server;
    refuse(call, 404, errorCodes.invalidRequest, 'There is no MCP server of this name.');
    return undefined;
  };

  return {
    async post(call) {
      const scope = scopeOf(call);
      if (scope === undefined) return;
      const body = await readBody(call);
      if (body === null) return;
      const { messages, isBatch } = body;
      const [message] = messages;
      if (!isBatch && message !== undefined && message.kind !== 'response' && isModern(call, message)) {
        if (message.kind === 'request') await handleModernRequest(parts, call, scope, message);
        else handleModernNotification(call, message);
        return;
      }
      await handleLegacyPost(parts, { call, scope, messages, isBatch });
    },
    get(call) {
      const scope = scopeOf(call);
      if (scope === undefined || refusedWithoutSession(call)) return;
      openLegacyStream(sessions, call, scope);
    },
    delete(call) {
      const scope = scopeOf(call);
      if (scope === undefined || refusedWithoutSession(call)) return;
      endLegacySession(sessions, call, scope);
    },
    announce(kind, concerns) {
      const text = notificationText(listChanged(kind));
      for (const session of sessions.all) if (concerns(session.scope)) sessions.notify(session, text);
      subscriptions.changed(kind, concerns);
    },
    closeStreams() {
      subscriptions.close();
      for (const session of sessions.all) sessions.closeStream(session);
    },
    close() {
      subscriptions.close();
      sessions.close();
    },
  };
}

/** A message is modern by its own claim; a modern header on one that claims nothing makes it a broken modern one. */
function isModern(call: ClientCall, message: Exclude<Message, { kind: 'response' }>): boolean {
  if (claimsModern(message.params)) return true;
  const version = call.request.headers['mcp-protocol-version'];
  return typeof version === 'string' && isModernVersion(version.trim()) && /^\d{4}-/.test(version.trim());
}

/** Streams and their end belong to legacy sessions only (R50). */
function refusedWithoutSession(call: ClientCall): boolean {
  const { headers } = call.request;
  const version = headers['mcp-protocol-version'];
  const modern = typeof version === 'string' && isModernVersion(version.trim());
  if (headers['mcp-session-id'] !== undefined && !modern) return false;
  const text = errorTextOf({ code: errorCodes.invalidRequest, message: 'Method not allowed' });
  sendMessage(call.response, 405, errorMessage(null, text), { allow: 'POST' });
  return true;
}

interface Body {
  readonly messages: readonly Message[];
  readonly isBatch: boolean;
}

/** Reads and understands a body; null when it was refused. */
async function readBody(call: ClientCall): Promise<Body | null> {
  const { request } = call;
  const type = request.headers['content-type'];
  if (type !== undefined && !/^application\/json\s*(;|$)/i.test(type)) {
    refuse(call, 415, errorCodes.invalidRequest, 'The body must be application/json.');
    return null;
  }
  if (request.headers.expect !== undefined) call.response.writeContinue();
  const text = await readText(request);
  if (text === null) {
    refuse(call, 413, errorCodes.invalidRequest, 'A message is at most 32 MiB.');
    return null;
  }
  const value = parseJson(text);
  if (value === undefined) {
    refuse(call, 400, errorCodes.parseError, 'Parse error: the body is not JSON.');
    return null;
  }
  const isBatch = Array.isArray(value);
  const texts = isBatch ? elementTexts(text) : [text];
  const values: readonly unknown[] = isBatch ? (value as unknown[]) : [value];
  const messages = texts.slice(0, MOST_IN_BATCH + 1).map((part, index) => readMessage(part, values[index]));
  const understood = messages.filter((message) => message !== null);
  const acceptable =
    understood.length === messages.length && understood.length > 0 && messages.length <= MOST_IN_BATCH;
  if (!acceptable || (isBatch && understood.some(isModernOrHandshake))) {
    refuse(call, 400, errorCodes.invalidRequest, 'Invalid request: the body is not a JSON-RPC message.');
    return null;
  }
  return { messages: understood, isBatch };
}

/** These stand alone, never in a batch. */
const isModernOrHandshake = (message: Message): boolean =>
  message.kind !== 'response' && (message.method === 'initialize' || claimsModern(message.params));

/** Null when the body is too large; the rest of it is then left for the server to drain. */
function readText(request: IncomingMessage): Promise<string | null> {
  if (Number(request.headers['content-length'] ?? 0) > LARGEST_BODY) return Promise.resolve(null);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const take = (chunk: Buffer): void => {
      length += chunk.length;
      if (length <= LARGEST_BODY) chunks.push(chunk);
      else finish(null);
    };
    const finish = (text: string | null): void => {
      request.off('data', take);
      resolve(text);
    };
    request.on('data', take);
    request.once('end', () => finish(Buffer.concat(chunks).toString('utf8')));
    // A client that left in the middle gets no answer; the empty text is refused into the void.
    request.once('close', () => finish(''));
  });
}

function refuse(call: ClientCall, status: number, code: number, message: string): void {
  sendMessage(call.response, status, errorMessage(null, errorTextOf({ code, message })));
}
