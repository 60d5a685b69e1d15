// Calls that wait for the user's word: held, offered in Control, answered once, for the session or for always, and refused
// when nobody answers in time.
import type { McpAskAnswer, McpAskView } from '../../../contract/mcp.ts';

export interface AskQuestion {
  readonly server: string;
  readonly tool: string;
  readonly argumentsText: string;
  readonly client: string;
  readonly session: string | null;
}

/** `gone`: the client gave up before an answer came. */
export type AskResult = 'allowed' | 'refused' | 'expired' | 'gone' | 'too-many';

interface PendingAsk {
  readonly view: McpAskView;
  readonly key: string;
  readonly settle: (result: AskResult) => void;
}

const MOST_PENDING = 100;
const MOST_REMEMBERED = 1_000;
const SHOWN_ARGUMENTS = 16 * 1024;

interface AsksOptions {
  readonly newId: () => string;
  readonly now: () => number;
  /** How long the user has. */
  readonly patienceMs: number;
  /** The list of pending asks changed. */
  readonly onChange: () => void;
  /** Writes the rule into the settings. */
  readonly allowAlways: (server: string, tool: string) => void;
}

export class PendingAsks {
  readonly #options: AsksOptions;
  readonly #pending = new Map<string, PendingAsk>();
  /** Tools allowed for a session; for a client that names no session, until Tollgate ends. */
  readonly #allowed = new Set<string>();

  constructor(options: AsksOptions) {
    this.#options = options;
  }

  get views(): McpAskView[] {
    return [...this.#pending.values()].map(({ view }) => view);
  }

  /** Resolves when the user answered, the time is over, or the client gave up. */
  ask(question: AskQuestion, signal: AbortSignal): Promise<AskResult> {
    const { newId, now, patienceMs, onChange } = this.#options;
    const key = keyOf(question);
    if (this.#allowed.has(key)) return Promise.resolve('allowed');
    if (signal.aborted) return Promise.resolve('gone');
    if (this.#pending.size >= MOST_PENDING) return Promise.resolve('too-many');
    const id = newId();
    return new Promise((resolve) => {
      const settle = (result: AskResult): void => {
        if (!this.#pending.delete(id)) return;
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
        onChange();
        resolve(result);
      };
      const onAbort = (): void => settle('gone');
      const timer = setTimeout(() => settle('expired'), patienceMs).unref();
      signal.addEventListener('abort', onAbort, { once: true });
      const askedAt = now();
      this.#pending.set(id, {
        key,
        settle,
        view: {
          id,
          server: question.server,
          tool: question.tool,
          arguments: question.argumentsText.slice(0, SHOWN_ARGUMENTS),
          client: question.client,
          session: question.session,
          askedAt,
          expiresAt: askedAt + patienceMs,
        },
      });
      onChange();
    });
  }

  /** Answers one, and with `session` and `always` all others it covers. Returns false when it is not pending. */
  answer(id: string, answer: McpAskAnswer): boolean {
    const asked = this.#pending.get(id);
    if (asked === undefined) return false;
    const { server, tool } = asked.view;
    if (answer === 'always') this.#options.allowAlways(server, tool);
    if (answer === 'session') this.#remember(asked.key);
    asked.settle(answer === 'deny' ? 'refused' : 'allowed');
    if (answer === 'once' || answer === 'deny') return true;
    for (const other of [...this.#pending.values()]) {
      const covered =
        answer === 'session'
          ? other.key === asked.key
          : other.view.server === server && other.view.tool === tool;
      if (covered) other.settle('allowed');
    }
    return true;
  }

  /** What was allowed for the tools of this server holds no longer. */
  forgetServer(server: string): void {
    for (const key of [...this.#allowed]) {
      const [, itsServer] = JSON.parse(key) as string[];
      if (itsServer === server) this.#allowed.delete(key);
    }
  }

  close(): void {
    for (const asked of [...this.#pending.values()]) asked.settle('gone');
  }

  #remember(key: string): void {
    this.#allowed.add(key);
    const oldest = this.#allowed.values().next();
    if (this.#allowed.size > MOST_REMEMBERED && oldest.done !== true) this.#allowed.delete(oldest.value);
  }
}

const keyOf = ({ server, tool, client, session }: AskQuestion): string =>
  JSON.stringify([session ?? `client:${client}`, server, tool]);
