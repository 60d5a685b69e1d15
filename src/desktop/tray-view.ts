// The tray as a value: icon, text and menu computed from what is known. Nothing here touches Electron; the tray
// controller applies the result.
import type { HealthView } from '../contract/routing.ts';
import { formatSpend } from './format-spend.ts';
import type { GatewayState } from './gateway-supervisor.ts';
import type { TrayFacts } from './tray-facts.ts';

/** Each has a shape of its own in the icon set: colour is never alone. */
export type TrayIcon =
  'on' | 'on-streaming' | 'warning' | 'warning-streaming' | 'blocked' | 'blocked-streaming' | 'off';

export type TrayAction =
  | { readonly type: 'use-provider'; readonly provider: string }
  | { readonly type: 'pause'; readonly paused: boolean }
  | { readonly type: 'open-window' }
  | { readonly type: 'restart-gateway' }
  | { readonly type: 'give-back-and-quit' }
  | { readonly type: 'quit' };

export type MenuEntry =
  | { readonly kind: 'separator'; readonly id: string }
  /** A line to read; cannot be chosen. */
  | { readonly kind: 'fact'; readonly id: string; readonly label: string }
  | { readonly kind: 'action'; readonly id: string; readonly label: string; readonly action: TrayAction }
  | {
      readonly kind: 'choice';
      readonly id: string;
      readonly label: string;
      readonly checked: boolean;
      readonly enabled: boolean;
      readonly action: TrayAction;
    };

export interface TrayView {
  readonly icon: TrayIcon;
  /** Text beside the icon; macOS alone shows it. */
  readonly title: string;
  readonly tooltip: string;
  readonly menu: readonly MenuEntry[];
  /** When the view is out of date by itself; null when only news changes it. */
  readonly until: number | null;
}

/** Windows cuts longer hover texts off in mid-word. */
const longestTooltip = 127;

/** The real spend of today with what is in flight; practice is told apart since no money was spent. */
export function spendToday(facts: TrayFacts): { readonly real: number; readonly practice: number } {
  const { today, todayPracticeNanoUsd, liveNanoUsd } = facts.meter;
  const inFlight = [...facts.live.values()];
  // The running estimate is one sum; with only practice in flight it is practice, else it counts as money.
  const liveIsPractice = inFlight.length > 0 && inFlight.every((practice) => practice);
  return {
    real: today.costNanoUsd - todayPracticeNanoUsd + (liveIsPractice ? 0 : liveNanoUsd),
    practice: todayPracticeNanoUsd + (liveIsPractice ? liveNanoUsd : 0),
  };
}

function spendText(facts: TrayFacts): string {
  const { real, practice } = spendToday(facts);
  return real === 0 && practice > 0 ? `${formatSpend(practice)} practice` : formatSpend(real);
}

function currentProvider(facts: TrayFacts): string {
  const provider = facts.status.providers.find(({ current }) => current);
  return provider === undefined ? 'no provider' : provider.label;
}

interface Rest {
  /** A few words. */
  readonly text: string;
  /** Milliseconds since the epoch; null when it is not known. */
  readonly until: number | null;
}

/** What keeps the provider in use from answering; null while nothing does. */
function restOf({ status, health }: TrayFacts, now: number): Rest | null {
  const current = status.providers.find((provider) => provider.current);
  const fared = health.find(({ provider }) => provider === current?.id);
  if (current === undefined || fared === undefined) return null;
  // A rest that is over is news only once the gateway has tried again.
  const isResting = ({ state, until }: Pick<HealthView, 'state' | 'until'>): boolean =>
    state === 'resting' && (until === null || until > now);
  // With every key resting the provider cannot answer either.
  const part = isResting(fared) ? fared : fared.keys.every(isResting) ? fared.keys[0] : undefined;
  if (part === undefined) return null;
  const until = part.until === null ? '' : ` until ${formatClock(part.until)}`;
  return {
    text: `${current.label} rests${until}${part.why === '' ? '' : ` after ${part.why}`}`,
    until: part.until,
  };
}

