// The Routes page over a really started gateway: rules made, moved, changed and taken back by mouse and by keyboard, bad
// input told at its field, requests explained, and what was changed here decides where the next request goes.
import { expect, test, type Page } from '@playwright/test';
import { answerMessage, sendJson } from '../../support/anthropic-answers.ts';
import { startFakeUpstream, type Answer, type FakeUpstream } from '../../support/fake-upstream.ts';
import { messagesBody, providerFor, sessionHeader, startRig, type Rig } from '../../support/rig.ts';
import { findViolations } from './axe-rig.ts';
import { openScreen } from './window-rig.ts';

const message = answerMessage({
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

const models = sendJson(200, {
  data: ['claude-opus-5-5', 'claude-haiku-4-5'].map((id) => ({ type: 'model', id })),
  has_more: false,
});
/** Answers messages, and the question for its models that opening a page with model fields brings about. */
const script: Answer = (exchange) =>
  exchange.request.path.startsWith('/v1/models') ? models(exchange) : message(exchange);
/** Messages alone. */
const messagesTo = (upstream: FakeUpstream) => upstream.requests.filter(({ method }) => method === 'POST');

let rig: Rig;
let second: FakeUpstream;
test.beforeEach(async () => {
  second = await startFakeUpstream();
  second.setAnswer(script);
  rig = await startRig((upstream) => ({
    providers: [
      { ...providerFor(upstream), label: 'First' },
      { ...providerFor(second, 'second'), label: 'Second' },
    ],
    routes: [
      { match: { model: 'claude-*haiku*' }, to: [{ provider: 'second' }] },
      { match: { project: '/work/acme' }, to: [{ provider: 'second', model: 'claude-sonnet-5' }] },
      { match: {}, to: [{ provider: 'upstream' }, { provider: 'second' }] },
    ],
  }));
  rig.upstream.setAnswer(script);
});
test.afterEach(async () => {
  await rig.close();
  await second.close();
});

const openPage = (page: Page): Promise<void> => openScreen(page, rig.gateway, 'routes', 'Routes');
const rule = (page: Page, index: number | 'default') => page.locator(`[data-rule="${index}"]`);
const routes = async () => (await rig.gateway.control.call('routes.read', {})).routes;
const undo = (page: Page) => page.getByRole('button', { name: 'Undo' }).click();

test('rules read as sentences, the default stands last and cannot be removed', async ({ page }) => {
  await openPage(page);
  await expect(rule(page, 0)).toContainText('When the model is claude-*haiku*');
  await expect(rule(page, 1)).toContainText('When the project is in /work/acme');
  await expect(rule(page, 1)).toContainText('Second claude-sonnet-5');
  await expect(rule(page, 'default')).toContainText('Everything else');
  await expect(rule(page, 'default')).toContainText('First, then Second');
  await expect(rule(page, 'default').getByRole('button', { name: /Remove/ })).toHaveCount(0);
  expect(await findViolations(page)).toEqual([]);
});

test('by mouse: a rule is added, decides the next request, and is taken back', async ({ page }) => {
  const before = await routes();
  await openPage(page);
  await page.getByRole('button', { name: 'Add a rule' }).click();
  const form = page.getByRole('form', { name: 'New rule' });
  await form.getByLabel('Model asked for').fill('claude-opus-*');
  await form.getByLabel('What asks').selectOption('subagent');
  await form.getByLabel('Provider').selectOption('second');
  await form.getByLabel('Model', { exact: true }).fill('claude-haiku-4-5');
  await form.getByRole('radio', { name: 'Cheapest first' }).click();
  expect(await findViolations(page)).toEqual([]);
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(rule(page, 2)).toContainText('When the model is claude-opus-* and a sub-agent asks');
  expect((await routes())[2]).toEqual({
    match: { model: 'claude-opus-*', requestClass: 'subagent' },
    strategy: 'cheapest',
    to: [{ provider: 'second', model: 'claude-haiku-4-5' }],
  });
  await rig.post(messagesBody(), [sessionHeader('s1'), ['x-claude-code-agent-id', 'explore-1']]);
  expect((messagesTo(second)[0]?.json() as { model: string }).model).toBe('claude-haiku-4-5');

  await undo(page);
  await expect(rule(page, 2)).toHaveCount(0);
  expect(await routes()).toEqual(before);
});

test('by keyboard: a rule is moved with Alt and an arrow, its button keeps the focus, and Ctrl+Z takes it back', async ({
  page,
}) => {
  await openPage(page);
  await rule(page, 1).getByRole('button', { name: 'Edit rule 2' }).focus();
  await page.keyboard.press('Alt+ArrowUp');
  await expect(rule(page, 0)).toContainText('/work/acme');
  await expect(page.getByText('Rule 2 is now rule 1.')).toBeVisible();
  await expect(rule(page, 0).locator(':focus')).toHaveCount(1);
  await page.keyboard.press('Control+z');
  await expect(rule(page, 0)).toContainText('haiku');
  await rule(page, 0).getByRole('button', { name: 'Move rule 1 down' }).focus();
  await page.keyboard.press('Enter');
  await expect(rule(page, 1)).toContainText('haiku');
  expect((await routes())[1]?.match.model).toBe('claude-*haiku*');
});

test('removed and undone; the second undo in a row works as the first did', async ({ page }) => {
  const before = await routes();
  await openPage(page);
  await rule(page, 0).getByRole('button', { name: 'Remove rule 1' }).click();
  await expect(rule(page, 0)).toContainText('/work/acme');
  await rule(page, 0).getByRole('button', { name: 'Remove rule 1' }).click();
  await expect(page.getByText('No rule yet')).toBeVisible();
  await undo(page);
  await expect(rule(page, 0)).toContainText('/work/acme');
  expect(await routes()).toEqual(before.slice(1));
});

test('bad input is told at its field and nothing is sent', async ({ page }) => {
  const before = await routes();
  await openPage(page);
  await rule(page, 0).getByRole('button', { name: 'Edit rule 1' }).click();
  const form = page.getByRole('form', { name: 'Edit rule 1' });
  await form.getByLabel('Prompt of at least').fill('lots');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Enter a number of tokens')).toBeVisible();
  await expect(form.getByLabel('Prompt of at least')).toBeFocused();
  await expect(form.getByLabel('Prompt of at least')).toHaveAttribute('aria-invalid', 'true');
  expect(await findViolations(page)).toEqual([]);
  await form.getByLabel('Prompt of at least').fill('');
  await form.getByLabel('Model asked for').fill('');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form.getByText('Give at least one condition')).toBeVisible();
  expect(await routes()).toEqual(before);
});

test('the default can be changed: order, strategy, another place to fall back on', async ({ page }) => {
  await openPage(page);
  await rule(page, 'default').getByRole('button', { name: 'Edit the default' }).click();
  const form = page.getByRole('form', { name: 'Edit the default' });
  await form.getByRole('button', { name: 'Move place 2 up' }).click();
  await form.getByRole('button', { name: 'Add another to fall back on' }).click();
  await form.getByRole('group', { name: 'Place 3' }).getByLabel('Then').selectOption('practice');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(rule(page, 'default')).toContainText('Second, then First, then Practice');
  const all = await routes();
  expect(all.at(-1)).toEqual({
    match: {},
    to: [{ provider: 'second' }, { provider: 'upstream' }, { provider: 'practice' }],
  });
});

test('"Where would this go?" shows the sentence and the order', async ({ page }) => {
  await openPage(page);
  const box = page.getByRole('form', { name: 'Where would this go?' });
  await box.getByLabel('Model asked for').fill('claude-haiku-4-5');
  await box.getByRole('button', { name: 'Explain' }).click();
  const answer = page.getByTestId('route-explanation');
  await expect(answer).toContainText('rule 1');
  await expect(answer.getByRole('listitem')).toContainText(['Second claude-haiku-4-5']);
  await box.getByLabel('Model asked for').fill('claude-opus-5-5');
  await box.getByRole('button', { name: 'Explain' }).click();
  await expect(answer).toContainText('the default route');
  await expect(answer.getByRole('listitem')).toHaveText([
    'First claude-opus-5-5',
    'then Second claude-opus-5-5',
  ]);
  expect(messagesTo(rig.upstream).length + messagesTo(second).length).toBe(0);
});

test('projects are held to Claude and let go, pins are listed and taken out, both with undo', async ({
  page,
}) => {
  await rig.gateway.control.call('pins.set', { project: '/work/acme', to: { provider: 'second' } });
  await openPage(page);
  await page.getByLabel('Hold a project to Claude').fill('/work/secret');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('button', { name: 'No longer hold /work/secret to Claude' })).toBeVisible();
  expect((await rig.gateway.control.call('routes.read', {})).onlyClaude).toEqual(['/work/secret']);
  await undo(page);
  await expect(page.getByRole('button', { name: 'No longer hold /work/secret to Claude' })).toHaveCount(0);

  await page.getByRole('button', { name: 'Unpin Project /work/acme' }).click();
  await expect(page.getByText('Nothing is pinned.')).toBeVisible();
  await undo(page);
  await expect(page.getByRole('button', { name: 'Unpin Project /work/acme' })).toBeVisible();
});

