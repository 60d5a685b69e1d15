// What Claude Code sees: the Messages API's paths. Query strings play no part in matching (P1).
import type { Call, ClientCall, RouteEntry } from './route-table.ts';

export interface AnthropicHandlers {
  /** Runs one exchange and settles it. */
  readonly runExchange: (call: ClientCall) => Promise<void>;
  /** Passes a free request on without a record. */
  readonly passThrough: (call: Call) => Promise<void>;
}

export function anthropicRoutes(handlers: AnthropicHandlers): readonly RouteEntry[] {
  return [
    { method: 'POST', path: '/v1/messages', access: 'client', handle: handlers.runExchange },
    { method: 'POST', path: '/v1/messages/count_tokens', access: 'client', handle: handlers.passThrough },
    { method: 'GET', path: '/v1/models', access: 'client', handle: handlers.passThrough },
    { method: 'GET', path: '/v1/models/*', access: 'client', handle: handlers.passThrough },
    // A connection warm-up of the client, sent without a key (P2).
    {
      method: 'HEAD',
      path: '/api/hello',
      access: 'open',
      handle: ({ response }) => void response.writeHead(200).end(),
    },
  ];
}