function formatClock(at: number): string {
  const date = new Date(at);
  return [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
}

function routingText(facts: TrayFacts): string {
  switch (facts.status.claudeCode.routedBy) {
    case 'tollgate':
      return `All Claude Code sessions on this computer → Tollgate → ${currentProvider(facts)}`;
    case 'other':
      return 'Claude Code is routed by something else';
    case 'direct':
      return 'Claude Code is not connected to Tollgate';
    case 'unreadable':
      return "Claude Code's settings cannot be read";
  }
}

/** What is wrong or under way, in one line; null while the gateway runs. */
export function stateText(state: GatewayState): string | null {
  switch (state.phase) {
    case 'running':
      return null;
    case 'starting':
      return 'The gateway is starting';
    case 'waiting':
      return `The gateway stopped and starts again in ${formatSeconds(state.delayMs)}`;
    case 'stopped':
      return 'The gateway is not running';
    case 'stopping':
      return 'Finishing answers in flight';
  }
}

function formatSeconds(milliseconds: number): string {
  return milliseconds < 1_000
    ? `${(milliseconds / 1_000).toFixed(1)} s`
    : `${Math.round(milliseconds / 1_000)} s`;
}

function providerEntries(facts: TrayFacts): MenuEntry[] {
  const choices = facts.status.providers.map((provider): MenuEntry => {
    const practice = provider.practice ? ' (practice, no real model)' : '';
    return {
      kind: 'choice',
      id: `provider:${provider.id}`,
      label: `${provider.label}${practice}${provider.problem === null ? '' : ' – cannot be used yet'}`,
      checked: provider.current,
      enabled: provider.problem === null || provider.current,
      action: { type: 'use-provider', provider: provider.id },
    };
  });
  if (choices.length === 0) return [];
  return [
    { kind: 'separator', id: 'before-providers' },
    { kind: 'fact', id: 'providers', label: 'Provider' },
    ...choices,
  ];
}

const closingEntries: readonly MenuEntry[] = [
  { kind: 'separator', id: 'before-open' },
  { kind: 'action', id: 'open-window', label: 'Open Tollgate', action: { type: 'open-window' } },
  { kind: 'action', id: 'quit', label: 'Quit Tollgate', action: { type: 'quit' } },
];

/** The way out that needs no question, while there is something to give back. */
const giveBackEntry: MenuEntry = {
  kind: 'action',
  id: 'give-back-and-quit',
  label: 'Disconnect Claude Code and quit',
  action: { type: 'give-back-and-quit' },
};

function runningMenu(facts: TrayFacts, rest: Rest | null, notice: string | null): readonly MenuEntry[] {
  const { status, meter } = facts;
  const entries: MenuEntry[] = [
    {
      kind: 'fact',
      id: 'today',
      label: `Today ${spendText(facts)} · ${requestsText(meter.today.exchanges)}`,
    },
    { kind: 'fact', id: 'routing', label: routingText(facts) },
  ];
  if (rest !== null) entries.push({ kind: 'fact', id: 'rest', label: rest.text });
  if (notice !== null) entries.push({ kind: 'fact', id: 'notice', label: notice });
  return [
    ...entries,
    ...providerEntries(facts),
    { kind: 'separator', id: 'before-pause' },
    {
      kind: 'action',
      id: 'pause',
      label: status.paused ? 'Resume' : 'Pause: refuse new requests',
      action: { type: 'pause', paused: !status.paused },
    },
    ...closingEntries,
    ...(status.claudeCode.routedBy === 'tollgate' ? [giveBackEntry] : []),
  ];
}

function requestsText(count: number): string {
  return count === 1 ? '1 request' : `${count.toLocaleString('en-US')} requests`;
}

function downMenu(state: GatewayState): readonly MenuEntry[] {
  const entries: MenuEntry[] = [
    { kind: 'fact', id: 'state', label: stateText(state) ?? 'Connecting to the gateway' },
  ];
  if (state.phase === 'stopped' || state.phase === 'waiting') {
    entries.push({ kind: 'fact', id: 'reason', label: shorten(state.reason, 120) });
    entries.push({
      kind: 'action',
      id: 'restart-gateway',
      label: 'Start the gateway now',
      action: { type: 'restart-gateway' },
    });
  }
  return [...entries, ...closingEntries];
}

function shorten(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

/** `facts` is null until the gateway's first snapshot, and while it cannot be reached. `now`: milliseconds since the epoch. */
export function trayView(state: GatewayState, facts: TrayFacts | null, now: number): TrayView {
  if (state.phase !== 'running' || facts === null) {
    const text = stateText(state) ?? 'Connecting to the gateway';
    return { icon: 'off', title: '', tooltip: `Tollgate · ${text}`, menu: downMenu(state), until: null };
  }
  const { paused } = facts.status;
  const streaming = facts.live.size > 0;
  const spend = spendText(facts);
  const rest = restOf(facts, now);
  const standing = paused ? 'paused, new requests are refused' : (rest?.text ?? currentProvider(facts));
  return {
    icon: `${paused ? 'blocked' : rest === null ? 'on' : 'warning'}${streaming ? '-streaming' : ''}`,
    title: spend,
    tooltip: shorten(`Tollgate · today ${spend} · ${standing}`, longestTooltip),
    menu: runningMenu(facts, rest, state.notice),
    until: rest?.until ?? null,
  };
}