test('an exchange says why it went there and what was tried, and its session can be pinned', async ({
  page,
}) => {
  rig.upstream.setAnswer((exchange) => {
    exchange.head(529, [['content-type', 'application/json']]);
    exchange.end('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}');
  });
  await rig.post(messagesBody(), [sessionHeader('ladder-session')]);
  await openScreen(page, rig.gateway, 'activity', 'Activity');
  await page.locator('[data-row]').first().click();
  const panel = page.getByRole('dialog');
  await expect(panel.getByRole('list', { name: 'What was tried' }).getByRole('listitem')).toHaveText([
    /^First .*529.*Overloaded.* after /,
    /^Second .*answered after /,
  ]);
  await expect(panel.getByRole('region', { name: 'Route' })).toContainText('default route');
  expect(await findViolations(page)).toEqual([]);
  await panel.getByRole('button', { name: 'Pin this session to…' }).click();
  await page.getByRole('menuitem', { name: 'Second' }).click();
  await expect(page.getByText(/Session ladder-session now goes to Second alone/)).toBeVisible();
  expect((await rig.gateway.control.call('routes.read', {})).pins).toEqual([
    { session: 'ladder-session', to: { provider: 'second' } },
  ]);
  await undo(page);
  await expect.poll(async () => (await rig.gateway.control.call('routes.read', {})).pins).toEqual([]);
});

test('trap 51: a provider that rests is named in the rail, the state line and on its row, and can be tried again now', async ({
  page,
}) => {
  rig.upstream.setAnswer((exchange) => {
    exchange.head(529, [
      ['content-type', 'application/json'],
      ['retry-after', '1800'],
    ]);
    exchange.end('{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}');
  });
  await rig.post(messagesBody());
  await openScreen(page, rig.gateway, 'providers', 'Providers');
  const row = page.locator('[data-provider=upstream]');
  await expect(row.getByTestId('provider-health')).toContainText(/Resting until \d\d:\d\d after 529/);
  await expect(row).toContainText('It is overloaded (status 529).');
  await expect(page.getByTestId('state-line')).toContainText(/Resting · First until \d\d:\d\d after 529/);
  await expect(page.getByRole('link', { name: /Providers\s+needs you/ })).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
  await row.getByRole('button', { name: 'Try again now' }).click();
  await expect(row.getByTestId('provider-health')).toContainText('Ready');
  await expect(page.getByTestId('state-line')).toContainText('Ready · via First');
});
