// However transcripts grow, are imported, cancelled, killed and measured in between: the history is the same as one
// import of the final files, and what it counts is what the lines say, each message once (traps 70, 71, 72 and 81).
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalizeUsage, totalTokens } from '../../../src/gateway/dialects/anthropic-messages/usage.ts';
import { createPriceTable } from '../../../src/gateway/ledger/price-table.ts';
import { priceUsage } from '../../../src/gateway/ledger/price.ts';
import { patience, runs } from '../../support/long-runs.ts';
import { createHistoryRun } from '../../support/history-runs.ts';
import { assistantLine, joinLines, userLine } from '../../support/transcripts.ts';

const paths = [
  '-home-me-acme/session-1.jsonl',
  '-home-me-acme/session-2.jsonl',
  '-home-me-acme/session-1/subagents/agent-a1.jsonl',
] as const;

type Report = {
  kind: 'report';
  id: number;
  request: 0 | 1 | null;
  side: boolean;
  final: boolean;
  output: number;
  second: number;
};
type Line = Report | { kind: 'user' | 'garbage' | 'blank' | 'nested' };

/** The time before which a price holds, and after which another does (Sonnet 5.5, cache reads). */
const days = ['2026-10-06T23:59', '2026-10-07T00:00', '2026-11-20T10:14', '2026-11-20T10:15'];
const models = ['claude-sonnet-5-5', 'claude-haiku-5-5', 'mystery-model', 'claude-opus-4-5-20251101'];

const report: fc.Arbitrary<Line> = fc.record({
  kind: fc.constant('report' as const),
  id: fc.nat(5),
  request: fc.constantFrom(0 as const, 0 as const, 1 as const, null),
  side: fc.boolean(),
  final: fc.boolean(),
  output: fc.constantFrom(1, 40, 200),
  second: fc.nat(59),
});
const line: fc.Arbitrary<Line> = fc.oneof(
  { weight: 6, arbitrary: report },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('user', 'garbage', 'blank', 'nested') }) },
);

const lineText = (entry: Line, session: string): string => {
  switch (entry.kind) {
    case 'user':
      return userLine({ text: '"usage":{ in a text' });
    case 'garbage':
      return '{"message":{"usage":{"input_tokens":';
    case 'blank':
      return '';
    case 'nested':
      return assistantLine({
        id: 'msg_nested',
        request: 'req_nested',
        at: `${days[0]}:00.000Z`,
        content: [
          {
            type: 'tool_use',
            input: { usage: { input_tokens: 1 }, content: [[]], stop_reason: '],"stop_reason":' },
          },
        ],
      });
    case 'report':
      return assistantLine({
        id: `msg_${entry.id}`,
        request: entry.request === null ? null : `req_${entry.id}_${entry.request}`,
        session,
        model: models[entry.id % models.length] ?? '',
        at: `${days[entry.id % days.length] ?? ''}:${String(entry.second).padStart(2, '0')}.000Z`,
        isSidechain: entry.side,
        stopReason: entry.final ? 'end_turn' : null,
        input: 100 + entry.id,
        cacheRead: 50_000 * entry.id,
        cacheWrite1h: 7,
        output: entry.output,
      });
  }
};

type Step =
  | { do: 'append'; file: number; share: number }
  | { do: 'import' }
  | { do: 'cancel' | 'crash'; after: number }
  | { do: 'measure'; id: number; live: boolean }
  | { do: 'settle'; id: number }
  | { do: 'measure-session'; id: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('append' as const), file: fc.nat(2), share: fc.nat(100) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('import' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constantFrom('cancel' as const, 'crash' as const), after: fc.nat(60) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('measure' as const), id: fc.nat(5), live: fc.boolean() }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('settle' as const), id: fc.nat(5) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('measure-session' as const), id: fc.nat(5) }) },
);

const prices = createPriceTable({});

type Answer = {
  type: string;
  timestamp: string;
  sessionId: string;
  requestId?: string;
  isSidechain: boolean;
  message: { id: string; model: string; stop_reason: string | null; usage: Record<string, unknown> };
};

function parseAnswer(text: string): Answer | null {
  try {
    const entry = JSON.parse(text) as Answer;
    return entry.type === 'assistant' ? entry : null;
  } catch {
    return null;
  }
}

