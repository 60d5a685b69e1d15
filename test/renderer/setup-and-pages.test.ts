// Decisions behind the set-up and the pages: when a machine is new, which step comes next, what a plan changes, what the
// doctor's findings add up to, and how past spend is told.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  describeSetting,
  describeStanding,
  groupByPlace,
} from '../../renderer/claude-code/describe-found.ts';
import {
  describeFileOutcome,
  describeValue,
  explainMismatch,
  hasChanges,
  isComplete,
  mergeChoices,
} from '../../renderer/claude-code/describe-take-over.ts';
import { needsUser, sortFeatures, summarize } from '../../renderer/doctor/describe-findings.ts';
import {
  describeEnd,
  describeOrigin,
  describeScan,
  formatBytes,
  measureProgress,
  rankGroups,
} from '../../renderer/past-spend/describe-past-spend.ts';
import { isNewMachine, nextStep, readProgress } from '../../renderer/setup/setup-state.ts';
import { defaultConnectOptions, type TakeOverResult } from '../../src/contract/connect.ts';
import type { FeatureView, Finding, RouteSource, Severity } from '../../src/contract/doctor.ts';
import type { HistoryScan, HistoryStatus } from '../../src/contract/history.ts';
import { noTotals } from '../../src/contract/usage.ts';
import { makeProvider, makeRow, makeStatus } from '../support/sample-figures.ts';

const practice = makeProvider('practice', { practice: true, current: true, baseUrl: null });
const direct = { settingsPath: '', routedBy: 'direct', baseUrl: null, note: '' } as const;

describe('the set-up', () => {
  const fresh = makeStatus({ providers: [practice], claudeCode: direct });

  it('shows by itself only where nothing is configured and nothing came through', () => {
    expect(isNewMachine(fresh, [])).toBe(true);
    expect(isNewMachine(fresh, [makeRow('a', 1)])).toBe(false);
    expect(isNewMachine(makeStatus({ providers: [practice] }), [])).toBe(false);
    expect(isNewMachine(makeStatus({ claudeCode: direct }), [])).toBe(false);
  });

  it('calls a step done when its result is there, not when it was clicked', () => {
    expect(readProgress(fresh, [])).toEqual({ provider: false, connect: false, request: false });
    expect(readProgress(makeStatus(), [makeRow('a', 1)])).toEqual({
      provider: true,
      connect: true,
      request: true,
    });
    const keyless = makeStatus({ providers: [makeProvider('a', { problem: 'No key.' })] });
    expect(readProgress(keyless, [makeRow('a', 1, { state: 'failed' })])).toMatchObject({
      provider: false,
      request: false,
    });
  });

  it('leads to the first step that is neither done nor skipped', () => {
    const nothing = { provider: false, connect: false, request: false };
    expect(nextStep(nothing, new Set())).toBe('provider');
    expect(nextStep(nothing, new Set(['provider']))).toBe('connect');
    expect(nextStep({ ...nothing, connect: true }, new Set(['provider']))).toBe('request');
    expect(nextStep({ provider: true, connect: true, request: true }, new Set())).toBeNull();
  });
});

describe('a plan of the take-over', () => {
  const file = { surface: 'settings', path: '/s', diff: '', applied: false, problem: null } as const;
  const plan: TakeOverResult = {
    settingsPath: '/s',
    diff: '',
    basedOn: 'x',
    applied: false,
    options: defaultConnectOptions,
    files: [file],
    keys: [],
    commands: [],
    notes: [],
  };

  it('changes something when a file has lines or a command is run', () => {
    expect(hasChanges(plan)).toBe(false);
    expect(hasChanges({ ...plan, files: [{ ...file, diff: '+a' }] })).toBe(true);
    expect(hasChanges({ ...plan, commands: [{ line: 'claude mcp', reason: '', applied: false }] })).toBe(
      true,
    );
  });

  it('is complete only when every file and every command was done', () => {
    expect(isComplete({ ...plan, files: [{ ...file, applied: true, diff: '+a' }] })).toBe(true);
    expect(isComplete({ ...plan, files: [{ ...file, problem: 'Locked.' }] })).toBe(false);
    expect(isComplete({ ...plan, commands: [{ line: 'claude mcp', reason: '', applied: false }] })).toBe(
      false,
    );
    expect(describeFileOutcome({ ...file, problem: 'Locked.' })).toBe('left alone');
    expect(describeFileOutcome({ ...file, applied: true, diff: '--- /s\n+++ /dev/null\n' })).toBe('removed');
  });

  it('lets a choice of now go before the choice of last time', () => {
    expect(mergeChoices(defaultConnectOptions, { credential: 'login', mcp: false })).toEqual({
      ...defaultConnectOptions,
      credential: 'login',
      mcp: false,
    });
    expect(describeValue('')).toBe('set to nothing');
  });

  it('warns of a local key before a provider that passes the login on, and of nothing else', () => {
    const passing = makeProvider('claude', { credential: 'client', current: true });
    expect(explainMismatch('key', passing)).toContain('Keep the login here');
    expect(explainMismatch('login', passing)).toBeNull();
    expect(explainMismatch('key', makeProvider('a', { current: true }))).toBeNull();
    expect(explainMismatch('key', undefined)).toBeNull();
  });
});

