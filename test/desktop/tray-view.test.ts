// The tray as a value: what icon, text and menu follow from the gateway's state.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { formatSpend } from '../../src/desktop/format-spend.ts';
import type { GatewayState } from '../../src/desktop/gateway-supervisor.ts';
import { factsAfterExchanges, factsFromSnapshot, type TrayFacts } from '../../src/desktop/tray-facts.ts';
import type { HealthView } from '../../src/contract/routing.ts';
import { spendToday, trayView, type MenuEntry, type TrayView } from '../../src/desktop/tray-view.ts';
import { formatMoney } from '../../renderer/format/money.ts';
import {
  practiceProvider,
  sampleMeter,
  sampleProvider,
  sampleRow,
  sampleSnapshot,
  sampleStatus,
} from './support/sample-facts.ts';

const running: GatewayState = {
  phase: 'running',
  address: { url: 'http://127.0.0.1:8655', controlKey: 'secret-control-key' },
  adopted: false,
  notice: null,
};
const now = Date.parse('2026-11-22T14:00:00');
const trayViewAt = (state: GatewayState, facts: TrayFacts | null): TrayView => trayView(state, facts, now);
const labels = (menu: readonly MenuEntry[]): string[] =>
  menu.map((entry) => ('label' in entry ? entry.label : '—'));

describe('while the gateway runs', () => {
  test("the title is today's spend, the hover text says it with the provider", () => {
    const view = trayViewAt(running, factsFromSnapshot(sampleSnapshot()));
    expect(view).toMatchObject({ icon: 'on', title: '$4.19', tooltip: 'Tollgate · today $4.19 · Anthropic' });
  });

  test('the menu carries the essentials: facts, provider switch, pause, open, quit', () => {
    expect(labels(trayViewAt(running, factsFromSnapshot(sampleSnapshot())).menu)).toEqual([
      'Today $4.19 · 132 requests',
      'All Claude Code sessions on this computer → Tollgate → Anthropic',
      '—',
      'Provider',
      'Anthropic',
      'Practice (practice, no real model)',
      '—',
      'Pause: refuse new requests',
      '—',
      'Open Tollgate',
      'Quit Tollgate',
      'Disconnect Claude Code and quit',
    ]);
  });

  test('an answer in flight adds the streaming dot, its end takes it away', () => {
    const before = factsFromSnapshot(
      sampleSnapshot({ exchanges: [sampleRow('a', 'live'), sampleRow('b', 'failed')] }),
    );
    expect(trayViewAt(running, before).icon).toBe('on-streaming');
    const after = factsAfterExchanges(before, {
      changed: [sampleRow('a', 'completed')],
      meter: sampleMeter(),
    });
    expect(trayViewAt(running, after).icon).toBe('on');
  });

  test('the money in flight is part of the figure', () => {
    const meter = sampleMeter({ liveNanoUsd: 1_000_000_000 });
    const facts = factsFromSnapshot(sampleSnapshot({ meter, exchanges: [sampleRow('a', 'live')] }));
    expect(trayViewAt(running, facts).title).toBe('$5.19');
  });

  test('paused shows another shape, says so, and offers to resume', () => {
    const view = trayViewAt(
      running,
      factsFromSnapshot(sampleSnapshot({ status: sampleStatus({ paused: true }) })),
    );
    expect(view.icon).toBe('blocked');
    expect(view.tooltip).toContain('paused, new requests are refused');
    expect(view.menu).toContainEqual({
      kind: 'action',
      id: 'pause',
      label: 'Resume',
      action: { type: 'pause', paused: false },
    });
  });

  test('a provider that cannot answer cannot be chosen, and the current one is marked', () => {
    const providers = [
      sampleProvider(),
      sampleProvider({ id: 'b', label: 'B', current: false, problem: 'no key' }),
    ];
    const { menu } = trayViewAt(
      running,
      factsFromSnapshot(sampleSnapshot({ status: sampleStatus({ providers }) })),
    );
    expect(menu.filter((entry) => entry.kind === 'choice')).toMatchObject([
      { label: 'Anthropic', checked: true, enabled: true },
      { label: 'B – cannot be used yet', checked: false, enabled: false },
    ]);
  });

  test('the menu says who routes Claude Code, and passes a notice on', () => {
    const direct = { settingsPath: '', routedBy: 'direct', baseUrl: null, note: '' } as const;
    const facts = factsFromSnapshot(sampleSnapshot({ status: sampleStatus({ claudeCode: direct }) }));
    const { menu } = trayViewAt({ ...running, notice: 'Port 8655 is used by another program.' }, facts);
    expect(labels(menu)).not.toContain('Disconnect Claude Code and quit');
    expect(labels(menu)).toContain('Claude Code is not connected to Tollgate');
    expect(labels(menu)).toContain('Port 8655 is used by another program.');
  });
});