/** What should be counted, worked out from the parsed lines by another way: sort all reports, take the first. */
function expectedTotals(
  texts: readonly string[],
  isMeasured: (id: string, at: number, session: string) => boolean,
) {
  const byId = new Map<
    string,
    { slot: string; sort: number[]; cost: number; output: number; at: number; session: string }[]
  >();
  for (const text of texts) {
    const entry = parseAnswer(text);
    if (entry === null) continue;
    const { message, requestId, sessionId: session } = entry;
    const usage = normalizeUsage(message.usage);
    const at = Date.parse(entry.timestamp);
    const slot = requestId === undefined || entry.isSidechain ? '' : requestId;
    const reports = byId.get(message.id) ?? [];
    byId.set(message.id, reports);
    const { outputTokens: output } = totalTokens(usage);
    const final = message.stop_reason === null ? 0 : 1;
    const cost = priceUsage(usage, message.model, at, prices).costNanoUsd;
    reports.push({ slot, sort: [-final, -output, at], cost, output, at, session });
  }
  let messages = 0;
  let cost = 0;
  let output = 0;
  for (const [id, reports] of byId) {
    const slots = [...new Set(reports.map(({ slot }) => slot))];
    const counted = slots.length > 1 ? slots.filter((slot) => slot !== '') : slots;
    for (const slot of counted) {
      const [best] = reports
        .filter((one) => one.slot === slot)
        .sort(
          (a, b) =>
            (a.sort[0] ?? 0) - (b.sort[0] ?? 0) ||
            (a.sort[1] ?? 0) - (b.sort[1] ?? 0) ||
            (a.sort[2] ?? 0) - (b.sort[2] ?? 0),
        );
      if (best === undefined || isMeasured(id, best.at, best.session)) continue;
      messages++;
      cost += best.cost;
      output += best.output;
    }
  }
  return { messages, cost, output };
}

const sum = (rows: readonly { costNanoUsd: number }[]): number =>
  rows.reduce((total, row) => total + row.costNanoUsd, 0);

describe('importing in any number of pieces', () => {
  it(
    'comes to the same as one import of the final files, and to what the lines say',
    { timeout: patience },
    async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.tuple(fc.nat(2), line), { maxLength: 24 }),
          fc.array(step, { maxLength: 14 }),
          fc.boolean(),
          async (entries, steps, endsWithLineFeed) => {
            const run = createHistoryRun();
            try {
              const texts = paths.map((_, file) =>
                entries
                  .filter(([at]) => at === file)
                  .map(([, entry]) => lineText(entry, `session-${file === 1 ? 2 : 1}`)),
              );
              const left = texts.map((lines) => {
                const text = joinLines(lines);
                return Buffer.from(endsWithLineFeed ? text : text.replace(/\n+$/, ''));
              });
              const append = (file: number, bytes: number): void => {
                const path = join(run.claudeFolder, 'projects', paths[file] ?? '');
                mkdirSync(dirname(path), { recursive: true });
                appendFileSync(path, left[file]?.subarray(0, bytes) ?? '');
                left[file] = left[file]?.subarray(bytes) ?? Buffer.alloc(0);
              };
              const measured = new Set<string>();
              const spans: [number, number][] = [];
              for (const one of steps) {
                if (one.do === 'append')
                  append(one.file, Math.ceil(((left[one.file]?.length ?? 0) * one.share) / 100));
                else if (one.do === 'import') await run.import();
                else if ('after' in one) await run.import({ how: one.do, after: one.after });
                else if (one.do === 'settle') run.settle(`msg_${one.id}`);
                else if (one.do === 'measure') {
                  measured.add(`msg_${one.id}`);
                  run.measure({ messageId: `msg_${one.id}`, state: one.live ? 'live' : 'completed' });
                } else {
                  const start = Date.parse(`${days[one.id % days.length] ?? ''}:00.000Z`) + 10_000;
                  spans.push([start, start + 20_000]);
                  run.measure({
                    messageId: null,
                    session: 'session-2',
                    startedAt: start,
                    endedAt: start + 15_000,
                  });
                }
              }
              left.forEach((rest, file) => append(file, rest.length));
              await run.import();
              const dump = run.dump();
              expect(dump).toEqual(await run.importAfresh());

              const isMeasured = (id: string, at: number, session: string): boolean =>
                measured.has(id) ||
                (session === 'session-2' && spans.some(([from, to]) => at >= from && at <= to));
              const expected = expectedTotals(texts.flat(), isMeasured);
              const { totals } = run.report();
              expect({
                messages: totals.exchanges,
                cost: totals.costNanoUsd,
                output: totals.outputTokens,
              }).toEqual(expected);
              for (const by of ['model', 'project', 'session', 'agent', 'provider'] as const) {
                const grouped = run.report(null, by);
                expect(sum(grouped.groups)).toBe(grouped.totals.costNanoUsd);
              }

              // What is measured after the last import is taken off while reading, as the next import would do.
              run.measure({ messageId: 'msg_0' });
              run.measure({
                messageId: null,
                session: 'session-1',
                startedAt: 0,
                endedAt: Date.parse('2026-10-08'),
              });
              const before = run.report(null, 'model');
              await run.import();
              expect(run.report(null, 'model')).toEqual(before);
              expect(run.dump()).toEqual(await run.importAfresh());
            } finally {
              run.dispose();
            }
          },
        ),
        { numRuns: runs(60, 3000) },
      );
    },
  );
});