describe('what routes Claude Code', () => {
  const route = (name: string, path: string, change: Partial<RouteSource> = {}): RouteSource => ({
    kind: 'user',
    name,
    value: 'v',
    place: { path, line: 3, column: 1 },
    project: null,
    wins: true,
    note: null,
    ...change,
  });

  it('is told place by place, the strongest first', () => {
    const places = groupByPlace([route('A', '/one'), route('B', '/two'), route('C', '/one')]);
    expect(places.map(({ path, routes }) => [path, routes.map((one) => one.name)])).toEqual([
      ['/one', ['A', 'C']],
      ['/two', ['B']],
    ]);
  });

  it('needs words only where it does not simply count', () => {
    expect(describeStanding(route('A', '/one'))).toBeNull();
    expect(describeStanding(route('A', '/one', { wins: false }))).toBe('It does not count.');
    expect(describeStanding(route('A', '/one', { wins: false, note: 'Another goes over it.' }))).toBe(
      'Another goes over it.',
    );
    expect(describeStanding(route('A', '/one', { project: '/p' }))).toBe('It counts in /p alone.');
    expect(describeSetting(route('A', '/one', { value: null }))).toBe('A');
  });
});

describe('the doctor', () => {
  const finding = (severity: Severity): Finding => ({
    id: severity,
    code: severity,
    severity,
    title: '',
    cause: '',
    evidence: [],
    whatToDo: '',
    mend: null,
  });

  it('is calm without findings, and with notices alone', () => {
    expect(summarize({ findings: [] })).toEqual({ dot: 'ready', text: 'All is well' });
    expect(summarize({ findings: [finding('notice')] })).toEqual({
      dot: 'ready',
      text: 'All is well, 1 good to know',
    });
    expect(needsUser([finding('notice')])).toBe(false);
  });

  it('says how many things do not work before how many may fail', () => {
    const findings = [finding('error'), finding('warning'), finding('warning')];
    expect(summarize({ findings })).toEqual({
      dot: 'stopped',
      text: '1 thing does not work, 2 things are likely to fail',
    });
    expect(summarize({ findings: [finding('warning')] }).dot).toBe('asks');
    expect(needsUser(findings)).toBe(true);
  });

  it('lists what is lost before what is gained, and loses no feature', () => {
    const feature = (id: string, state: FeatureView['state']): FeatureView => ({
      id,
      feature: id,
      state,
      why: '',
      since: null,
      source: '',
    });
    const features = [
      feature('a', 'kept'),
      feature('b', 'gained'),
      feature('c', 'lost'),
      feature('d', 'unknown'),
    ];
    expect(sortFeatures(features).map(({ id }) => id)).toEqual(['c', 'b', 'd', 'a']);
  });
});

describe('past spend', () => {
  const scan: HistoryScan = {
    folder: '/p',
    files: 2,
    bytes: 34_000,
    oldest: null,
    newest: null,
    unreadFiles: 2,
    unreadBytes: 34_000,
  };
  const status: HistoryStatus = {
    state: 'done',
    startedAt: 1,
    endedAt: 2,
    filesDone: 1,
    filesTotal: 4,
    bytesDone: 0,
    bytesTotal: 0,
    newMessages: 1,
    unreadableLines: 2,
    unreadableFiles: 0,
    problem: null,
    imported: {
      messages: 1,
      costNanoUsd: 5,
      estimatedNanoUsd: 0,
      measuredMessages: 0,
      lastImportAt: null,
    },
  };

  it('tells what lies there and what of it is new', () => {
    expect(describeScan({ ...scan, files: 0 }, 1)).toBe('There are no transcripts in /p.');
    expect(describeScan(scan, 1)).toBe('2 transcripts, 34 KB.');
    expect(describeScan({ ...scan, unreadFiles: 0 }, 1)).toContain('All of them have been read.');
    expect(describeScan({ ...scan, unreadFiles: 1 }, 1)).toContain('1 is new or changed');
  });

  it('measures progress by bytes, by files where there are none, and never beyond all of it', () => {
    expect(measureProgress(status)).toBe(0.25);
    expect(measureProgress({ ...status, bytesDone: 3, bytesTotal: 4 })).toBe(0.75);
    expect(measureProgress({ ...status, bytesDone: 9, bytesTotal: 4 })).toBe(1);
    expect(measureProgress({ ...status, filesTotal: 0 })).toBe(0);
  });

  it('says what was left out, and that a stopped import can go on', () => {
    expect(describeEnd(status)).toBe('Imported: 1 new message. 2 lines could not be read and were left out.');
    expect(describeEnd({ ...status, state: 'cancelled' })).toContain('goes on from there');
    expect(describeEnd({ ...status, state: 'failed', problem: 'No room.' })).toBe('No room.');
    expect(describeEnd({ ...status, state: 'running' })).toBeNull();
  });

  it('names what is estimated and what was measured by the gateway already', () => {
    const told = describeOrigin({
      ...status.imported,
      estimatedNanoUsd: 2_000_000_000,
      measuredMessages: 3,
    }).join(' ');
    expect(told).toContain('$2.00 of it is priced by a default');
    expect(told).toContain('3 messages were left out');
  });

  it('ranks groups by cost and joins the rest so that the sum stays the sum', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(1_000_000), { maxLength: 30 }),
        fc.integer({ min: 1, max: 8 }),
        (costs, most) => {
          const groups = costs.map((costNanoUsd, index) => ({ ...noTotals, key: `k${index}`, costNanoUsd }));
          const ranked = rankGroups(groups, most);
          const sum = (list: readonly { costNanoUsd: number }[]): number =>
            list.reduce((total, one) => total + one.costNanoUsd, 0);
          expect(sum(ranked)).toBe(sum(groups));
          expect(ranked.length).toBeLessThanOrEqual(most + 1);
          expect(ranked.every(({ share }) => share >= 0 && share <= 1)).toBe(true);
        },
      ),
    );
  });

  it('shows sizes as file managers do', () => {
    expect([812, 1_000, 34_000, 1_200_000_000, 999_600].map(formatBytes)).toEqual([
      '812 bytes',
      '1.0 KB',
      '34 KB',
      '1.2 GB',
      '1.0 MB',
    ]);
  });
});
