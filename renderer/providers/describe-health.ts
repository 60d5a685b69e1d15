// How a provider fares, in words: ready, resting until when and after what, or on trial; how often and how fast it
// answered lately. Pure.
import type { HealthState, HealthView } from '../../src/contract/routing.ts';
import type { DotKind } from '../shell/describe-state.ts';
import { formatDuration } from '../format/duration.ts';
import { shortModelName } from '../format/names.ts';
import { formatClock } from '../format/time.ts';
import { formatShare } from '../format/tokens.ts';

interface Part {
  readonly state: HealthState;
  readonly until: number | null;
  readonly why: string;
}

/** A rest whose end has passed is a trial, also before the gateway says so. */
export function stateNow({ state, until }: Part, now: number): HealthState {
  return state === 'resting' && until !== null && until <= now ? 'trial' : state;
}

const after = (why: string): string => (why === '' ? '' : ` after ${why}`);

/** `resting until 14:32 after 529`; lower case, to follow a name. */
export function describeStanding(part: Part, now: number): string {
  switch (stateNow(part, now)) {
    case 'ready':
      return 'ready';
    case 'trial':
      return `on trial${after(part.why)}: the next request tries it`;
    case 'resting':
      return `resting${part.until === null ? '' : ` until ${formatClock(part.until)}`}${after(part.why)}`;
  }
}

/** Disc when ready, ring while it is left alone: the shape says what the colour says. */
export function healthDot(part: Part, now: number): DotKind {
  return stateNow(part, now) === 'ready' ? 'ready' : 'off';
}

/** True when something of it is left alone, so that trying again at once means something. */
export function isHeldBack(health: HealthView): boolean {
  return [health, ...health.keys, ...health.models].some((part) => part.state !== 'ready');
}

/** `answered 98 % of the last 50` and `first token after 0.8 s (opus-5.5)`; empty before the first request. */
export function describeRecord({ successRate, samples, speeds }: HealthView): readonly string[] {
  const rate =
    successRate === null || samples === 0
      ? []
      : samples === 1
        ? [successRate === 1 ? 'answered the last request' : 'did not answer the last request']
        : [`answered ${formatShare(successRate)} of the last ${samples}`];
  const fastest = speeds
    .slice(0, 3)
    .map(({ model, firstByteMs }) => `${formatDuration(firstByteMs)} (${shortModelName(model)})`);
  return [...rate, ...(fastest.length === 0 ? [] : [`first token after ${fastest.join(', ')}`])];
}

/** Keys and models that are left alone, one line each; the provider's own rest is said elsewhere. */
export function describeParts(health: HealthView, now: number): readonly string[] {
  return [
    ...health.keys
      .filter((key) => key.state !== 'ready')
      .map((key) => `Key ${key.key}: ${describeStanding(key, now)}.`),
    ...health.models
      .filter((model) => model.state !== 'ready')
      .map((model) => `${shortModelName(model.model)}: ${describeStanding(model, now)}.`),
  ];
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** The whole state as one sentence. */
export function describeHealth(health: HealthView, now: number): string {
  return capital([describeStanding(health, now), ...describeRecord(health)].join(', '));
}

interface Rest {
  readonly part: Part;
  /** The provider answers; all of its keys rest. */
  readonly isKey: boolean;
}

/** What keeps a provider from answering; null while nothing does. */
function findRest(health: HealthView | undefined, now: number): Rest | null {
  if (health === undefined) return null;
  if (stateNow(health, now) === 'resting') return { part: health, isKey: false };
  const [key] = health.keys;
  const allRest = health.keys.every((one) => stateNow(one, now) === 'resting');
  return key !== undefined && allRest ? { part: key, isKey: true } : null;
}

/** What the user should know about the provider in use; null while all of it is well. */
export function describeTrouble(label: string, health: HealthView | undefined, now: number): string | null {
  const rest = findRest(health, now);
  if (rest === null) return null;
  return `${label}${rest.isKey ? ': its key' : ''} is ${describeStanding(rest.part, now)}.`;
}

/** The same to follow the word "Resting": `Anthropic until 14:32 after 529`. */
export function describeRest(label: string, health: HealthView | undefined, now: number): string | null {
  const rest = findRest(health, now);
  if (rest === null) return null;
  const standing = describeStanding(rest.part, now).replace(/^resting ?/, '');
  return `${rest.isKey ? `the key of ${label}` : label} ${standing}`.trimEnd();
}
