// States that a real gateway reaches rarely, played from a script: a refused key, another version, hundreds of rows,
// hundreds of events a second, forced colours, reduced motion.
import { expect, test } from '@playwright/test';
import { makeMeter, makeRow, makeSnapshot } from '../../support/sample-figures.ts';
import { startWindowServer, type WindowServer } from '../../support/window-server.ts';
import { readHero, rows } from './window-rig.ts';

const now = Date.now();
const dayStart = now - 6 * 3_600_000;
const hundred = Array.from({ length: 100 }, (_, index) => makeRow(`x${1_000 - index}`, now - index * 1_000));

let server: WindowServer;
test.beforeEach(async () => {
  server = await startWindowServer(makeSnapshot(hundred, dayStart));
});
test.afterEach(() => server.close());

test('a refused key says how to get a fresh address', async ({ page }) => {
  await page.goto(server.url);
  await expect(rows(page).first()).toBeVisible();
  server.locked = true;
  await server.cut();
  await server.listen();
  await expect(page.getByRole('heading', { name: 'This window is not signed in' })).toBeVisible();
  await expect(page.getByText('tollgate status')).toBeVisible();
});

test('a gateway of another version asks for a reload and never shows what it does not understand', async ({
  page,
}) => {
  await page.goto(server.url);
  await expect(rows(page).first()).toBeVisible();
  server.send('exchanges', { changed: [{ id: 'new' }], meter: {} } as never);
  await expect(page.getByRole('button', { name: 'Reload' })).toBeVisible();
  await expect(rows(page)).toHaveCount(12);
});

test('two thousand changes at ten a second of twenty rows each end in the right number and at most 200 rows', async ({
  page,
}) => {
  await page.goto(`${server.url}#/activity`);
  await expect(rows(page)).toHaveCount(100);
  const all = [...hundred];
  for (let batch = 0; batch < 100; batch += 1) {
    const changed = Array.from({ length: 20 }, (_, index) =>
      makeRow(`y${batch * 20 + index}`, now + batch * 20 + index),
    );
    all.unshift(...changed);
    server.send('exchanges', { changed, meter: makeMeter(all, dayStart) });
  }
  await expect(rows(page).first()).toHaveAttribute('data-id', 'y1999');
  await expect(rows(page)).toHaveCount(200);
  await page.getByRole('link', { name: 'Overview', exact: true }).click();
  await expect.poll(() => readHero(page)).toBe(all.length * 42_100_000);
});

test('a change of one row draws no other row again', async ({ page }) => {
  await page.goto(`${server.url}#/activity`);
  await expect(rows(page)).toHaveCount(100);
  await page.evaluate(() => {
    const seen = { rows: new Set<string>() };
    Object.assign(window, { seen });
    const table = document.querySelector('[role=table]');
    if (table === null) throw new Error('no list');
    new MutationObserver((changes) => {
      for (const change of changes) {
        const node = change.target instanceof Element ? change.target : change.target.parentElement;
        seen.rows.add(node?.closest<HTMLElement>('[data-id]')?.dataset['id'] ?? 'list');
      }
    }).observe(table, { subtree: true, childList: true, characterData: true, attributes: true });
  });
  const changed = [{ ...makeRow('x950', now - 50_000), costNanoUsd: 77_000_000 }];
  server.send('exchanges', { changed, meter: makeMeter(hundred, dayStart) });
  await expect(page.locator('[data-id=x950]')).toContainText('$0.0770');
  const touched = await page.evaluate(() => [
    ...(window as unknown as { seen: { rows: Set<string> } }).seen.rows,
  ]);
  expect(touched).toEqual(['x950']);
});

test('older exchanges are fetched on demand, behind the oldest one shown', async ({ page }) => {
  const asked: unknown[] = [];
  server.handlers.set('exchanges.list', (input) => {
    asked.push(input);
    return { rows: [makeRow('old2', now - 900_000), makeRow('old1', now - 901_000)] };
  });
  await page.goto(`${server.url}#/activity`);
  await page.getByRole('button', { name: 'Show older' }).click();
  await expect(rows(page)).toHaveCount(102);
  expect(asked).toEqual([{ limit: 100, before: 'x901' }]);
  await expect(page.getByRole('button', { name: 'Show older' })).toBeHidden();
});

test('with reduced motion the number jumps and the dot stands still', async ({ page }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  const live = makeRow('live', now, {
    state: 'live',
    endedAt: null,
    durationMs: null,
    costNanoUsd: 1_000_000,
  });
  server.snapshot = makeSnapshot([live, ...hundred.slice(1)], dayStart);
  await page.goto(server.url);
  await expect(page.getByTestId('state-line')).toContainText('Streaming');
  const animation = await page
    .getByTestId('state-line')
    .locator('[data-kind=streaming]')
    .evaluate((dot) => getComputedStyle(dot).animationName);
  expect(animation).toBe('none');
  await page.evaluate(() => {
    const values = new Set<string>();
    Object.assign(window, { values });
    const hero = document.querySelector('[data-testid=hero-number]');
    if (hero === null) throw new Error('no hero');
    new MutationObserver(() => values.add(hero.getAttribute('value') ?? '')).observe(hero, {
      attributes: true,
    });
  });
  const dearer = { ...live, costNanoUsd: 900_000_000 };
  const meter = makeMeter([dearer, ...hundred.slice(1)], dayStart);
  server.send('exchanges', { changed: [dearer], meter });
  const target = meter.today.costNanoUsd + meter.liveNanoUsd;
  await expect.poll(() => readHero(page)).toBe(target);
  expect(await page.evaluate(() => [...(window as unknown as { values: Set<string> }).values])).toEqual([
    String(target),
  ]);
});

test('in forced colours the current provider and the state can still be told', async ({ page }) => {
  await page.emulateMedia({ forcedColors: 'active' });
  await page.goto(server.url);
  const choice = page.getByRole('radio', { name: /Anthropic/ });
  await expect(choice).toBeVisible();
  expect(await choice.evaluate((button) => getComputedStyle(button).outlineStyle)).toBe('solid');
});
