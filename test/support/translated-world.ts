// One gateway in front of the mocks of every translated family, each asked by a model name of its own, with prices that
// make every cost a whole number of nano-dollars: for suites that hold all families to the same promises.
import { randomUUID } from 'node:crypto';
import type { ProviderSettings } from '../../src/contract/settings.ts';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { collectStream, type Collected } from '../gateway/translation/answer/collect-stream.ts';
import { families, type Family } from './upstreams/families.ts';
import type { Mock } from './upstreams/mock-server.ts';
import { sendRequest, type OpenExchange, type ReceivedAnswer } from './raw-http.ts';
import { startGateway, type TestGateway } from './start-gateway.ts';

/** Nano-dollars per token of every model in the world. */
export const worldPrice = { input: 2000, output: 8000, cacheRead: 500, cacheWrite: 3000 } as const;

const priceSettings = { input: '2', output: '8', cacheRead: '0.5', cacheWrite5m: '3', cacheWrite1h: '4' };

export interface Post {
  readonly session: string;
  readonly answer: ReceivedAnswer;
}

/** One family in the running world. */
export interface Place {
  readonly family: Family;
  readonly mock: Mock;
  /** The name a client asks for. */
  readonly asked: string;
  /** Opens a Messages request; `more` replaces fields of a small one. */
  open(more?: object, session?: string): OpenExchange & { readonly session: string };
  post(more?: object): Promise<Post>;
  /** The whole answer to a streamed request, read strictly. */
  stream(more?: object): Promise<Collected & { readonly session: string }>;
  /** The whole answer to a request that does not stream. */
  message(more?: object): Promise<WholeAnswer>;
  count(more?: object): Promise<ReceivedAnswer>;
  /** Takes the answers that a broken test left behind out of the mock. */
  drain(): Promise<void>;
}

export interface WholeAnswer {
  readonly id: string;
  readonly model: string;
  readonly role: string;
  readonly content: Record<string, unknown>[];
  readonly stop_reason: string;
  readonly usage: Record<string, number>;
}

export interface World {
  readonly gateway: TestGateway;
  /** By the family's name, and `NAME-small` for the one with a window of 2,000 tokens. */
  place(name: string): Place;
  /** The settled row of a session's only exchange. */
  rowOf(session: string): Promise<ExchangeRow>;
  close(): Promise<void>;
}

const LEFT_OVER = 'empty';

export const user = (content: unknown): unknown => ({ role: 'user', content });
export const assistant = (content: unknown): unknown => ({ role: 'assistant', content });

function smallBody(model: string, more: object): string {
  return JSON.stringify({
    model,
    max_tokens: 1024,
    stream: true,
    messages: [user('Say hi')],
    ...more,
  });
}

function createPlace(family: Family, mock: Mock, asked: string, gateway: () => TestGateway): Place {
  const send = (path: string, body: string, session: string): OpenExchange =>
    sendRequest(`${gateway().url}${path}`, {
      method: 'POST',
      body,
      headers: [
        gateway().key(),
        ['Content-Type', 'application/json'],
        ['anthropic-version', '2023-06-01'],
        ['X-Claude-Code-Session-Id', session],
      ],
    });
  const open: Place['open'] = (more = {}, session = randomUUID()) => ({
    ...send('/v1/messages?beta=true', smallBody(asked, more), session),
    session,
  });
  const post: Place['post'] = async (more) => {
    const { answer, session } = open(more);
    return { session, answer: await answer };
  };
  const expectOk = (answer: ReceivedAnswer): void => {
    if (answer.status !== 200) throw new Error(`${family.name} answered ${answer.status}: ${answer.text()}`);
  };
  return {
    family,
    mock,
    asked,
    open,
    post,
    async stream(more) {
      const { answer, session } = await post(more);
      expectOk(answer);
      return { ...collectStream(answer.text()), session };
    },
    async message(more) {
      const { answer } = await post({ ...more, stream: false });
      expectOk(answer);
      return answer.json() as WholeAnswer;
    },
    async count(more = {}) {
      const {
        max_tokens: _none,
        stream: _never,
        ...body
      } = JSON.parse(smallBody(asked, more)) as Record<string, unknown>;
      return send('/v1/messages/count_tokens', JSON.stringify(body), randomUUID()).answer;
    },
    async drain() {
      mock.setScript({ text: LEFT_OVER });
      for (let left = 0; left < 100; left++) {
        const { answer } = await post();
        if (answer.status === 200 && answer.text().includes(LEFT_OVER)) return;
      }
      throw new Error(`the mock of ${family.name} cannot be emptied`);
    },
  };
}

interface Part {
  readonly id: string;
  readonly family: Family;
  readonly mock: Mock;
  readonly settings: ProviderSettings;
  readonly variable: string;
}

async function startParts(): Promise<Part[]> {
  const parts: Part[] = [];
  for (const [index, family] of families.entries()) {
    for (const size of [undefined, 'small'] as const) {
      const id = size === undefined ? family.name : `${family.name}-small`;
      const mock = await family.start(size);
      const variable = `MOCK_KEY_${index}_${size ?? 'usual'}`.toUpperCase();
      const { credential } = family.settings(mock.url);
      const settings = family.settings(mock.url, {
        id,
        ...(credential === 'none' ? {} : { credential: `env:${variable}` }),
      });
      parts.push({ id, family, mock, settings, variable });
    }
  }
  return parts;
}

/** Starts all mocks and one gateway. */
export async function startWorld(): Promise<World> {
  const parts = await startParts();
  const closeMocks = async (): Promise<void> => {
    for (const { mock } of parts) await mock.close();
  };
  const gateway = await startGateway({
    config: {
      providers: parts.map(({ settings }) => settings as unknown as Record<string, unknown>),
      routes: parts.map(({ id, family }) => ({
        match: { model: `claude-via-${id}` },
        to: [{ provider: id, model: family.model }],
      })),
      prices: Object.fromEntries(families.map(({ model }) => [model, priceSettings])),
    },
    environment: Object.fromEntries(parts.map(({ variable, mock }) => [variable, mock.key])),
  }).catch(async (error: unknown) => {
    await closeMocks();
    throw error;
  });
  const places = new Map(
    parts.map(({ id, family, mock }) => [id, createPlace(family, mock, `claude-via-${id}`, () => gateway)]),
  );
  return {
    gateway,
    place(name) {
      const found = places.get(name);
      if (found === undefined) throw new Error(`there is no family ${name}`);
      return found;
    },
    async rowOf(session) {
      const ofSession = (row: ExchangeRow): boolean => row.sessionId === session && row.state !== 'live';
      const rows = await gateway.control.waitForExchanges((all) => all.some(ofSession));
      const found = rows.find(ofSession);
      if (found === undefined) throw new Error(`no row of session ${session}`);
      return found;
    },
    async close() {
      await gateway.dispose();
      await closeMocks();
    },
  };
}
