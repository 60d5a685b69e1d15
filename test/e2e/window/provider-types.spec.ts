// Adding a provider of any type, changing it, its further keys and its models, over a really started gateway.
import { expect, test, type Page } from '@playwright/test';
import { answerMessage, sendJson } from '../../support/anthropic-answers.ts';
import { startFakeUpstream, type Answer, type FakeUpstream } from '../../support/fake-upstream.ts';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { findViolations } from './axe-rig.ts';
import { openScreen } from './window-rig.ts';

const secret = 'sk-type-secret-0123456789wxyz';
const message = answerMessage({
  model: 'deepseek-v4-pro',
  blocks: [{ type: 'text', text: 'Hello.' }],
  usage: {
    inputTokens: 2,
    cacheReadTokens: 0,
    cacheWrite5mTokens: 0,
    cacheWrite1hTokens: 0,
    outputTokens: 1,
  },
});
const list = sendJson(200, {
  object: 'list',
  data: ['deepseek-v4-pro', 'claude-haiku-4-5'].map((id) => ({ id, object: 'model' })),
});
/** Its model list stands beside its Anthropic endpoint. */
const answerDeepseek: Answer = (exchange) =>
  exchange.request.method === 'GET' ? list(exchange) : message(exchange);
let gateway: TestGateway;
let upstream: FakeUpstream;
test.beforeEach(async () => {
  upstream = await startFakeUpstream();
  upstream.setAnswer(answerDeepseek);
  gateway = await startGateway();
});
test.afterEach(async () => {
  await gateway.dispose();
  await upstream.close();
});

const openPage = (page: Page): Promise<void> => openScreen(page, gateway, 'providers', 'Providers');
const settings = async (id: string) => (await gateway.control.call('provider.read', { id })).settings;
const search = (page: Page) => page.getByRole('searchbox', { name: 'What to add' });

/** Adds the provider that most tests need, without the window. */
async function addDeepseek(): Promise<void> {
  await gateway.control.call('vault.set', { id: 'deep', secret });
  await gateway.control.call('provider.add', {
    id: 'deep',
    type: 'deepseek-anthropic',
    label: 'Deep',
    baseUrl: upstream.url,
    credential: 'vault:deep',
    http: { headers: { 'x-team': 'a' } },
    failOverOn: ['busy'],
  });
}

