// Components drawn to text: what each must say in its important states. Clicks and keys are tried in a real browser.
import { MantineProvider } from '@mantine/core';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { GatewayClient } from '../../renderer/gateway-client.ts';
import { initialLiveState, reduceLiveState, type LiveEvent } from '../../renderer/live/live-state.ts';
import { createLiveStore } from '../../renderer/live/live-store.ts';
import { GatewayContext } from '../../renderer/live/use-live.ts';
import { OverviewScreen } from '../../renderer/overview/overview-screen.tsx';
import { Banners } from '../../renderer/shell/banners.tsx';
import type { Snapshot } from '../../src/contract/control-contract.ts';
import { makeProvider, makeRow, makeSnapshot, makeStatus } from '../support/sample-figures.ts';

const now = Date.now();
const client: GatewayClient = {
  call: () => Promise.reject(new Error('not called while drawing')),
  openEvents: () => {
    throw new Error('not called while drawing');
  },
};

/** The text of a component over a snapshot, tags taken out. */
function draw(node: ReactNode, snapshot: Snapshot, ...events: readonly LiveEvent[]): string {
  const start = [{ kind: 'snapshot', at: now, snapshot } as LiveEvent, ...events].reduce(
    reduceLiveState,
    initialLiveState,
  );
  const markup = renderToStaticMarkup(
    <MantineProvider>
      <QueryClientProvider client={new QueryClient()}>
        <GatewayContext value={{ client, store: createLiveStore(start) }}>{node}</GatewayContext>
      </QueryClientProvider>
    </MantineProvider>,
  );
  return markup
    .replaceAll(/<style[^]*?<\/style>/g, '')
    .replaceAll(/<[^>]+>/g, '|')
    .replaceAll(/\|+/g, '|')
    .replaceAll('&#x27;', "'")
    .replaceAll('&quot;', '"');
}

const overview = <OverviewScreen />;
const practice = makeProvider('practice', {
  label: 'Practice',
  practice: true,
  current: true,
  baseUrl: null,
});
const direct = {
  settingsPath: '',
  routedBy: 'direct',
  baseUrl: null,
  note: 'Claude Code goes straight to Anthropic.',
} as const;

describe('the empty Overview', () => {
  it('teaches the one next step: a practice request, then connecting Claude Code', () => {
    const text = draw(
      overview,
      makeSnapshot([], now, makeStatus({ providers: [practice], claudeCode: direct })),
    );
    expect(text).toContain('|Send a practice request|');
    expect(text).toContain('|Connect Claude Code|');
  });

  it('offers no practice request while a real provider answers', () => {
    const text = draw(overview, makeSnapshot([], now, makeStatus({ claudeCode: direct })));
    expect(text).not.toContain('Send a practice request');
    expect(text).toContain('|Connect Claude Code|');
  });

  it('sends the user to Claude Code once it is connected', () => {
    const text = draw(overview, makeSnapshot([], now, makeStatus()));
    expect(text).toContain('Claude Code is connected. Start it in a project');
  });
});

describe('the Overview with exchanges', () => {
  it('labels practice as practice in the figure, the provider switch and the row', () => {
    const row = makeRow('a', now, { practice: true, provider: 'practice', costNanoUsd: 12_000_000 });
    const text = draw(overview, makeSnapshot([row], now, makeStatus({ providers: [practice] })));
    expect(text).toContain('$0.0120 practice, no money spent');
    expect(text).toContain('|no money spent|in use|');
    expect(text).toMatch(/\|practice\|/);
  });

  it('shows the problem of a provider as text, and the provider can still be chosen', () => {
    const providers = [
      makeProvider('anthropic', { current: true }),
      makeProvider('relay', { problem: 'RELAY_KEY is not set.' }),
    ];
    const text = draw(overview, makeSnapshot([makeRow('a', now)], now, makeStatus({ providers })));
    expect(text).toContain('RELAY_KEY is not set.');
    expect(text).toContain('|Relay|api.relay.example|use|');
  });

  it('marks a running figure as an estimate', () => {
    const row = makeRow('a', now, { state: 'live', endedAt: null, durationMs: null, costNanoUsd: 5_000_000 });
    const text = draw(overview, makeSnapshot([row], now));
    expect(text).toContain('$0.0050 of it is an estimate while it streams');
    expect(text).toContain('|live|');
  });
});

describe('banners', () => {
  it('tell a lost connection with the age of the figures', () => {
    const text = draw(<Banners />, makeSnapshot([], now), { kind: 'lost', at: now });
    expect(text).toMatch(
      /No connection to the gateway\. Trying again by itself\. The figures are from \d\d:\d\d:\d\d/,
    );
  });

  it('pass on the warnings of the gateway', () => {
    expect(
      draw(<Banners />, makeSnapshot([], now, makeStatus({ warnings: ['config.json could not be read.'] }))),
    ).toContain('config.json could not be read.');
  });
});
