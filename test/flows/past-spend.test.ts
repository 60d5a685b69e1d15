// Past spend, from outside: a really started gateway, a generated home, the command line, Control and its events. What the
// logs say is always told apart from what was measured, and no message counts in both (traps 72 and 81).
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HistoryScan, HistoryStatus } from '../../src/contract/history.ts';
import type { UsageReport } from '../../src/contract/usage.ts';
import { answerMessage } from '../support/anthropic-answers.ts';
import { messagesBody, sessionHeader, startRig, type Rig } from '../support/rig.ts';
import { dispatchedEvents } from '../support/sse-reader.ts';
import { appendTranscript, assistantLine, joinLines, userLine } from '../support/transcripts.ts';

let rig: Rig;
let claudeFolder: string;
beforeEach(async () => {
  rig = await startRig();
  claudeFolder = join(rig.gateway.home, '.claude');
});
afterEach(() => rig.close());

const answers = (session: string, count: number): string[] =>
  Array.from({ length: count }, (_, at) =>
    assistantLine({
      id: `msg_${session}_${at}`,
      request: `req_${session}_${at}`,
      session,
      input: 1_000_000,
      output: 0,
    }),
  );
/** What a million fresh input tokens of Sonnet 4.5 cost. */
const MILLION = 3_000_000_000;

const run = async (...args: string[]): Promise<string> => {
  const { code, stdout, stderr } = await rig.gateway.run(...args);
  if (code !== 0) throw new Error(`tollgate ${args.join(' ')} ended with ${code}: ${stderr}`);
  return stdout;
};
const usage = async (...args: string[]): Promise<UsageReport> =>
  JSON.parse(await run('usage', '--since', 'all', '--json', ...args)) as UsageReport;
const importAll = async (): Promise<HistoryStatus> =>
  HistoryStatus.parse(JSON.parse(await run('history', 'import', '--json')));

/** The state of every file under a folder. */
function fingerprint(folder: string): unknown[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => [name, statSync(join(folder, name)).mtimeMs, statSync(join(folder, name)).size]);
}

async function readEvents(until: (status: HistoryStatus) => boolean): Promise<HistoryStatus[]> {
  const answer = await fetch(`${rig.gateway.url}/control/events`, {
    headers: { authorization: `Bearer ${rig.gateway.ready.controlKey}` },
  });
  let text = '';
  for await (const piece of answer.body ?? []) {
    text += Buffer.from(piece).toString();
    const statuses = dispatchedEvents(text)
      .filter(({ event }) => event === 'history')
      .map(({ data }) => HistoryStatus.parse(JSON.parse(data)));
    if (statuses.some(until)) return statuses;
  }
  throw new Error('the events ended');
}

