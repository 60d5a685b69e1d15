// Legacy sessions: who they belong to, their one event stream, their requests in flight. A session unknown to this process
// but genuine is taken up again; an ended one stays ended (R47, R48).
import type { ServerResponse } from 'node:http';
import { notificationText } from '../wire/message.ts';
import type { RpcId } from '../wire/message.ts';
import type { LogLevel } from '../wire/protocol.ts';
import { eventStreamHeaders, eventText, keepAlive } from './http-reply.ts';
import type { SessionFacts, SessionIds } from './session-ids.ts';

/** Developers leave sessions open over night; a forgotten one can be taken up again all the same. */
const IDLE_MS = 12 * 60 * 60 * 1000;
const MOST_SESSIONS = 1_000;
const MOST_ENDED = 10_000;

export interface Session extends SessionFacts {
  readonly id: string;
  /** Least severe level the client wants to read. */
  logLevel: LogLevel;
  /** Requests that can still be cancelled, by their id. */
  readonly inFlight: Map<RpcId, AbortController>;
  /** The client's open GET stream. */
  stream: ServerResponse | null;
  lastUsed: number;
  /** True when it was taken up from before a restart: its client may hold old lists. */
  stale: boolean;
}

/** What can change about lists, by the word in the notification's name. */
export type ListKind = 'tools' | 'prompts' | 'resources';

export const listChanged = (kind: ListKind): string => `notifications/${kind}/list_changed`;

export class Sessions {
  readonly #ids: SessionIds;
  readonly #now: () => number;
  readonly #open = new Map<string, Session>();
  readonly #ended = new Set<string>();
  readonly #onEnd: (session: Session) => void;

  constructor(options: { ids: SessionIds; now: () => number; onEnd: (session: Session) => void }) {
    this.#ids = options.ids;
    this.#now = options.now;
    this.#onEnd = options.onEnd;
  }

  get all(): Iterable<Session> {
    return this.#open.values();
  }

  begin(facts: SessionFacts): Session {
    this.#forgetIdle();
    return this.#add(this.#ids.make(facts), facts, false);
  }

  /** The session of this id for this caller, or null. */
  find(id: string, client: string, scope: string | null): Session | null {
    const known = this.#open.get(id);
    if (known !== undefined) {
      if (known.client !== client || known.scope !== scope) return null;
      known.lastUsed = this.#now();
      return known;
    }
    const version = this.#ended.has(id) ? null : this.#ids.check(id, client, scope);
    return version === null ? null : this.#add(id, { client, scope, version }, true);
  }

  /** The client is done: its stream and its requests end. */
  end(session: Session): void {
    this.#remember(session.id);
    this.#drop(session);
  }

  /** Opens the session's stream; an older one of the same session is closed, so that nothing is told twice (R21). */
  openStream(session: Session, response: ServerResponse): void {
    session.stream?.end();
    session.stream = response;
    response.writeHead(200, { ...eventStreamHeaders, 'mcp-session-id': session.id });
    response.flushHeaders();
    keepAlive(response);
    response.once('close', () => {
      if (session.stream === response) session.stream = null;
      session.lastUsed = this.#now();
    });
    if (!session.stale) return;
    session.stale = false;
    for (const kind of ['tools', 'prompts', 'resources'] as const) {
      this.notify(session, notificationText(listChanged(kind)));
    }
  }

  closeStream(session: Session): void {
    session.stream?.end();
    session.stream = null;
  }

  /** Says something on the session's stream. Returns false when it has none. */
  notify(session: Session, message: string): boolean {
    if (session.stream === null || session.stream.destroyed) return false;
    session.stream.write(eventText(message));
    return true;
  }

  close(): void {
    for (const session of [...this.#open.values()]) this.#drop(session);
  }

  #add(id: string, facts: SessionFacts, stale: boolean): Session {
    const session: Session = {
      id,
      ...facts,
      logLevel: 'info',
      inFlight: new Map(),
      stream: null,
      lastUsed: this.#now(),
      stale,
    };
    this.#open.set(id, session);
    return session;
  }

  #drop(session: Session): void {
    this.#open.delete(session.id);
    for (const request of session.inFlight.values()) request.abort();
    session.stream?.end();
    session.stream = null;
    this.#onEnd(session);
  }

  #remember(id: string): void {
    this.#ended.add(id);
    const oldest = this.#ended.values().next();
    if (this.#ended.size > MOST_ENDED && oldest.done !== true) this.#ended.delete(oldest.value);
  }

  #forgetIdle(): void {
    const quiet = [...this.#open.values()].filter(
      (session) => session.stream === null && session.inFlight.size === 0,
    );
    const oldest = quiet.sort((left, right) => left.lastUsed - right.lastUsed);
    const tooMany = Math.max(0, this.#open.size - MOST_SESSIONS);
    for (const [index, session] of oldest.entries()) {
      if (index < tooMany || session.lastUsed < this.#now() - IDLE_MS) this.#drop(session);
    }
  }
}