describe('the provider in use rests', () => {
  const well: HealthView = {
    provider: 'anthropic',
    state: 'ready',
    until: null,
    why: '',
    successRate: 0.5,
    samples: 4,
    lastError: null,
    keys: [],
    models: [],
    speeds: [],
  };
  const until = Date.parse('2026-11-22T14:32:00');
  const rest = { state: 'resting', until, why: '529' } as const;
  const factsWith = (...providers: HealthView[]): TrayFacts =>
    factsFromSnapshot(sampleSnapshot({ health: { providers } }));

  test('trap 51: icon of its own shape, a line in the menu and the hover text say until when and after what', () => {
    const view = trayViewAt(running, factsWith({ ...well, ...rest }));
    expect(view).toMatchObject({ icon: 'warning', until });
    expect(view.tooltip).toBe('Tollgate · today $4.19 · Anthropic rests until 14:32 after 529');
    expect(labels(view.menu)).toContain('Anthropic rests until 14:32 after 529');
  });

  test('another provider that rests is no warning', () => {
    const view = trayViewAt(running, factsWith(well, { ...well, ...rest, provider: 'practice' }));
    expect(view.icon).toBe('on');
    expect(labels(view.menu).join()).not.toContain('rests');
  });

  test('with all of its keys resting it counts as resting, with one left it does not', () => {
    const key = (name: string, part: object) => ({
      key: name,
      state: 'ready',
      until: null,
      why: '',
      ...part,
    });
    const both = [key('env:A', { ...rest, why: '429' }), key('env:B', rest)] as HealthView['keys'];
    expect(trayViewAt(running, factsWith({ ...well, keys: both })).icon).toBe('warning');
    const one = [key('env:A', rest), key('env:B', {})] as HealthView['keys'];
    expect(trayViewAt(running, factsWith({ ...well, keys: one })).icon).toBe('on');
  });

  test('the warning goes when the rest is over, also without news, and an answer proves it well', () => {
    const facts = factsWith({ ...well, ...rest });
    expect(trayView(running, facts, until).icon).toBe('on');
    const answered = { ...sampleRow('a', 'completed'), startedAt: until };
    const after = factsAfterExchanges(facts, { changed: [answered], meter: sampleMeter() });
    expect(after?.health).toEqual([well]);
  });

  test('paused is the stronger word', () => {
    const snapshot = sampleSnapshot({
      status: sampleStatus({ paused: true }),
      health: { providers: [{ ...well, ...rest }] },
    });
    expect(trayViewAt(running, factsFromSnapshot(snapshot)).icon).toBe('blocked');
  });

  test('an answer in flight keeps its dot', () => {
    const snapshot = sampleSnapshot({
      exchanges: [sampleRow('a', 'live')],
      health: { providers: [{ ...well, ...rest }] },
    });
    expect(trayViewAt(running, factsFromSnapshot(snapshot)).icon).toBe('warning-streaming');
  });
});

describe('practice is never shown as money', () => {
  const practice = {
    today: { ...sampleMeter().today, costNanoUsd: 12_300_000 },
    todayPracticeNanoUsd: 12_300_000,
  };

  test('a day of practice alone is labelled as practice', () => {
    const providers = [{ ...practiceProvider, current: true }];
    const facts = factsFromSnapshot(
      sampleSnapshot({ meter: sampleMeter(practice), status: sampleStatus({ providers }) }),
    );
    expect(trayViewAt(running, facts).title).toBe('$0.0123 practice');
  });

  test('practice in flight counts as practice, anything else in flight as money', () => {
    const meter = sampleMeter({ ...practice, liveNanoUsd: 1_000 });
    const only = factsFromSnapshot(sampleSnapshot({ meter, exchanges: [sampleRow('a', 'live', true)] }));
    expect(spendToday(only)).toEqual({ real: 0, practice: 12_301_000 });
    const mixed = [sampleRow('a', 'live', true), sampleRow('b', 'live')];
    expect(spendToday(factsFromSnapshot(sampleSnapshot({ meter, exchanges: mixed }))).real).toBe(1_000);
  });
});

describe('while the gateway is down', () => {
  const down: readonly [GatewayState, string][] = [
    [{ phase: 'starting' }, 'The gateway is starting'],
    [
      { phase: 'waiting', reason: 'It ended.', delayMs: 500 },
      'The gateway stopped and starts again in 0.5 s',
    ],
    [{ phase: 'stopped', reason: 'config.json is broken.' }, 'The gateway is not running'],
    [{ phase: 'stopping' }, 'Finishing answers in flight'],
    [running, 'Connecting to the gateway'],
  ];
  test.each(down)('%o: off icon, no figure, the state in words', (state, text) => {
    const view = trayViewAt(state, null);
    expect(view).toMatchObject({ icon: 'off', title: '', tooltip: `Tollgate · ${text}` });
    expect(labels(view.menu)).toEqual(expect.arrayContaining(['Open Tollgate', 'Quit Tollgate']));
  });

  test('an old figure never passes for the present one', () => {
    const facts = factsFromSnapshot(sampleSnapshot());
    expect(trayViewAt({ phase: 'stopped', reason: 'gone' }, facts).title).toBe('');
  });

  test('the reason is in the menu, with a way to start again', () => {
    const { menu } = trayViewAt({ phase: 'stopped', reason: 'config.json is broken.' }, null);
    expect(labels(menu)).toContain('config.json is broken.');
    expect(menu).toContainEqual(expect.objectContaining({ action: { type: 'restart-gateway' } }));
  });
});

test('no secret and no text too long for Windows reaches the tray', () => {
  const providers = [sampleProvider({ label: 'x'.repeat(80) })];
  const view = trayViewAt(
    running,
    factsFromSnapshot(sampleSnapshot({ status: sampleStatus({ providers }) })),
  );
  expect(JSON.stringify(view)).not.toContain('secret-control-key');
  expect(view.tooltip.length).toBeLessThanOrEqual(127);
});

test('the tray writes money as the window does', () => {
  expect(formatSpend(0)).toBe('$0.00');
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000_000_000_000 }), (amount) => {
      expect(formatSpend(amount)).toBe(formatMoney(amount));
    }),
    {
      numRuns: 2_000,
      examples: [[49_999], [50_000], [999_949_999], [999_950_000], [999_994_999_999], [999_995_000_000]],
    },
  );
});
