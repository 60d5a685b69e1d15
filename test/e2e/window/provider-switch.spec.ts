// One click or one key press sends the next request elsewhere; six seconds to take it back.
import { expect, test, type Page } from '@playwright/test';
import { answerMessage } from '../../support/anthropic-answers.ts';
import { startFakeUpstream, type FakeUpstream } from '../../support/fake-upstream.ts';
import { messagesBody, providerFor, startRig, type Rig } from '../../support/rig.ts';
import { openWindow } from './window-rig.ts';

const script = answerMessage({
  model: 'claude-opus-5-5',
  blocks: [{ type: 'text', text: 'Hello.' }],
  usage: {
    inputTokens: 10,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: 4,
  },
});

let rig: Rig;
let second: FakeUpstream;
test.beforeEach(async () => {
  second = await startFakeUpstream();
  second.setAnswer(script);
  rig = await startRig((upstream) => ({
    providers: [
      { ...providerFor(upstream), label: 'First' },
      { ...providerFor(second, 'second'), label: 'Second' },
      {
        id: 'keyless',
        type: 'anthropic',
        label: 'Keyless',
        baseUrl: second.url,
        credential: 'env:NOT_SET_ANYWHERE',
      },
    ],
  }));
  rig.upstream.setAnswer(script);
});
test.afterEach(async () => {
  await rig.close();
  await second.close();
});

const provider = (page: Page, name: RegExp) => page.getByRole('radio', { name });

test('by mouse: switched at once, for the next request, and undone from the toast', async ({ page }) => {
  await openWindow(page, rig.gateway);
  await expect(provider(page, /First/)).toBeChecked();
  await provider(page, /Second/).click();
  await expect(provider(page, /Second/)).toBeChecked();
  await expect(page.getByText('Switched to Second for new requests.')).toBeVisible();
  await rig.post(messagesBody());
  expect([rig.upstream.requests.length, second.requests.length]).toEqual([0, 1]);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(provider(page, /First/)).toBeChecked();
  await rig.post(messagesBody());
  expect([rig.upstream.requests.length, second.requests.length]).toEqual([1, 1]);
});

test('by keyboard: arrows only move, Enter switches, Ctrl+Z takes it back', async ({ page }) => {
  await openWindow(page, rig.gateway);
  await provider(page, /First/).focus();
  await page.keyboard.press('ArrowDown');
  await expect(provider(page, /Second/)).toBeFocused();
  await expect(provider(page, /First/)).toBeChecked();
  await page.keyboard.press('Enter');
  await expect(provider(page, /Second/)).toBeChecked();
  await rig.post(messagesBody());
  expect(second.requests.length).toBe(1);

  await page.keyboard.press('Control+z');
  await expect(provider(page, /First/)).toBeChecked();
  await expect(page.getByText('Back to First.')).toBeVisible();
});

test('one Tab stop for the whole group, reached from the page top', async ({ page }) => {
  await openWindow(page, rig.gateway);
  await provider(page, /First/).focus();
  await page.keyboard.press('End');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Tab');
  await expect(page.locator(':focus')).not.toHaveAttribute('role', 'radio');
  await page.keyboard.press('Shift+Tab');
  await expect(page.locator(':focus')).toHaveAttribute('role', 'radio');
});

test('a provider with a problem says so in words and can be chosen all the same', async ({ page }) => {
  await openWindow(page, rig.gateway);
  await expect(page.getByText(/NOT_SET_ANYWHERE/).first()).toBeVisible();
  await provider(page, /Keyless/).click();
  await expect(provider(page, /Keyless/)).toBeChecked();
  await expect(page.getByTestId('state-line')).toContainText('Not ready · Keyless cannot answer');
});

test('a switch made elsewhere shows here', async ({ page }) => {
  await openWindow(page, rig.gateway);
  expect((await rig.gateway.run('use', 'second')).code).toBe(0);
  await expect(provider(page, /Second/)).toBeChecked();
});
