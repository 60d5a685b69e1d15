// The real client, one gateway and mocks of other vendors' APIs as its providers, and the check that ends every test: no mock
// refused anything, and the ledger says what the mocks served, at the price of the model that answered.
import { expect } from 'vitest';
import type { ProviderSettings } from '../../../src/contract/settings.ts';
import type { ExchangeRow } from '../../../src/contract/rows.ts';
import type { Totals } from '../../../src/contract/usage.ts';
import { costOf, listPrices, sumTotals, tokens, type TokenPrice } from '../../support/expected-cost.ts';
import { startGateway, type ConfigInput, type TestGateway } from '../../support/start-gateway.ts';
import { startStrictAnthropic } from '../../support/upstreams/anthropic-strict.ts';
import { startBedrockConverse } from '../../support/upstreams/bedrock-converse.ts';
import { startGemini } from '../../support/upstreams/gemini.ts';
import type { Mock } from '../../support/upstreams/mock-server.ts';
import { startOpenAiChat } from '../../support/upstreams/openai-chat.ts';
import { startOpenAiResponses } from '../../support/upstreams/openai-responses.ts';
import type { Script, ScriptedCall, ScriptedUsage } from '../../support/upstreams/script.ts';
import { createClientHome, type ClientHome, type ClientRun } from './client-home.ts';
import type { InstalledClient } from './install-client.ts';

/** A provider type with the mock of its upstream. */
export interface Vendor {
  readonly name: string;
  readonly type: string;
  /** The model that answers; for Claude the name asked for. */
  readonly model: string;
  /** List price, as published by the vendor. */
  readonly price: TokenPrice;
  readonly path: string;
  readonly options?: Record<string, string>;
  /** Whether its answers tell of cache writes. */
  readonly cacheWrites: boolean;
  start(options: { contextTokens?: number }): Promise<Mock>;
}

const perMillion = (input: number, output: number, cacheRead: number, write5m: number): TokenPrice => ({
  input: input * 1000,
  output: output * 1000,
  cacheRead: cacheRead * 1000,
  write5m: write5m * 1000,
  write1h: 0,
});

export const openAi: Vendor = {
  name: 'openai',
  type: 'openai',
  model: 'gpt-5.6',
  price: perMillion(5, 30, 0.5, 6.25),
  path: '/v1',
  cacheWrites: false,
  start: (size) => startOpenAiResponses({ ...size, model: 'gpt-5.6' }),
};
export const chat: Vendor = {
  name: 'chat',
  type: 'openai-compatible',
  model: 'gpt-4.1',
  price: perMillion(2, 8, 0.5, 2.5),
  path: '/v1',
  options: { images: 'yes' },
  cacheWrites: false,
  start: (size) => startOpenAiChat({ ...size, model: 'gpt-4.1' }),
};
export const gemini: Vendor = {
  name: 'google',
  type: 'google',
  model: 'gemini-3.5-flash',
  price: perMillion(1.5, 9, 0.15, 1.875),
  path: '/v1beta',
  cacheWrites: false,
  start: (size) => startGemini({ ...size, model: 'gemini-3.5-flash' }),
};
/** Its price is none of the shipped table's: the settings say it. */
export const converse: Vendor = {
  name: 'converse',
  type: 'bedrock-converse',
  model: 'us.amazon.nova-2-lite-v1:0',
  price: perMillion(0.3, 2.5, 0.075, 0.375),
  path: '',
  options: { region: 'us-east-1' },
  cacheWrites: true,
  start: (size) => startBedrockConverse({ ...size, model: 'us.amazon.nova-2-lite-v1:0' }),
};
export const claude: Vendor = {
  name: 'claude',
  type: 'anthropic',
  model: 'claude-sonnet-4-5',
  price: listPrices['claude-sonnet-4-5'],
  path: '',
  cacheWrites: true,
  start: (size) => startStrictAnthropic(size),
};
/** Vendors whose answers are translated. */
export const translatedVendors: readonly Vendor[] = [openAi, chat, gemini, converse];

