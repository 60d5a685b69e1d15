// The list of everything the gateway serves. Each entry names its lock; the server applies it before the handler runs,
// and a test walks this list, so that no route can be added without one.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ClientView } from '../../contract/rows.ts';

/**
 * `open`: no key (liveness only). `client`: a local key. `control`: the control key or the window's cookie.
 * `window`: like control, and a one-time link opens it too. `statusline`: the status line's own key, or the control key.
 */
export type Access = 'open' | 'client' | 'control' | 'window' | 'statusline';

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Path without query. */
  readonly path: string;
}

export interface ClientCall extends Call {
  readonly client: ClientView;
}

interface RouteBase {
  readonly method: 'GET' | 'POST' | 'HEAD' | 'DELETE';
  /** Exact path, or a prefix when it ends with `*`. */
  readonly path: string;
}

export type RouteEntry =
  | (RouteBase & { readonly access: 'client'; readonly handle: (call: ClientCall) => void | Promise<void> })
  | (RouteBase & {
      readonly access: 'open' | 'control' | 'window' | 'statusline';
      readonly handle: (call: Call) => void | Promise<void>;
    });

export class RouteTable {
  readonly entries: readonly RouteEntry[];
  readonly #exact = new Map<string, RouteEntry>();
  readonly #prefixes: readonly RouteEntry[];

  constructor(entries: readonly RouteEntry[]) {
    this.entries = entries;
    for (const entry of entries) {
      if (!entry.path.endsWith('*')) this.#exact.set(`${entry.method} ${entry.path}`, entry);
    }
    this.#prefixes = entries.filter((entry) => entry.path.endsWith('*'));
  }

  find(method: string, path: string): RouteEntry | null {
    return (
      this.#exact.get(`${method} ${path}`) ??
      this.#prefixes.find((entry) => entry.method === method && path.startsWith(entry.path.slice(0, -1))) ??
      null
    );
  }
}
