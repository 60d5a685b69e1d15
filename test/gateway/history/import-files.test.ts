// What an import does with files as they really lie there: rewritten, cut short, moved, unreadable, linked, with lines
// that are half written, far too long or none at all.
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createHistoryRun, type HistoryRun } from '../../support/history-runs.ts';
import { appendTranscript, assistantLine, joinLines, userLine } from '../../support/transcripts.ts';

let run: HistoryRun;
beforeEach(() => {
  run = createHistoryRun();
});
afterEach(() => run.dispose());

const write = (path: string, lines: readonly string[]): string =>
  appendTranscript(run.claudeFolder, path, joinLines(lines));
const messages = (): number => run.report().totals.exchanges;
const answers = (first: number, count: number): string[] =>
  Array.from({ length: count }, (_, at) =>
    assistantLine({
      id: `msg_${first + at}`,
      request: `req_${first + at}`,
      at: `2026-11-20T10:00:${10 + at}.000Z`,
    }),
  );

describe('an import', () => {
  it('with nothing there, or no folder at all, is done and holds nothing', async () => {
    const progress = await run.import();
    expect(progress?.figures).toMatchObject({ filesTotal: 0, bytesTotal: 0, unreadableFiles: 0 });
    expect(messages()).toBe(0);
  });

  it('reads only what was added since, and nothing when nothing was', async () => {
    const path = write('p/s.jsonl', answers(0, 5));
    await run.import();
    expect((await run.import())?.figures).toMatchObject({ filesTotal: 0, bytesTotal: 0, bytesDone: 0 });
    const added = joinLines(answers(5, 1));
    appendTranscript(run.claudeFolder, 'p/s.jsonl', added);
    const { figures } = (await run.import()) ?? {};
    expect(figures).toMatchObject({ filesTotal: 1, bytesDone: Buffer.byteLength(added), newMessages: 1 });
    expect(path).toContain('s.jsonl');
    expect(messages()).toBe(6);
  });

  it('counts one message over all its lines, sessions forked from it and side conversations (trap 71)', async () => {
    const message = { id: 'msg_1', request: 'req_1', output: 200 } as const;
    write('p/origin.jsonl', [
      userLine({ at: '2026-11-20T09:00:00.000Z' }),
      assistantLine({ ...message, session: 'origin' }),
      assistantLine({ ...message, session: 'origin', at: '2026-11-20T10:00:02.000Z' }),
    ]);
    write('p/a-fork.jsonl', [
      userLine({ at: '2026-11-21T09:00:00.000Z' }),
      assistantLine({ ...message, session: 'a-fork' }),
    ]);
    write('p/origin/subagents/agent-1.jsonl', [
      assistantLine({ ...message, request: 'req_2', session: 'origin', agent: '1' }),
    ]);
    await run.import();
    const report = run.report(null, 'session');
    expect(report.groups).toMatchObject([{ key: 'origin', exchanges: 1, outputTokens: 200 }]);
  });

  it('takes the final counts where a placeholder was written first, in any order (trap 70)', async () => {
    const placeholder = { id: 'msg_1', request: 'req_1', stopReason: null, output: 1 } as const;
    const final = { id: 'msg_1', request: 'req_1', output: 321, at: '2026-11-20T10:00:09.000Z' } as const;
    write('p/s.jsonl', [assistantLine(placeholder)]);
    await run.import();
    expect(run.report().totals).toMatchObject({ exchanges: 1, outputTokens: 1 });
    write('p/s.jsonl', [assistantLine(final), assistantLine(placeholder)]);
    await run.import();
    expect(run.report().totals).toMatchObject({ exchanges: 1, outputTokens: 321 });
  });

  it('leaves a half-written line for later, and counts a whole last line without a line feed', async () => {
    const [first = '', second = ''] = answers(0, 2);
    appendTranscript(run.claudeFolder, 'p/s.jsonl', `${first}\n${second.slice(0, -5)}`);
    expect((await run.import())?.figures.unreadableLines).toBe(0);
    expect(messages()).toBe(1);
    appendTranscript(run.claudeFolder, 'p/s.jsonl', second.slice(-5));
    await run.import();
    expect(messages()).toBe(2);
    appendTranscript(run.claudeFolder, 'p/s.jsonl', `\n${joinLines(answers(2, 1))}`);
    await run.import();
    expect(messages()).toBe(3);
  });

  it('keeps what was spent when its file is cut short, rewritten, moved or deleted', async () => {
    const path = write('p/s.jsonl', answers(0, 6));
    await run.import();
    const before = run.dump();
    truncateSync(path, 100);
    await run.import();
    writeFileSync(path, joinLines(answers(4, 2)));
    await run.import();
    expect(run.report().totals.exchanges).toBe(6);
    renameSync(path, join(run.claudeFolder, 'projects', 'p', 'moved.jsonl'));
    await run.import();
    rmSync(join(run.claudeFolder, 'projects'), { recursive: true });
    await run.import();
    expect(messages()).toBe(6);
    expect((run.dump() as { summary: unknown }).summary).toEqual((before as { summary: unknown }).summary);
  });

  it('reads a file anew that was written over with as many bytes and an old time', async () => {
    const path = write('p/s.jsonl', answers(0, 2));
    const then = new Date('2026-11-20T12:00:00Z');
    utimesSync(path, then, then);
    await run.import();
    writeFileSync(path, joinLines(answers(2, 2)));
    utimesSync(path, then, then);
    await run.import();
    expect(messages()).toBe(4);
  });

  it('reads a grown file anew when what stood before has changed', async () => {
    const path = write('p/s.jsonl', answers(0, 2));
    await run.import();
    writeFileSync(path, joinLines(answers(5, 4)));
    await run.import();
    expect(messages()).toBe(6);
  });

  it('counts lines that are none, and goes on behind them', async () => {
    const broken = answers(9, 1)[0]?.replace('"usage":{', '"usage":{{') ?? '';
    write('p/s.jsonl', [
      'garbage',
      '\u0000\u0000\u0000',
      broken,
      ...answers(0, 1),
      '',
      '   ',
      `${answers(1, 1)[0] ?? ''}\r`,
    ]);
    const { figures } = (await run.import()) ?? {};
    expect(figures?.unreadableLines).toBe(3);
    expect(messages()).toBe(2);
  });

  it('passes over lines longer than it may keep, whole or cut by the end of the file', async () => {
    const long = 'x'.repeat(20_000);
    write('p/s.jsonl', [
      userLine({ text: long }),
      ...answers(0, 1),
      assistantLine({ content: [{ text: long }] }),
    ]);
    appendTranscript(run.claudeFolder, 'p/s.jsonl', userLine({ text: long }).slice(0, -10));
    const first = await run.import();
    expect(first?.figures.unreadableLines).toBe(1);
    appendTranscript(run.claudeFolder, 'p/s.jsonl', `"}}\n${joinLines(answers(1, 1))}`);
    await run.import();
    expect(messages()).toBe(2);
    expect(run.dump()).not.toBe(null);
  });

  it('understands a byte order mark, empty files, and folders that link in a circle', async () => {
    appendTranscript(run.claudeFolder, 'p/bom.jsonl', `\uFEFF${joinLines(answers(0, 1))}`);
    appendTranscript(run.claudeFolder, 'p/empty.jsonl', '');
    symlinkSync(join(run.claudeFolder, 'projects'), join(run.claudeFolder, 'projects', 'p', 'circle'));
    symlinkSync('nowhere', join(run.claudeFolder, 'projects', 'p', 'dangling.jsonl'));
    mkdirSync(join(run.claudeFolder, 'projects', 'folder.jsonl'));
    const progress = await run.import();
    expect(progress?.figures).toMatchObject({ filesDone: 2, unreadableLines: 0, unreadableFiles: 1 });
    expect(messages()).toBe(1);
  });

  it.skipIf(process.getuid?.() === 0)('goes on past a file it may not read (root may read all)', async () => {
    chmodSync(write('p/a.jsonl', answers(0, 1)), 0);
    write('p/b.jsonl', answers(1, 1));
    expect((await run.import())?.figures.unreadableFiles).toBe(1);
    expect(messages()).toBe(1);
  });

  it('prices by the date of the message, and says what is estimated', async () => {
    const usage = { input: 0, output: 0, cacheRead: 1_000_000, model: 'claude-sonnet-5-5' } as const;
    write('p/s.jsonl', [
      assistantLine({ ...usage, at: '2026-10-06T23:59:59.999Z' }),
      assistantLine({ ...usage, at: '2026-10-07T00:00:00.000Z' }),
      assistantLine({ model: 'mystery-model', input: 1_000_000, output: 0 }),
    ]);
    await run.import();
    const { totals, estimatedNanoUsd } = run.report();
    expect(estimatedNanoUsd).toBe(5_000_000_000);
    expect(totals.costNanoUsd).toBe(200_000_000 + 100_000_000 + estimatedNanoUsd);
  });

  it('reports from an uneven instant on to the message', async () => {
    write('p/s.jsonl', answers(0, 10));
    await run.import();
    expect(run.report(Date.parse('2026-11-20T10:00:14.000Z')).totals.exchanges).toBe(6);
    expect(run.report(Date.parse('2026-11-20T10:00:14.001Z')).totals.exchanges).toBe(5);
    expect(run.report(Date.parse('2026-11-20T10:15:00.000Z')).totals.exchanges).toBe(0);
  });
});