/** One vendor in a running rig. */
export interface Place {
  readonly vendor: Vendor;
  readonly mock: Mock;
  /** Scripts for the next answers, each with token counts of its own. */
  answers(...scripts: Script[]): void;
  /** Bodies of the answered requests as text. */
  bodies(): string[];
  /** What the mock served, as the ledger has to say it. */
  readonly totals: () => Totals;
}

export interface TranslatedRig {
  readonly home: ClientHome;
  readonly gateway: TestGateway;
  readonly places: readonly Place[];
  /** The only place, or the first. */
  readonly place: Place;
  environment(more?: Record<string, string>): Record<string, string>;
  ask(prompt: string, args?: string[], environment?: Record<string, string>): Promise<ClientRun>;
  /** `tollgate …`, which has to succeed. */
  tollgate(...words: string[]): Promise<string>;
  /** Rows of the ledger, oldest first, once there are this many and none is running. */
  rows(count: number): Promise<ExchangeRow[]>;
  /** What every test promises at its end; each exchange was answered by one attempt. */
  expectExactAccounts(): Promise<ExchangeRow[]>;
  /** That the ledger's sums by provider are what the mocks served, and nothing was free. */
  expectServedTotals(): Promise<void>;
  /** That no mock refused anything but what a script told it to. */
  expectNoProblems(): void;
  close(): Promise<void>;
}

export interface TranslatedOptions {
  /** Overrides the windows of the mocks' models. */
  readonly contextTokens?: number;
  readonly config?: (settings: ProviderSettings[]) => ConfigInput;
}

const keyName = (vendor: Vendor): string => `MOCK_KEY_OF_${vendor.name.toUpperCase()}`;

const settingsOf = ({ vendor, mock }: Place): ProviderSettings => ({
  id: vendor.name,
  type: vendor.type,
  baseUrl: `${mock.url}${vendor.path}`,
  credential: `env:${keyName(vendor)}`,
  ...(vendor.options === undefined ? {} : { options: vendor.options }),
});

/** Different in every turn, so that a turn counted twice or under another key cannot go unseen. */
function usageOfTurn(turn: number, { cacheWrites }: Vendor): ScriptedUsage {
  return {
    input: 40_000 + 31 * turn,
    cacheRead: turn > 1 ? 30_000 + 11 * turn : 0,
    cacheWrite: cacheWrites ? 2000 + 13 * turn : 0,
    output: 140 + turn,
    reasoning: 20,
  };
}

function totalsOfUsage(usage: ScriptedUsage, price: TokenPrice): Totals {
  const counts = tokens({
    inputTokens: usage.input - usage.cacheRead - usage.cacheWrite,
    cacheReadTokens: usage.cacheRead,
    cacheWrite5mTokens: usage.cacheWrite,
    outputTokens: usage.output,
  });
  return { exchanges: 1, ...counts, costNanoUsd: costOf(price, counts) };
}

async function startPlace(vendor: Vendor, options: TranslatedOptions): Promise<Place> {
  const { contextTokens } = options;
  const mock = await vendor.start(contextTokens === undefined ? {} : { contextTokens });
  let turn = 0;
  return {
    vendor,
    mock,
    answers: (...scripts) =>
      mock.answer(...scripts.map((script) => ({ usage: usageOfTurn(++turn, vendor), ...script }))),
    bodies: () => mock.seen.answered.map(({ raw }) => raw.body.toString('utf8')),
    totals: () => sumTotals(mock.seen.usage.map((usage) => totalsOfUsage(usage, vendor.price))),
  };
}

/** Settings that send everything to the first place, then to the next. */
function configFor(places: readonly Place[]): ConfigInput {
  const to = places.map(({ vendor }) => ({
    provider: vendor.name,
    ...(vendor.type === 'anthropic' ? {} : { model: vendor.model }),
  }));
  const { input, output, cacheRead, write5m } = converse.price;
  const dollars = (nano: number): string => String(nano / 1000);
  const price = {
    input: dollars(input),
    output: dollars(output),
    cacheRead: dollars(cacheRead),
    cacheWrite5m: dollars(write5m),
  };
  return {
    providers: places.map(settingsOf),
    routes: [{ match: {}, to }],
    prices: { [converse.model]: price },
  };
}

