// Revision 2026-07-28: no handshake and no session. Each request stands for itself; closing its answer cancels it (R25).
import type { ClientCall } from '../../faces/route-table.ts';
import type { Features, Outcome } from '../features.ts';
import { capabilities } from '../features.ts';
import { memberText, withMember } from '../wire/json-text.ts';
import { errorMessage, errorTextOf, metaOf } from '../wire/message.ts';
import type { NotificationMessage, RequestMessage } from '../wire/message.ts';
import { errorCodes, isLogLevel, metaKeys, MODERN_VERSION } from '../wire/protocol.ts';
import type { RpcError } from '../wire/protocol.ts';
import { HttpReply, sendMessage } from './http-reply.ts';
import { acceptsStream, messageFor } from './legacy-era.ts';
import { checkModernNotification, checkModernRequest } from './modern-headers.ts';
import type { MirrorHeaders } from './modern-headers.ts';
import { Subscriptions } from './subscriptions.ts';

export interface ModernParts {
  readonly features: Features;
  readonly subscriptions: Subscriptions;
  readonly serverInfo: object;
}

/** Results that a client may keep for a while; ours change by a click, so for no time at all (R19). */
const cacheable = new Set([
  'tools/list',
  'prompts/list',
  'resources/list',
  'resources/templates/list',
  'resources/read',
  'server/discover',
]);

export function handleModernNotification(call: ClientCall, message: NotificationMessage): void {
  const error = checkModernNotification(message, mirrorHeaders(call));
  if (error === null) call.response.writeHead(202, { 'content-length': 0 }).end();
  else sendMessage(call.response, 400, errorMessage(null, errorTextOf(error)));
}

export async function handleModernRequest(
  parts: ModernParts,
  call: ClientCall,
  scope: string | null,
  request: RequestMessage,
): Promise<void> {
  const { response } = call;
  const refuse = (status: number, error: RpcError): void =>
    sendMessage(response, status, errorMessage(request.idText, errorTextOf(error)));
  const error = checkModernRequest(request, mirrorHeaders(call));
  if (error !== null) return refuse(400, error);
  if (request.method === 'subscriptions/listen') {
    const kinds = Subscriptions.filterOf(request.params);
    if (kinds === null) {
      return refuse(200, {
        code: errorCodes.invalidParams,
        message: 'Invalid params: notifications must say which changes are wanted.',
      });
    }
    if (parts.subscriptions.full)
      return refuse(200, { code: errorCodes.internalError, message: 'Too many subscriptions are open.' });
    return parts.subscriptions.listen(response, request, { scope, client: call.client.id, kinds });
  }
  if (request.method === 'server/discover') {
    const outcome = { resultText: await discover(parts, scope) };
    return sendMessage(response, 200, messageFor(request, inModernForm(request.method, outcome)));
  }
  if (!parts.features.has(request.method))
    return refuse(404, { code: errorCodes.methodNotFound, message: 'Method not found' });
  await run(parts, call, scope, request);
}

async function run(
  parts: ModernParts,
  call: ClientCall,
  scope: string | null,
  request: RequestMessage,
): Promise<void> {
  const reply = new HttpReply(call.response, { mayStream: acceptsStream(call), batchOf: null });
  const cancelled = new AbortController();
  const onClose = (): void => cancelled.abort();
  call.response.once('close', onClose);
  const level = metaOf(request.params)?.[metaKeys.logLevel];
  const outcome = await parts.features.run({
    caller: { client: call.client.id, scope, session: sessionOf(call) },
    modern: true,
    method: request.method,
    params: request.params,
    paramsText: request.paramsText,
    logLevel: isLogLevel(level) ? level : null,
    signal: cancelled.signal,
    reply,
  });
  call.response.off('close', onClose);
  reply.answer(messageFor(request, inModernForm(request.method, outcome)));
}

/** Modern results say what they are and how long they hold; a relayed one that says so itself is left alone. */
function inModernForm(method: string, outcome: Outcome): Outcome {
  if ('errorText' in outcome) return outcome;
  let text = outcome.resultText;
  if (!text.startsWith('{')) return outcome;
  if (memberText(text, 'resultType') === null) text = withMember(text, 'resultType', '"complete"');
  if (cacheable.has(method)) {
    // What a server says about its own list does not hold here: a click can change it at any time.
    text = withMember(withMember(text, 'ttlMs', '0'), 'cacheScope', '"private"');
  }
  return { resultText: text };
}

async function discover(parts: ModernParts, scope: string | null): Promise<string> {
  const instructions = await parts.features.instructions(scope);
  return JSON.stringify({
    supportedVersions: [MODERN_VERSION],
    capabilities,
    ...(instructions === null ? {} : { instructions }),
    _meta: { [metaKeys.serverInfo]: parts.serverInfo },
  });
}

function mirrorHeaders({ request: { headers } }: ClientCall): MirrorHeaders {
  const one = (name: string): string | null => {
    const value = headers[name];
    return typeof value === 'string' ? value.trim() : null;
  };
  return { version: one('mcp-protocol-version'), method: one('mcp-method'), name: one('mcp-name') };
}

/** Modern requests have no session; Claude Code names its own in a header where it sends one. */
function sessionOf({ request }: ClientCall): string | null {
  const value = request.headers['x-claude-code-session-id'];
  return typeof value === 'string' && value !== '' ? value.slice(0, 200) : null;
}
