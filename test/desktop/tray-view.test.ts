// The tray as a value: what icon, text and menu follow from the gateway's state.
import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { formatSpend } from '../../src/desktop/format-spend.ts';
import type { GatewayState } from '../../src/desktop/gateway-supervisor.ts';
import { factsAfterExchanges, factsFromSnapshot } from '../../src/desktop/tray-facts.ts';
import { spendToday, trayView, type MenuEntry } from '../../src/desktop/tray-view.ts';
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
const labels = (menu: readonly MenuEntry[]): string[] =>
  menu.map((entry) => ('label' in entry ? entry.label : '—'));

describe('while the gateway runs', () => {
  test("the title is today's spend, the hover text says it with the provider", () => {
    const view = trayView(running, factsFromSnapshot(sampleSnapshot()));
    expect(view).toMatchObject({ icon: 'on', title: '$4.19', tooltip: 'Tollgate · today $4.19 · Anthropic' });
  });

  test('the menu carries the essentials: facts, provider switch, pause, open, quit', () => {
    expect(labels(trayView(running, factsFromSnapshot(sampleSnapshot())).menu)).toEqual([
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
    expect(trayView(running, before).icon).toBe('on-streaming');
    const after = factsAfterExchanges(before, {
      changed: [sampleRow('a', 'completed')],
      meter: sampleMeter(),
    });
    expect(trayView(running, after).icon).toBe('on');
  });

  test('the money in flight is part of the figure', () => {
    const meter = sampleMeter({ liveNanoUsd: 1_000_000_000 });
    const facts = factsFromSnapshot(sampleSnapshot({ meter, exchanges: [sampleRow('a', 'live')] }));
    expect(trayView(running, facts).title).toBe('$5.19');
  });

  test('paused shows another shape, says so, and offers to resume', () => {
    const view = trayView(
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
    const { menu } = trayView(
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
    const { menu } = trayView({ ...running, notice: 'Port 8655 is used by another program.' }, facts);
    expect(labels(menu)).not.toContain('Disconnect Claude Code and quit');
    expect(labels(menu)).toContain('Claude Code is not connected to Tollgate');
    expect(labels(menu)).toContain('Port 8655 is used by another program.');
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
    expect(trayView(running, facts).title).toBe('$0.0123 practice');
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
    const view = trayView(state, null);
    expect(view).toMatchObject({ icon: 'off', title: '', tooltip: `Tollgate · ${text}` });
    expect(labels(view.menu)).toEqual(expect.arrayContaining(['Open Tollgate', 'Quit Tollgate']));
  });

  test('an old figure never passes for the present one', () => {
    const facts = factsFromSnapshot(sampleSnapshot());
    expect(trayView({ phase: 'stopped', reason: 'gone' }, facts).title).toBe('');
  });

  test('the reason is in the menu, with a way to start again', () => {
    const { menu } = trayView({ phase: 'stopped', reason: 'config.json is broken.' }, null);
    expect(labels(menu)).toContain('config.json is broken.');
    expect(menu).toContainEqual(expect.objectContaining({ action: { type: 'restart-gateway' } }));
  });
});

test('no secret and no text too long for Windows reaches the tray', () => {
  const providers = [sampleProvider({ label: 'x'.repeat(80) })];
  const view = trayView(running, factsFromSnapshot(sampleSnapshot({ status: sampleStatus({ providers }) })));
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
