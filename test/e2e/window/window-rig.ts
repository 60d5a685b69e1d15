// The window in a browser in front of a really started gateway, and short ways to read what it shows.
import { expect, type Locator, type Page } from '@playwright/test';
import { createServer, type AddressInfo } from 'node:net';
import type { UsageReport } from '../../../src/contract/usage.ts';
import type { TestGateway } from '../../support/start-gateway.ts';
import {
  answerMessage,
  encodeEvent,
  errorJson,
  messageEvents,
  sendJson,
  sseHeaders,
  type MessageScript,
} from '../../support/anthropic-answers.ts';
import type { Answer, Gate } from '../../support/fake-upstream.ts';

/** Opens the window by its one-time address and waits until it shows figures. Fails on any error in the page and on
 * anything that the gateway's content policy forbids. */
export async function openWindow(page: Page, gateway: TestGateway): Promise<void> {
  page.on('pageerror', (error) => {
    throw error;
  });
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) throw new Error(message.text());
  });
  await page.goto(gateway.ready.ui);
  await expect(heroNumber(page)).toBeVisible();
}

export function heroNumber(page: Page): Locator {
  return page.getByTestId('hero-number');
}

/** The nano-dollars the hero shows at this moment. */
export async function readHero(page: Page): Promise<number> {
  return Number(await heroNumber(page).getAttribute('value'));
}

/** Waits until the hero shows more than `nanoUsd` and returns what it shows. */
export async function expectHeroAbove(page: Page, nanoUsd: number): Promise<number> {
  await expect.poll(() => readHero(page)).toBeGreaterThan(nanoUsd);
  return readHero(page);
}

export function rows(page: Page): Locator {
  return page.locator('[data-id]');
}

/** `tollgate usage --json` with these arguments, run as a user would. */
export async function readUsage(gateway: TestGateway, ...args: string[]): Promise<UsageReport> {
  const result = await gateway.run('usage', '--json', ...args);
  expect(result.code).toBe(0);
  return JSON.parse(result.stdout) as UsageReport;
}

/** Streams one message and stops at equal parts until each gate is opened in turn. */
export function gatedStream(script: MessageScript, gates: readonly Gate[]): Answer {
  return async (exchange) => {
    await exchange.request.bodyEnded;
    exchange.head(200, sseHeaders);
    const events = messageEvents(script);
    const part = Math.ceil(events.length / (gates.length + 1));
    for (const [index, event] of events.entries()) {
      if (index > 0 && index % part === 0) await gates[index / part - 1]?.opened;
      if (!(await exchange.send(encodeEvent(event)))) return;
    }
    exchange.end();
  };
}

/** A port that is free now, for a gateway that must come back at the same address. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Opens one of the pages behind the rail by its address and waits for its heading. */
export async function openScreen(
  page: Page,
  gateway: TestGateway,
  name: string,
  title: string,
): Promise<void> {
  await openWindow(page, gateway);
  await page.goto(`${gateway.url}/#/${name}`);
  await expect(page.getByRole('heading', { level: 1, name: title })).toBeVisible();
}

/** Answers like a provider that knows one model and one key: its model list, and messages. */
export function answerWithKey(secret: string): Answer {
  const usage = {
    inputTokens: 20,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: 12,
  };
  const message = answerMessage({
    model: 'claude-haiku-4-5',
    blocks: [{ type: 'text', text: 'Hello.' }],
    usage,
  });
  const refuse = sendJson(401, errorJson('authentication_error', 'invalid x-api-key'));
  const list = sendJson(200, { data: [{ type: 'model', id: 'claude-haiku-4-5' }], has_more: false });
  return (exchange) => {
    const { request } = exchange;
    const keys = [...request.values('x-api-key'), ...request.values('authorization')];
    if (request.path.startsWith('/v1/v1'))
      return sendJson(404, errorJson('not_found_error', 'Not found'))(exchange);
    if (!keys.some((key) => key.endsWith(secret))) return refuse(exchange);
    return request.path.startsWith('/v1/models') ? list(exchange) : message(exchange);
  };
}
