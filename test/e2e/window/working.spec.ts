// The window at work: a row opened by keyboard, pause and resume, the screens, the colours, and a gateway that dies and
// comes back under the open window.
import { expect, test } from '@playwright/test';
import { answerMessage, sendJson, errorJson } from '../../support/anthropic-answers.ts';
import {
  messagesBody,
  providerFor,
  startRig,
  upstreamKey,
  upstreamKeyVariable,
  type Rig,
} from '../../support/rig.ts';
import { startFakeUpstream } from '../../support/fake-upstream.ts';
import { startGateway } from '../../support/start-gateway.ts';
import { findFreePort, heroNumber, openWindow, readHero, rows } from './window-rig.ts';

const script = answerMessage({
  model: 'claude-opus-5-5',
  blocks: [{ type: 'text', text: 'Hello.' }],
  usage: {
    inputTokens: 10,
    cacheReadTokens: 7,
    cacheWrite5mTokens: 5,
    cacheWrite1hTokens: 3,
    outputTokens: 4,
  },
});

test.describe('with one provider', () => {
  let rig: Rig;
  test.beforeEach(async () => {
    rig = await startRig();
    rig.upstream.setAnswer(script);
  });
  test.afterEach(() => rig.close());

  test('a row opens by keyboard with its facts, Esc closes and the focus returns to it', async ({ page }) => {
    await rig.post(messagesBody(), [['x-tollgate-project', '/home/mira/acme']]);
    await rig.post(messagesBody());
    await openWindow(page, rig.gateway);
    await expect(rows(page)).toHaveCount(2);
    const buttons = page.locator('[data-row]');
    await buttons.first().focus();
    await page.keyboard.press('ArrowDown');
    await expect(buttons.nth(1)).toBeFocused();
    await page.keyboard.press('Enter');
    const panel = page.getByRole('dialog');
    await expect(panel).toContainText('opus-5.5');
    await expect(panel).toContainText('Measured: token counts as the provider reported them.');
    await expect(panel).toContainText('/home/mira/acme');
    await expect(panel).toContainText("the client's own header");
    await expect(panel).toContainText('Write 1 h');
    await page.keyboard.press('Escape');
    await expect(panel).toBeHidden();
    await expect(buttons.nth(1)).toBeFocused();
  });

  test('while a panel is open another row can be clicked and the panel follows', async ({ page }) => {
    await rig.post(messagesBody(), [['x-tollgate-project', 'first-project']]);
    await rig.post(messagesBody(), [['x-tollgate-project', 'second-project']]);
    await openWindow(page, rig.gateway);
    await rows(page).first().getByText('second-project').click();
    await expect(page.getByRole('dialog')).toContainText('second-project');
    await rows(page).nth(1).getByText('first-project').click();
    await expect(page.getByRole('dialog')).toContainText('first-project');
  });

  test('a failed exchange is told with its status and its reason', async ({ page }) => {
    rig.upstream.enqueue(sendJson(529, errorJson('overloaded_error', 'Overloaded')));
    await rig.post(messagesBody());
    await openWindow(page, rig.gateway);
    await expect(rows(page).first()).toContainText('failed 529');
    await expect(heroNumber(page)).toHaveText('$0.0000');
  });

  test('pause refuses new requests, resume lets them through', async ({ page }) => {
    await openWindow(page, rig.gateway);
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByTestId('state-line')).toContainText('Paused');
    await rig.post(messagesBody());
    await expect(rows(page).first()).toContainText('stopped');
    expect(rig.upstream.requests.length).toBe(0);
    await page.getByRole('button', { name: 'Resume' }).click();
    await expect(page.getByTestId('state-line')).toContainText('Ready');
    await rig.post(messagesBody());
    await expect(rows(page).first()).toContainText('done');
  });

  test('Activity is its own screen, kept over a reload, with the same rows', async ({ page }) => {
    await rig.post(messagesBody());
    await openWindow(page, rig.gateway);
    await page.getByRole('link', { name: 'Activity', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Activity' })).toBeAttached();
    await expect(rows(page)).toHaveCount(1);
    await page.reload();
    await expect(page.getByRole('heading', { name: 'Activity' })).toBeAttached();
    await page.goBack();
    await expect(heroNumber(page)).toBeVisible();
  });

  test('the colours follow the system until the user chooses', async ({ page }) => {
    await page.emulateMedia({ colorScheme: 'dark' });
    await openWindow(page, rig.gateway);
    const scheme = () => page.evaluate(() => getComputedStyle(document.documentElement).colorScheme);
    expect(await scheme()).toBe('dark');
    await page.getByTitle('Light').click();
    await expect.poll(scheme).toBe('light');
    await page.reload();
    await expect.poll(scheme).toBe('light');
  });

  test('the popover shape has the switches of the gateway in its foot', async ({ page }) => {
    await page.setViewportSize({ width: 360, height: 520 });
    await rig.post(messagesBody());
    await openWindow(page, rig.gateway);
    await expect(rows(page).first()).toBeVisible();
    await page.getByRole('button', { name: 'Pause' }).click();
    await expect(page.getByTestId('state-line')).toContainText('Paused');
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
  });
});

test('a gateway that dies is told at once, its figures keep their age, and it is found again by itself', async ({
  page,
}) => {
  const upstream = await startFakeUpstream();
  upstream.setAnswer(script);
  const gateway = await startGateway({
    config: { providers: [providerFor(upstream)], routes: [{ match: {}, to: [{ provider: 'upstream' }] }] },
    environment: { [upstreamKeyVariable]: upstreamKey },
    args: ['--port', String(await findFreePort())],
  });
  const ask = (): Promise<Response> =>
    fetch(`${gateway.url}/v1/messages`, {
      method: 'POST',
      headers: [gateway.key(), ['content-type', 'application/json']],
      body: messagesBody({ stream: false }),
    });
  await ask();
  await openWindow(page, gateway);
  await expect.poll(() => readHero(page)).toBeGreaterThan(0);
  const before = await readHero(page);

  await gateway.kill9();
  await expect(page.getByText('No connection to the gateway.')).toBeVisible();
  await expect(page.getByText(/The figures are from \d\d:\d\d:\d\d/)).toBeVisible();
  await expect(page.getByTestId('state-line')).toContainText('No connection');
  expect(await readHero(page)).toBe(before);
  await expect(page.getByRole('button', { name: 'Pause' })).toBeDisabled();

  await gateway.restart();
  await expect(page.getByTestId('state-line')).toContainText('Ready', { timeout: 20_000 });
  await expect(page.getByText('No connection to the gateway.')).toBeHidden();
  await ask();
  await expect.poll(() => readHero(page)).toBe(2 * before);
  await gateway.dispose();
  await upstream.close();
});
