// The words of the window: the state line says first what must be known first, every outcome has its word, and each
// cost figure says whether it was measured, estimated or practice.
import { describe, expect, it } from 'vitest';
import { joinRows } from '../../renderer/activity/activity-screen.tsx';
import { describeFileChange, readDiff } from '../../renderer/claude-code/diff-view.tsx';
import { moveFocus } from '../../renderer/components/move-focus.ts';
import {
  describeCost,
  describeOutcome,
  explainModel,
  nameModel,
  nameProvider,
} from '../../renderer/exchanges/describe-exchange.ts';
import { describeState, type DotKind } from '../../renderer/shell/describe-state.ts';
import { readScreen } from '../../renderer/shell/use-screen.ts';
import type { Link } from '../../renderer/live/live-state.ts';
import type { GatewayStatus } from '../../src/contract/control-contract.ts';
import type { ExchangeRow } from '../../src/contract/rows.ts';
import { makeProvider, makeRow, makeStatus } from '../support/sample-figures.ts';

const live: Link = { kind: 'live' };
const streaming = makeRow('l', 10, { state: 'live', endedAt: null });
const practice = makeProvider('practice', { label: 'Offline', practice: true, current: true });

describe('the state line', () => {
  const cases: readonly [string, Link, GatewayStatus | null, ExchangeRow[], DotKind, string][] = [
    [
      'lost',
      { kind: 'lost', since: 1 },
      makeStatus({ paused: true }),
      [streaming],
      'off',
      'No connection · figures below are old',
    ],
    ['not heard yet', { kind: 'connecting' }, null, [], 'off', 'Connecting'],
    ['paused', live, makeStatus({ paused: true }), [], 'stopped', 'Paused · new requests are refused'],
    [
      'paused with an answer under way',
      live,
      makeStatus({ paused: true }),
      [streaming],
      'stopped',
      'Paused · running answers finish',
    ],
    ['streaming', live, makeStatus(), [streaming], 'streaming', 'Streaming · Opus 5.5 via Anthropic'],
    [
      'streaming twice',
      live,
      makeStatus(),
      [streaming, { ...streaming, id: 'm' }],
      'streaming',
      'Streaming · Opus 5.5 via Anthropic and 1 more',
    ],
    ['ready', live, makeStatus(), [makeRow('a', 1)], 'ready', 'Ready · via Anthropic'],
    [
      'ready for practice',
      live,
      makeStatus({ providers: [practice] }),
      [],
      'ready',
      'Ready · via Offline (practice)',
    ],
    [
      'not ready',
      live,
      makeStatus({ providers: [makeProvider('relay', { current: true, problem: 'No key.' })] }),
      [],
      'off',
      'Not ready · Relay cannot answer',
    ],
    [
      'without a provider',
      live,
      makeStatus({ providers: [] }),
      [],
      'off',
      'No provider · nothing can answer',
    ],
  ];
  it.each(cases)('when %s', (_name, link, status, rows, dot, text) => {
    const line = describeState(link, status, rows);
    expect([line.dot, line.detail === '' ? line.word : `${line.word} · ${line.detail}`]).toEqual([dot, text]);
  });
});

describe('an exchange', () => {
  it.each([
    [{ state: 'live' }, 'live', 'live'],
    [{ state: 'completed' }, 'plain', 'done'],
    [{ state: 'completed', practice: true }, 'plain', 'practice'],
    [{ state: 'refused', status: 429 }, 'stopped', 'stopped'],
    [{ state: 'failed', status: 529 }, 'failed', 'failed 529'],
    [{ state: 'failed', status: null }, 'failed', 'failed'],
    [{ state: 'aborted' }, 'plain', 'aborted'],
    [{ state: 'aborted', unconfirmed: true }, 'plain', 'cut off'],
  ] satisfies [Partial<ExchangeRow>, string, string][])('%j is %s: %s', (change, tone, words) => {
    const outcome = describeOutcome(makeRow('a', 1, change));
    expect([outcome.tone, `${outcome.word} ${outcome.detail}`.trim()]).toEqual([tone, words]);
  });

  it('names the model that answered, and what was asked if that differs', () => {
    const row = makeRow('a', 1, { modelAsked: 'claude-haiku-5-5', modelServed: 'gpt-5.6-mini' });
    expect(nameModel(row)).toBe('gpt-5.6-mini');
    expect(explainModel(row)).toBe('gpt-5.6-mini, asked for claude-haiku-5-5');
    expect(nameModel(makeRow('a', 1, { modelAsked: null, modelServed: null }))).toBe('—');
  });

  it('answered by practice is called practice whatever the provider is called', () => {
    const row = makeRow('a', 1, { provider: 'practice', practice: true });
    expect(nameProvider(row, [practice])).toBe('Offline (practice)');
    expect(nameProvider(row, [])).toBe('practice');
    expect(nameProvider(makeRow('a', 1, { provider: null }), [])).toBe('—');
  });

  it.each([
    [{}, /^Measured/],
    [{ state: 'live' }, /^Estimate while it streams/],
    [{ usageBasis: 'estimated' }, /^Estimate: the answer ended/],
    [{ usageBasis: 'none' }, /^Nothing was charged/],
    [{ practice: true }, /^Practice: no money was spent/],
    [{ priceEstimated: true }, /default price of its family/],
    [{ unconfirmed: true }, /gateway stopped/],
  ] satisfies [Partial<ExchangeRow>, RegExp][])('%j says what its figure is', (change, sentence) => {
    expect(describeCost(makeRow('a', 1, change)).some((text) => sentence.test(text))).toBe(true);
  });

  it('shown in both the live list and a page of older ones is shown once', () => {
    const [a, b, c] = [makeRow('a', 3), makeRow('b', 2), makeRow('c', 1)];
    expect(joinRows([a, b], [b, c]).map((row) => row.id)).toEqual(['a', 'b', 'c']);
  });
});

describe('small decisions', () => {
  it('moves the focus with arrows, Home and End, round the ends', () => {
    expect(['ArrowDown', 'ArrowUp', 'Home', 'End', 'Enter'].map((key) => moveFocus(key, 0, 3))).toEqual([
      1,
      2,
      0,
      2,
      null,
    ]);
    expect(moveFocus('ArrowRight', 2, 3)).toBe(0);
  });

  it('reads the screen from the address', () => {
    expect(['', '#/', '#/activity', '#/overview', '#/unknown'].map(readScreen)).toEqual([
      'overview',
      'overview',
      'activity',
      'overview',
      'overview',
    ]);
  });

  it('sorts the lines of a diff, and takes no changed line for a header', () => {
    const diff = '--- a\n+++ b\n@@ -1 +1 @@\n {\n--- old\n+++ new\n@@ -9 +9 @@\n';
    expect(readDiff(diff).map((line) => line.kind)).toEqual([
      'header',
      'header',
      'header',
      'context',
      'removed',
      'added',
      'header',
    ]);
  });

  it.each([
    ['--- /dev/null\n+++ b\n@@ -0,0 +1 @@\n+{\n', 'The file does not exist yet and is created.'],
    ['--- b\n+++ /dev/null\n@@ -1 +0,0 @@\n-{\n', 'The file did not exist before and is removed again.'],
    ['--- b\n+++ b\n@@ -1 +1 @@\n-a\n+b\n', null],
  ])('says what happens to the file as a whole', (diff, sentence) => {
    expect(describeFileChange(diff)).toBe(sentence);
  });
});