describe('past spend from the logs', () => {
  test('is looked at without writing, imported on request, shown apart, and taken out again', async () => {
    appendTranscript(claudeFolder, '-home-me-acme/s1.jsonl', joinLines([userLine(), ...answers('s1', 3)]));
    appendTranscript(claudeFolder, '-home-me-acme/s1/subagents/agent-x.jsonl', joinLines(answers('s1x', 2)));
    const before = fingerprint(claudeFolder);

    const scan = HistoryScan.parse(JSON.parse(await run('history', 'scan', '--json')));
    expect(scan).toMatchObject({ files: 2, unreadFiles: 2, oldest: Date.parse('2026-11-20T09:59:00Z') });
    expect(scan.unreadBytes).toBe(scan.bytes);
    expect(existsSync(join(rig.gateway.dataDir, 'history.db'))).toBe(false);

    const events = readEvents(({ state }) => state === 'done');
    const done = await importAll();
    expect(done).toMatchObject({
      state: 'done',
      newMessages: 5,
      bytesDone: scan.bytes,
      bytesTotal: scan.bytes,
    });
    expect(done.imported).toMatchObject({ messages: 5, costNanoUsd: 5 * MILLION });
    expect((await events).at(-1)?.imported.messages).toBe(5);

    const plain = await usage('--by', 'project');
    expect(plain).not.toHaveProperty('fromLogs');
    expect(plain.totals.costNanoUsd).toBe(0);
    const withLogs = await usage('--by', 'project', '--with-logs');
    expect(withLogs.totals.costNanoUsd).toBe(0);
    expect(withLogs.fromLogs?.groups).toMatchObject([
      { key: '/home/me/acme', exchanges: 5, costNanoUsd: 5 * MILLION },
    ]);
    expect(await run('usage', '--since', 'all', '--with-logs')).toMatch(
      /From Claude Code's logs, not measured/,
    );

    expect(fingerprint(claudeFolder)).toEqual(before);
    expect(statSync(join(rig.gateway.dataDir, 'history.db')).mode & 0o077).toBe(0);
    await run('history', 'remove');
    expect((await usage('--with-logs')).fromLogs?.totals.exchanges).toBe(0);
    expect(fingerprint(claudeFolder)).toEqual(before);
    expect(readdirSync(rig.gateway.dataDir).filter((name) => name.startsWith('history'))).toEqual([]);
    expect((await importAll()).imported.messages).toBe(5);
  });

  test('never counts a message that the gateway measured, whichever came first', async () => {
    const script = (id: string) => ({
      id,
      model: 'claude-sonnet-4-5',
      blocks: [{ type: 'text' as const, text: 'hi' }],
      usage: {
        inputTokens: 1_000_000,
        cacheReadTokens: 0,
        cacheWrite5mTokens: 0,
        cacheWrite1hTokens: 0,
        outputTokens: 0,
      },
    });
    const send = async (id: string): Promise<void> => {
      rig.upstream.setAnswer(answerMessage(script(id)));
      await rig.post(messagesBody(), [sessionHeader('s1')]);
    };
    appendTranscript(claudeFolder, 'p/s1.jsonl', joinLines(answers('s1', 4)));
    await send('msg_s1_0');
    await importAll();
    await send('msg_s1_1');
    await rig.gateway.control.settled(2);

    const expectApart = async (): Promise<void> => {
      const report = await usage('--with-logs');
      expect(report.totals).toMatchObject({ exchanges: 2, costNanoUsd: 2 * MILLION });
      expect(report.fromLogs?.totals).toMatchObject({ exchanges: 2, costNanoUsd: 2 * MILLION });
      const overControl = await rig.gateway.control.call('usage.report', { since: 'all', history: true });
      expect(overControl.fromLogs?.totals).toEqual(report.fromLogs?.totals);
    };
    await expectApart();
    expect((await importAll()).imported).toMatchObject({ messages: 2, measuredMessages: 2 });
    await expectApart();
    await run('history', 'remove');
    await importAll();
    await expectApart();
    await rig.gateway.kill9();
    await rig.gateway.restart();
    await expectApart();
  });

  test('reads only what was added, and keeps what was read through a kill', async () => {
    appendTranscript(claudeFolder, 'p/s1.jsonl', joinLines(answers('s1', 3)));
    await importAll();
    await rig.gateway.kill9();
    await rig.gateway.restart();
    expect((await rig.gateway.control.call('history.status', {})).imported.messages).toBe(3);
    expect(await importAll()).toMatchObject({ filesTotal: 0, bytesTotal: 0, newMessages: 0 });
    const more = joinLines(answers('s2', 2));
    appendTranscript(claudeFolder, 'p/s1.jsonl', more);
    const again = await importAll();
    expect(again).toMatchObject({ filesTotal: 1, bytesTotal: Buffer.byteLength(more), newMessages: 2 });
    expect(again.imported.messages).toBe(5);
  });

  test('can be cancelled and killed, and goes on later to the same end', async () => {
    const line = joinLines([userLine({ text: 'x'.repeat(100_000) })]);
    for (let file = 0; file < 40; file++) {
      appendTranscript(claudeFolder, `p/s${file}.jsonl`, line.repeat(20) + joinLines(answers(`s${file}`, 5)));
    }
    const { started } = await rig.gateway.control.call('history.import', {});
    expect(started).toBe(true);
    expect((await rig.gateway.control.call('history.import', {})).started).toBe(false);
    await expect(rig.gateway.control.call('history.remove', {})).rejects.toThrow(/import is running/);
    const stopped = await rig.gateway.control.call('history.cancel', {});
    expect(['cancelled', 'done']).toContain(stopped.state);
    await rig.gateway.control.call('history.import', {});
    await rig.gateway.kill9();
    await rig.gateway.restart();
    const done = await importAll();
    expect(done.state).toBe('done');
    expect(done.imported).toMatchObject({ messages: 200, costNanoUsd: 200 * MILLION });
  });

  test('says plainly when no gateway runs, and still reports', async () => {
    appendTranscript(claudeFolder, 'p/s1.jsonl', joinLines(answers('s1', 1)));
    await importAll();
    const path = join(rig.gateway.dataDir, 'history.db');
    await rig.gateway.stop();
    const refused = await rig.gateway.run('history', 'import');
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/no Tollgate runs for .* start it/);
    expect(refused.stderr).not.toMatch(/\n\s+at /);
    expect((await usage('--with-logs')).fromLogs?.totals.exchanges).toBe(1);
    expect(readFileSync(path).subarray(0, 15).toString()).toBe('SQLite format 3');
  });

  test('survives a history file that is none: the gateway serves, says so, and can begin anew', async () => {
    appendTranscript(claudeFolder, 'p/s1.jsonl', joinLines(answers('s1', 2)));
    const path = join(rig.gateway.dataDir, 'history.db');
    writeFileSync(path, 'no database, but long enough to be looked at as one. '.repeat(40));
    const failed = await rig.gateway.run('history', 'import', '--json');
    expect(failed.code).toBe(2);
    expect(HistoryStatus.parse(JSON.parse(failed.stdout)).problem).toMatch(/history.db cannot be opened/);
    const report = await rig.gateway.run('usage', '--with-logs');
    expect(report.code).toBe(2);
    expect(report.stderr).toMatch(/cannot be read .*"tollgate history remove"/);
    expect(report.stderr).not.toMatch(/\n\s+at /);
    await expect(
      rig.gateway.control.call('usage.report', { since: 'all', history: true }),
    ).rejects.toMatchObject({ status: 409 });
    expect((await usage()).totals.exchanges).toBe(0);
    await run('history', 'remove');
    expect((await importAll()).imported.messages).toBe(2);
  });
});
