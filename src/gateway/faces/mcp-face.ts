// What MCP clients see: one address for all servers together, and one for each. Queries play no part in matching.
import type { ClientCall, RouteEntry } from './route-table.ts';

export interface McpHandlers {
  readonly post: (call: ClientCall) => Promise<void>;
  readonly get: (call: ClientCall) => void;
  readonly delete: (call: ClientCall) => void;
}

export function mcpRoutes(handlers: McpHandlers): readonly RouteEntry[] {
  return ['/mcp', '/mcp/s/*'].flatMap((path): RouteEntry[] => [
    { method: 'POST', path, access: 'client', handle: handlers.post },
    { method: 'GET', path, access: 'client', handle: handlers.get },
    { method: 'DELETE', path, access: 'client', handle: handlers.delete },
  ]);
}
