// The headers that the settings add to every request of a provider, after the client's own and instead of those of the
// same name. What frames a message belongs to the connection and is refused.
import { GatewayError } from '../../gateway-error.ts';
import type { WireRequest } from './connection.ts';

/** Lower case. */
export const connectionHeaders: ReadonlySet<string> = new Set([
  'host',
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authorization',
  'content-length',
  'transfer-encoding',
  'te',
  'trailer',
  'upgrade',
  'expect',
]);

export class ExtraHeaders {
  readonly #list: readonly string[];
  readonly #names: ReadonlySet<string>;

  private constructor(list: readonly string[], names: ReadonlySet<string>) {
    this.#list = list;
    this.#names = names;
  }

  /** Null when there are none. */
  static of(headers: Readonly<Record<string, string>> | undefined): ExtraHeaders | null {
    const entries = Object.entries(headers ?? {});
    if (entries.length === 0) return null;
    return new ExtraHeaders(entries.flat(), new Set(entries.map(([name]) => name.toLowerCase())));
  }

  /** Throws PROVIDER_UNUSABLE for a header that only the connection can set. */
  addTo(request: WireRequest): WireRequest {
    for (const name of this.#names) {
      if (!connectionHeaders.has(name)) continue;
      throw new GatewayError(
        'PROVIDER_UNUSABLE',
        `The header "${name}" cannot be set in the settings, since it belongs to the connection. Remove it from "headers" under network or the provider’s http.`,
      );
    }
    const headers: string[] = [];
    for (let index = 0; index + 1 < request.headers.length; index += 2) {
      const name = request.headers[index] as string;
      if (!this.#names.has(name.toLowerCase())) headers.push(name, request.headers[index + 1] as string);
    }
    headers.push(...this.#list);
    return { method: request.method, headers, body: request.body };
  }
}