describe('the history file', () => {
  it('of a newer Tollgate is refused and left as it is, for writing and for reading (trap 80)', async () => {
    write('p/s.jsonl', answers(0, 1));
    await run.import();
    const newer = new Database(run.historyPath);
    newer.pragma('user_version = 9990');
    newer.close();
    const before = readFileSync(run.historyPath);
    await expect(run.import()).rejects.toThrow(/newer Tollgate/);
    expect(() => run.report()).toThrow(/schema is 9990/);
    expect(readFileSync(run.historyPath).equals(before)).toBe(true);
  });

  it('is private to the user, and holds money and tokens as integers', async () => {
    write('p/s.jsonl', answers(0, 1));
    await run.import();
    expect(statSync(run.historyPath).mode & 0o777).toBe(0o600);
    const db = new Database(run.historyPath);
    expect(() => db.exec('UPDATE rollups SET cost_nano_usd = 0.5')).toThrow(/cannot store REAL value/);
    db.close();
  });
});

describe('a message the gateway measured', () => {
  it('is left out whichever came first, and stays out when the ledger is begun anew (trap 72)', async () => {
    run.measure({ messageId: 'msg_0' });
    write('p/s.jsonl', answers(0, 3));
    await run.import();
    expect(messages()).toBe(2);
    run.measure({ messageId: 'msg_1' });
    expect(messages()).toBe(1);
    await run.import();
    expect(messages()).toBe(1);
    run.ledger.exec('DELETE FROM exchanges');
    run.measure({ messageId: 'msg_2' });
    expect(messages()).toBe(0);
    await run.import();
    expect(messages()).toBe(0);
    expect((run.dump() as { summary: unknown }).summary).toMatchObject({ measured_messages: 3 });
  });

  it('is left out by session and time when its id was never seen, but not without tokens', async () => {
    write('p/s.jsonl', answers(0, 3));
    const at = Date.parse('2026-11-20T10:00:11.000Z');
    run.measure({
      messageId: null,
      session: 'session-1',
      startedAt: at - 500,
      endedAt: at - 200,
      outputTokens: 0,
    });
    run.measure({ messageId: null, session: 'another', startedAt: at - 500, endedAt: at });
    await run.import();
    expect(messages()).toBe(3);
    run.measure({ messageId: null, session: 'session-1', startedAt: at - 500, endedAt: at - 4500 });
    expect(messages()).toBe(2);
    await run.import();
    expect(messages()).toBe(2);
  });

  it('may still be in flight', async () => {
    run.measure({ messageId: 'msg_0', state: 'live', endedAt: null });
    write('p/s.jsonl', answers(0, 2));
    await run.import();
    expect(messages()).toBe(1);
    run.settle('msg_0');
    await run.import();
    expect(messages()).toBe(1);
  });
});
