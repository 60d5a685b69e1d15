// The revisions 2024-11-05 to 2025-11-25: `initialize`, sessions, messages one by one or, in 2025-03-26, in batches.
import type { ClientCall } from '../../faces/route-table.ts';
import type { Features, Outcome } from '../features.ts';
import { legacyCapabilities, refusal } from '../features.ts';
import { errorMessage, errorTextOf, resultMessage } from '../wire/message.ts';
import type { Message, NotificationMessage, RequestMessage } from '../wire/message.ts';
import {
  BATCH_VERSION,
  errorCodes,
  isLogLevel,
  LATEST_LEGACY_VERSION,
  legacyVersions,
  logLevels,
} from '../wire/protocol.ts';
import { HttpReply, sendMessage } from './http-reply.ts';
import type { Session, Sessions } from './sessions.ts';

export interface LegacyParts {
  readonly features: Features;
  readonly sessions: Sessions;
  readonly serverInfo: object;
}

/** One POST: the messages of its body, and whether they came as an array. */
export interface LegacyPost {
  readonly call: ClientCall;
  readonly scope: string | null;
  readonly messages: readonly Message[];
  readonly isBatch: boolean;
}

export async function handleLegacyPost(parts: LegacyParts, post: LegacyPost): Promise<void> {
  const [first] = post.messages;
  if (!post.isBatch && first?.kind === 'request' && first.method === 'initialize') {
    await initialize(parts, post, first);
    return;
  }
  const session = findSession(parts.sessions, post.call, post.scope);
  if (session === null) return;
  const { response } = post.call;
  if (post.isBatch && session.version !== BATCH_VERSION) {
    refuse(response, 400, errorCodes.invalidRequest, `Only revision ${BATCH_VERSION} allows batches.`);
    return;
  }
  const requests = post.messages.filter((message) => message.kind === 'request');
  for (const message of post.messages) if (message.kind === 'notification') heed(session, message);
  if (requests.length === 0) {
    response.writeHead(202, { 'content-length': 0 }).end();
    return;
  }
  const reply = new HttpReply(response, {
    mayStream: acceptsStream(post.call),
    batchOf: post.isBatch ? requests.length : null,
    headers: { 'mcp-session-id': session.id },
  });
  await Promise.all(
    requests.map(async (request) => {
      const outcome = await answer(parts, session, request, reply);
      reply.answer(messageFor(request, outcome));
    }),
  );
}

/** GET: the session's stream. */
export function openLegacyStream(sessions: Sessions, call: ClientCall, scope: string | null): void {
  const session = findSession(sessions, call, scope);
  if (session === null) return;
  if (!acceptsStream(call)) {
    refuse(call.response, 406, errorCodes.invalidRequest, 'The stream is text/event-stream; accept it.');
    return;
  }
  sessions.openStream(session, call.response);
}

/** DELETE: the client is done with its session. */
export function endLegacySession(sessions: Sessions, call: ClientCall, scope: string | null): void {
  const session = findSession(sessions, call, scope);
  if (session === null) return;
  sessions.end(session);
  call.response.writeHead(200, { 'content-length': 0 }).end();
}

async function initialize(
  parts: LegacyParts,
  { call, scope }: LegacyPost,
  request: RequestMessage,
): Promise<void> {
  const asked = request.params['protocolVersion'];
  if (typeof asked !== 'string') {
    const text = errorTextOf({
      code: errorCodes.invalidParams,
      message: 'initialize needs a protocolVersion.',
    });
    sendMessage(call.response, 400, errorMessage(request.idText, text));
    return;
  }
  const version = legacyVersions.includes(asked) ? asked : LATEST_LEGACY_VERSION;
  const session = parts.sessions.begin({ client: call.client.id, scope, version });
  const instructions = await parts.features.instructions(scope);
  const result = {
    protocolVersion: version,
    capabilities: legacyCapabilities,
    serverInfo: parts.serverInfo,
    ...(instructions === null ? {} : { instructions }),
  };
  sendMessage(call.response, 200, resultMessage(request.idText, JSON.stringify(result)), {
    'mcp-session-id': session.id,
  });
}

/** Answers the call itself, and returns null, when there is no session. */
function findSession(sessions: Sessions, call: ClientCall, scope: string | null): Session | null {
  const { request, response } = call;
  const version = request.headers['mcp-protocol-version'];
  if (typeof version === 'string' && !legacyVersions.includes(version.trim())) {
    const supported = legacyVersions.join(', ');
    refuse(
      response,
      400,
      errorCodes.invalidRequest,
      `Unsupported protocol version; a session speaks one of ${supported}.`,
    );
    return null;
  }
  const id = request.headers['mcp-session-id'];
  if (typeof id !== 'string') {
    refuse(
      response,
      400,
      errorCodes.invalidRequest,
      'Mcp-Session-Id is missing: begin with initialize or server/discover.',
    );
    return null;
  }
  const session = sessions.find(id, call.client.id, scope);
  if (session === null) refuse(response, 404, errorCodes.sessionNotFound, 'Session not found');
  return session;
}

function heed(session: Session, { method, params }: NotificationMessage): void {
  if (method !== 'notifications/cancelled') return;
  const id = params['requestId'];
  if (typeof id !== 'string' && typeof id !== 'number') return;
  session.inFlight.get(id)?.abort();
}

/** Null: the request was cancelled, and nobody waits for an answer. */
async function answer(
  parts: LegacyParts,
  session: Session,
  request: RequestMessage,
  reply: HttpReply,
): Promise<Outcome> {
  switch (request.method) {
    case 'ping':
      return { resultText: '{}' };
    case 'logging/setLevel': {
      const level = request.params['level'];
      if (!isLogLevel(level))
        return refusal({
          code: errorCodes.invalidParams,
          message: `level must be one of ${logLevels.join(', ')}.`,
        });
      session.logLevel = level;
      return { resultText: '{}' };
    }
    default:
  }
  if (!parts.features.has(request.method))
    return refusal({ code: errorCodes.methodNotFound, message: 'Method not found' });
  const cancelled = new AbortController();
  session.inFlight.set(request.id, cancelled);
  try {
    return await parts.features.run({
      caller: { client: session.client, scope: session.scope, session: session.id },
      modern: false,
      method: request.method,
      params: request.params,
      paramsText: request.paramsText,
      logLevel: session.logLevel,
      signal: cancelled.signal,
      reply,
    });
  } finally {
    if (session.inFlight.get(request.id) === cancelled) session.inFlight.delete(request.id);
  }
}

export const messageFor = (request: RequestMessage, outcome: Outcome): string =>
  'resultText' in outcome
    ? resultMessage(request.idText, outcome.resultText)
    : errorMessage(request.idText, outcome.errorText);

export function acceptsStream(call: ClientCall): boolean {
  const accept = call.request.headers.accept ?? '*/*';
  return accept.includes('text/event-stream') || accept.includes('*/*') || accept.includes('text/*');
}

function refuse(response: ClientCall['response'], status: number, code: number, message: string): void {
  sendMessage(response, status, errorMessage(null, errorTextOf({ code, message })));
}
