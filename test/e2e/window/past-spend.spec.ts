// Past spend: looking imports nothing, an import takes a click, its figure is marked and stands apart from the measured
// one, and it can be taken out again.
import { expect, test } from '@playwright/test';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSnapshot } from '../../support/sample-figures.ts';
import { startGateway, type TestGateway } from '../../support/start-gateway.ts';
import { startWindowServer } from '../../support/window-server.ts';
import type { HistoryStatus } from '../../../src/contract/history.ts';
import { findViolations } from './axe-rig.ts';
import { heroNumber, openScreen, openWindow } from './window-rig.ts';

function transcriptLine(index: number): string {
  const usage = { input_tokens: 400, output_tokens: 900, cache_read_input_tokens: 50_000 };
  const message = { id: `msg_${index}`, type: 'message', role: 'assistant', model: 'claude-opus-4-5', usage };
  return JSON.stringify({
    type: 'assistant',
    sessionId: 'before',
    cwd: '/home/mira/acme',
    version: '2.1.300',
    timestamp: new Date(Date.UTC(2026, 0, 1, 0, index)).toISOString(),
    requestId: `req_${index}`,
    uuid: `u-${index}`,
    message: { ...message, content: [] },
  });
}

test.describe('with a gateway', () => {
  let gateway: TestGateway;
  test.beforeEach(async () => {
    gateway = await startGateway();
    const folder = join(gateway.home, '.claude', 'projects', '-home-mira-acme');
    await mkdir(folder, { recursive: true });
    const lines = Array.from({ length: 50 }, (_, index) => transcriptLine(index));
    await writeFile(join(folder, 'before.jsonl'), `${lines.join('\n')}\n`);
  });
  test.afterEach(() => gateway.dispose());

  test('by mouse: looked at, imported on consent, shown apart, and removed', async ({ page }) => {
    await openScreen(page, gateway, 'past-spend', 'Past spend');
    await expect(page.getByTestId('scan')).toContainText('1 transcript');
    expect((await gateway.control.call('history.status', {})).imported.messages).toBe(0);
    expect(await findViolations(page)).toEqual([]);

    await page.getByRole('button', { name: 'Import past spend' }).click();
    await expect(page.getByText("50 messages from Claude Code's logs")).toBeVisible();
    const { imported } = await gateway.control.call('history.status', {});
    await expect(page.getByTestId('past-spend')).toHaveAttribute('value', String(imported.costNanoUsd));
    await expect(page.getByText('acme', { exact: true })).toBeVisible();
    await expect(page.getByText('opus-4.5', { exact: true })).toBeVisible();
    expect(await findViolations(page)).toEqual([]);

    await page.goto(`${gateway.url}/#/overview`);
    await expect(heroNumber(page)).toHaveText('$0.0000');
    await expect(page.getByTestId('past-line')).toContainText("from Claude Code's logs");

    await page.goto(`${gateway.url}/#/past-spend`);
    await page.getByRole('button', { name: 'Remove past spend' }).click();
    await page.getByRole('button', { name: 'Remove', exact: true }).click();
    await expect(page.getByTestId('past-spend')).toBeHidden();
    await expect(page.getByRole('button', { name: 'Import past spend' })).toBeVisible();
    expect((await gateway.control.call('history.status', {})).imported.messages).toBe(0);
  });

  test('by keyboard, in a window that was opened before', async ({ page }) => {
    await openWindow(page, gateway);
    await page.getByRole('link', { name: 'Past spend' }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Import past spend' }).focus();
    await page.keyboard.press('Enter');
    await expect(page.getByTestId('past-spend')).toBeVisible();
  });
});

const idle: HistoryStatus = {
  state: 'idle',
  startedAt: null,
  endedAt: null,
  filesDone: 0,
  filesTotal: 0,
  bytesDone: 0,
  bytesTotal: 0,
  newMessages: 0,
  unreadableLines: 0,
  unreadableFiles: 0,
  problem: null,
  imported: { messages: 0, costNanoUsd: 0, estimatedNanoUsd: 0, measuredMessages: 0, lastImportAt: null },
};

test('a running import shows its progress and can be stopped; what was read stays', async ({ page }) => {
  const server = await startWindowServer(makeSnapshot([], Date.now()));
  const running: HistoryStatus = {
    ...idle,
    state: 'running',
    startedAt: 1,
    filesDone: 12,
    filesTotal: 40,
    bytesDone: 300_000_000,
    bytesTotal: 1_200_000_000,
    newMessages: 4_200,
  };
  server.handlers.set('history.status', () => running);
  server.handlers.set('history.scan', () => ({
    folder: '/home/mira/.claude/projects',
    files: 40,
    bytes: 1_200_000_000,
    oldest: 1,
    newest: 2,
    unreadFiles: 28,
    unreadBytes: 900_000_000,
  }));
  server.handlers.set('history.cancel', () => ({ ...running, state: 'cancelled', endedAt: 2 }));
  await page.goto(`${server.url}#/past-spend`);
  await expect(page.getByRole('progressbar')).toHaveAttribute('value', '0.25');
  await expect(page.getByText('12 of 40 transcripts, 300 MB of 1.2 GB')).toBeVisible();
  expect(await findViolations(page)).toEqual([]);
  server.send('history', { ...running, filesDone: 20, bytesDone: 600_000_000 });
  await expect(page.getByRole('progressbar')).toHaveAttribute('value', '0.5');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByText(/^Stopped\. What was read until then stays/)).toBeVisible();
  await server.close();
});