test('by keyboard: searched, picked with the arrows, filled in, tested and saved', async ({ page }) => {
  await openPage(page);
  await search(page).focus();
  await page.keyboard.type('endpoint');
  await page.keyboard.press('ArrowDown');
  await expect(page.getByRole('button', { name: 'DeepSeek (Anthropic endpoint)' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Another type' })).toBeFocused();
  await page.getByLabel('Address', { exact: true }).fill(upstream.url);
  await page.getByLabel('Id, if you like').fill('my-deep');
  await page.getByLabel('API key', { exact: true }).focus();
  await page.keyboard.type(secret);
  await page.keyboard.press('Enter');
  await expect(page.locator('[data-provider=my-deep]')).toContainText('key …wxyz in the vault');
  expect(await settings('my-deep')).toEqual({
    id: 'my-deep',
    type: 'deepseek-anthropic',
    baseUrl: upstream.url,
    credential: 'vault:my-deep',
  });
  await expect(search(page)).toBeVisible();
});

test('a translated type says so once, asks for what it needs, and tells at the field what is missing', async ({
  page,
}) => {
  await openPage(page);
  await search(page).fill('azure openai');
  await page.getByRole('button', { name: 'Azure OpenAI', exact: true }).click();
  await expect(page.getByText('Requests are translated. Anthropic does not support')).toHaveCount(1);
  await expect(page.getByRole('link', { name: /Make a key at portal\.azure\.com/ })).toBeVisible();
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.getByText('Enter the address; only you know it.')).toBeVisible();
  await expect(page.getByText('Paste the key here, or choose another place for it.')).toBeVisible();
  await expect(page.getByLabel('Address', { exact: true })).toBeFocused();
  expect(await findViolations(page)).toEqual([]);
  await page.getByLabel('Where the key is').selectOption('env');
  await page.getByLabel('Name of the variable').fill('sk-is-not-a-name');
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.getByText('never the key itself')).toBeVisible();
  expect((await gateway.control.call('status.get', {})).providers.map(({ id }) => id)).toEqual(['practice']);
});

test('what is not found says what to do instead', async ({ page }) => {
  await openPage(page);
  await search(page).fill('zzz');
  await expect(page.getByText('Nothing is called “zzz”.')).toBeVisible();
});

test('changed in place: name and address, with all that the form does not show kept', async ({ page }) => {
  await addDeepseek();
  await openPage(page);
  const row = page.locator('[data-provider=deep]');
  await row.getByRole('button', { name: 'Edit' }).click();
  await row.getByLabel('Name, if you like').fill('Deeper');
  await row.getByRole('button', { name: 'Test and save' }).click();
  await expect(row).toContainText('Deeper');
  await expect(row.getByRole('button', { name: 'Cancel' })).toHaveCount(0);
  expect(await settings('deep')).toMatchObject({
    label: 'Deeper',
    credential: 'vault:deep',
    failOverOn: ['busy'],
  });
  await row.getByRole('button', { name: 'Test', exact: true }).click();
  await expect(row.getByTestId('test-sentence')).toBeVisible();
  expect(upstream.requests.at(-1)?.values('x-team')).toEqual(['a']);
});

test('further keys are added to the pool and taken out again, from the vault too', async ({ page }) => {
  await addDeepseek();
  await openPage(page);
  const row = page.locator('[data-provider=deep]');
  await row.getByRole('button', { name: 'Edit' }).click();
  await row.getByLabel('Another key').fill('sk-second-0123456789efgh');
  await row.getByRole('button', { name: 'Add the key' }).click();
  await expect(row.getByRole('listitem')).toContainText('key …efgh in the vault');
  expect((await settings('deep')).credentials).toEqual(['vault:deep-key']);
  expect(await page.content()).not.toContain('sk-second');
  await row.getByRole('button', { name: 'Take out the key …efgh in the vault' }).click();
  await expect(row.getByRole('listitem')).toHaveCount(0);
  expect((await settings('deep')).credentials).toBeUndefined();
  expect((await gateway.control.call('vault.list', {})).secrets.map(({ id }) => id)).toEqual(['deep']);
});

test('models: defaults shown as such, picked from the list, typed in full, emptied again; the list refreshed', async ({
  page,
}) => {
  await addDeepseek();
  await openPage(page);
  const row = page.locator('[data-provider=deep]');
  await row.getByRole('button', { name: 'Models' }).click();
  const opus = row.getByLabel('Model for Opus');
  await expect(opus).toHaveAttribute('placeholder', 'deepseek-v4-pro');
  await row.getByRole('button', { name: 'Refresh the list' }).click();
  await expect(row.getByText(/as the provider listed them, just now/)).toBeVisible();
  await opus.click();
  await page.getByRole('option', { name: /claude-haiku-4-5/ }).click();
  await expect(opus).toHaveValue('claude-haiku-4-5');
  await expect.poll(async () => (await settings('deep')).tiers).toEqual({ opus: 'claude-haiku-4-5' });
  const haiku = row.getByLabel('Model for Haiku');
  await haiku.focus();
  await page.keyboard.type('my-own-model');
  await page.keyboard.press('Enter');
  await expect.poll(async () => (await settings('deep')).tiers?.haiku).toBe('my-own-model');
  await expect(row.getByText('Your choice: window not known')).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
  await opus.fill('');
  await opus.press('Enter');
  await expect.poll(async () => (await settings('deep')).tiers).toEqual({ haiku: 'my-own-model' });
});

test('asking for the list can be stopped', async ({ page }) => {
  await addDeepseek();
  await openPage(page);
  const row = page.locator('[data-provider=deep]');
  await row.getByRole('button', { name: 'Models' }).click();
  await expect(row.getByText(/listed them|came with/)).toBeVisible();
  const before = upstream.requests.length;
  upstream.setAnswer(() => {});
  await row.getByRole('button', { name: 'Refresh the list' }).click();
  await expect.poll(() => upstream.requests.length).toBeGreaterThan(before);
  await row.getByRole('button', { name: 'Stop asking' }).click();
  await expect(row.getByRole('button', { name: 'Refresh the list' })).toBeVisible();
  await expect(row.getByRole('alert')).toHaveCount(0);
});

test('an address with a password is refused before it is sent', async ({ page }) => {
  await openPage(page);
  await page.getByRole('button', { name: 'Anthropic', exact: true }).click();
  await page.getByLabel('Address', { exact: true }).fill('https://me:pw@api.example.com');
  await page.getByLabel('API key', { exact: true }).fill(secret);
  await page.getByRole('button', { name: 'Test and save' }).click();
  await expect(page.getByText('Enter the address without user name')).toBeVisible();
  expect(upstream.requests.length).toBe(0);
});
