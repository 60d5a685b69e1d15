// Where each session's last answer came from, so that it can stay with its prompt cache. Forgotten as a whole when the
// user changes where requests go: a switch takes effect at once for sessions that run, too.
import type { Settings } from '../../contract/settings.ts';
import type { StickyPlace } from './knowledge.ts';
import type { RouteQuestion } from './types.ts';

const MOST_SESSIONS = 2000;

/**
 * One conversation: the main one and each sub-agent's by itself, and apart by model, since the small calls beside a
 * conversation have a cache of their own. Null for a request without a session.
 */
export function sessionKey({
  sessionId,
  agentId,
  model,
}: Pick<RouteQuestion, 'sessionId' | 'agentId' | 'model'>): string | null {
  return sessionId === null ? null : JSON.stringify([sessionId, agentId, model]);
}

export class StickySessions {
  readonly #places = new Map<string, StickyPlace>();
  #routing = '';

  /** Forgets all places when the settings send requests elsewhere than before. */
  adopt({ routes, pins, providers }: Pick<Settings, 'routes' | 'pins' | 'providers'>): void {
    const routing = JSON.stringify([
      routes,
      pins,
      providers.map(({ id, type, baseUrl }) => [id, type, baseUrl]),
    ]);
    if (routing === this.#routing) return;
    this.#routing = routing;
    this.#places.clear();
  }

  find(key: string): StickyPlace | null {
    return this.#places.get(key) ?? null;
  }

  /** Hears of a complete answer; `key` is null for a request without a session. */
  note(key: string | null, place: StickyPlace): void {
    if (key === null) return;
    this.#places.delete(key);
    this.#places.set(key, place);
    const oldest = this.#places.keys().next();
    if (this.#places.size > MOST_SESSIONS && oldest.done !== true) this.#places.delete(oldest.value);
  }
}