/** Starts a mock for each vendor, the gateway before them, and a home for the client. */
export async function startTranslatedRig(
  client: InstalledClient,
  vendors: readonly Vendor[],
  options: TranslatedOptions = {},
): Promise<TranslatedRig> {
  const home = await createClientHome(client);
  const places = await Promise.all(vendors.map((vendor) => startPlace(vendor, options)));
  const closeMocks = async (): Promise<void> => {
    await Promise.all(places.map(({ mock }) => mock.close()));
    await home.remove();
  };
  const keys = Object.fromEntries(places.map(({ vendor, mock }) => [keyName(vendor), mock.key]));
  const config = configFor(places);
  const gateway = await startGateway({
    config: { ...config, ...options.config?.(places.map(settingsOf)) },
    environment: { ...keys, CLAUDE_CONFIG_DIR: home.claudeFolder },
  }).catch(async (error: unknown) => {
    await closeMocks();
    throw error;
  });
  const [place] = places;
  if (place === undefined) throw new Error('name at least one vendor');
  const environment = (more: Record<string, string> = {}): Record<string, string> =>
    home.environment({
      ANTHROPIC_BASE_URL: gateway.url,
      ANTHROPIC_AUTH_TOKEN: gateway.ready.clientKey,
      ...more,
    });
  const rows = async (count: number): Promise<ExchangeRow[]> =>
    (await gateway.control.settled(count)).toReversed();
  const expectNoProblems = (): void => {
    const problems = places.flatMap(({ mock }) => mock.seen.problems);
    expect(problems.map(({ status, reason }) => `${status} ${reason}`)).toEqual([]);
  };
  return {
    home,
    gateway,
    places,
    place,
    environment,
    ask: (prompt, args, more) => home.ask(prompt, environment(more), args),
    async tollgate(...words) {
      const { code, stdout, stderr } = await gateway.run(...words);
      expect([code, stderr]).toEqual([0, '']);
      return stdout;
    },
    rows,
    expectNoProblems,
    expectServedTotals: () => expectServedTotals(gateway, places),
    async expectExactAccounts() {
      expectNoProblems();
      const served = places.flatMap(({ mock }) => mock.seen.usage).length;
      const seen = await rows(served);
      expect(seen.map(({ state, attempts, status }) => [state, attempts, status])).toEqual(
        Array.from({ length: served }, () => ['completed', 1, 200]),
      );
      for (const { vendor } of places.filter(({ mock }) => mock.seen.usage.length > 0)) {
        const own = seen.filter(({ provider }) => provider === vendor.name);
        expect(new Set(own.map(({ modelServed }) => modelServed))).toEqual(new Set([vendor.model]));
        expect(
          own.every(({ priceEstimated, usageBasis }) => !priceEstimated && usageBasis === 'reported'),
        ).toBe(true);
      }
      await expectServedTotals(gateway, places);
      return seen;
    },
    async close() {
      await gateway.dispose();
      await closeMocks();
    },
  };
}

/** The ledger's sums by provider are what the mocks served, and nothing was free. Refused exchanges add nothing. */
async function expectServedTotals(gateway: TestGateway, places: readonly Place[]): Promise<void> {
  const groups = await gateway.control.groups('provider');
  for (const { vendor, mock, totals } of places.filter((place) => place.mock.seen.usage.length > 0)) {
    const { exchanges, ...sums } = totals();
    expect(sums.costNanoUsd).toBeGreaterThan(0);
    expect(groups.get(vendor.name)).toMatchObject(sums);
    expect(groups.get(vendor.name)?.exchanges).toBeGreaterThanOrEqual(exchanges);
    expect(mock.seen.usage.length).toBe(exchanges);
  }
  const idle = places.filter(({ mock }) => mock.seen.usage.length === 0);
  expect(idle.filter(({ vendor }) => (groups.get(vendor.name)?.costNanoUsd ?? 0) > 0)).toEqual([]);
}

/** A call of the client's Bash tool. */
export const bash = (command: string): ScriptedCall => ({
  name: 'Bash',
  input: { command, description: 'Run it' },
});
