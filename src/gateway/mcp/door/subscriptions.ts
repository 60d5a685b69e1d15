// `subscriptions/listen` of revision 2026-07-28: streams that stay open and carry the changes a client asked for, each
// message marked with that client's own subscription id (R21).
import type { ServerResponse } from 'node:http';
import { isObject, notificationText } from '../wire/message.ts';
import type { JsonObject, RequestMessage } from '../wire/message.ts';
import { metaKeys } from '../wire/protocol.ts';
import { eventStreamHeaders, eventText, keepAlive } from './http-reply.ts';
import { listChanged } from './sessions.ts';
import type { ListKind } from './sessions.ts';

const MOST_OPEN = 1_000;

/** The change notifications we can send, by the word a client asks with. */
const kinds = [
  ['toolsListChanged', 'tools'],
  ['promptsListChanged', 'prompts'],
  ['resourcesListChanged', 'resources'],
] as const satisfies readonly (readonly [string, ListKind])[];

interface Subscription {
  readonly response: ServerResponse;
  readonly idText: string;
  readonly scope: string | null;
  readonly client: string;
  readonly kinds: ReadonlySet<ListKind>;
}

export class Subscriptions {
  readonly #open = new Set<Subscription>();
  readonly #serverInfo: object;

  constructor(serverInfo: object) {
    this.#serverInfo = serverInfo;
  }

  get size(): number {
    return this.#open.size;
  }

  /** The wanted changes, or null when the request does not say which in the proper form. */
  static filterOf(params: JsonObject): ReadonlySet<ListKind> | null {
    const wanted = params['notifications'];
    if (!isObject(wanted)) return null;
    for (const [key] of kinds) if (key in wanted && typeof wanted[key] !== 'boolean') return null;
    return new Set(kinds.filter(([key]) => wanted[key] === true).map(([, kind]) => kind));
  }

  get full(): boolean {
    return this.#open.size >= MOST_OPEN;
  }

  /** Acknowledges and holds the stream open; one that asked for nothing we have ends at once. */
  listen(
    response: ServerResponse,
    request: RequestMessage,
    about: Pick<Subscription, 'scope' | 'client' | 'kinds'>,
  ): void {
    const subscription: Subscription = { response, idText: request.idText, ...about };
    response.writeHead(200, eventStreamHeaders);
    const notifications = Object.fromEntries(
      kinds.filter(([, kind]) => about.kinds.has(kind)).map(([key]) => [key, true]),
    );
    const params = `{"notifications":${JSON.stringify(notifications)},"_meta":${metaText(request.idText)}}`;
    response.write(eventText(notificationText('notifications/subscriptions/acknowledged', params)));
    if (about.kinds.size === 0) {
      this.#finish(subscription);
      return;
    }
    this.#open.add(subscription);
    keepAlive(response);
    response.once('close', () => this.#open.delete(subscription));
  }

  /** Tells everyone who asked for this kind and looks at what changed. */
  changed(kind: ListKind, concerns: (scope: string | null) => boolean): void {
    for (const subscription of this.#open) {
      if (!subscription.kinds.has(kind) || !concerns(subscription.scope)) continue;
      const params = `{"_meta":${metaText(subscription.idText)}}`;
      subscription.response.write(eventText(notificationText(listChanged(kind), params)));
    }
  }

  /** Ends all streams with their answer, as a server that goes away does. */
  close(): void {
    for (const subscription of [...this.#open]) this.#finish(subscription);
  }

  #finish(subscription: Subscription): void {
    this.#open.delete(subscription);
    const meta = `{${JSON.stringify(metaKeys.subscriptionId)}:${subscription.idText},${JSON.stringify(metaKeys.serverInfo)}:${JSON.stringify(this.#serverInfo)}}`;
    const result = `{"resultType":"complete","_meta":${meta}}`;
    subscription.response.end(eventText(`{"jsonrpc":"2.0","id":${subscription.idText},"result":${result}}`));
  }
}

const metaText = (idText: string): string => `{${JSON.stringify(metaKeys.subscriptionId)}:${idText}}`;
