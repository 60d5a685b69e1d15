// Effort, thinking and the caller's identity of a request, in words that an adapter turns into its provider's options
// (T22, T23, T25, T86, T93).
import { createHash } from 'node:crypto';
import { efforts, type Effort, type Wish } from '../types.ts';
import { invalid, isFields, optionalFields, optionalNumber, optionalString, type Fields } from './fields.ts';
import type { Reading } from './reading.ts';

/** Tokens of thinking an effort stands for, where a model is told in tokens. */
const tokensOf: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1_024,
  low: 2_048,
  medium: 8_192,
  high: 24_576,
  xhigh: 49_152,
  max: Number.MAX_SAFE_INTEGER,
};

/** Budgets below these are low and medium effort; above, high. */
const LOW_BELOW = 4_000;
const MEDIUM_BELOW = 16_000;

/** What was asked about thinking, before it is fitted to the model. */
interface Asked {
  readonly effort: Effort | null;
  readonly budget: number | null;
  readonly off: boolean;
  readonly show: boolean;
}

export function readWish(
  body: Fields,
  reading: Reading,
  facts: {
    readonly sessionId: string | null;
    readonly maxOutputTokens: number | null;
    readonly parallel: boolean | null;
  },
): Wish {
  const asked = readThinking(body, reading);
  const metadata = optionalFields(body['metadata'], 'metadata');
  const userId = metadata === null ? null : optionalString(metadata['user_id']);
  const caller = userId === null ? null : readCaller(userId);
  const session = facts.sessionId ?? caller?.session ?? null;
  return {
    ...fitThinking(asked, reading, facts.maxOutputTokens),
    showThinking: asked.show,
    parallelTools: facts.parallel,
    cacheKey: session === null ? null : hash(`session ${session}`).slice(0, 32),
    user: caller === null ? null : hash(`user ${caller.identity}`),
    serviceTier: readServiceTier(body, reading),
  };
}

function readThinking(body: Fields, reading: Reading): Asked {
  const thinking = optionalFields(body['thinking'], 'thinking');
  const outputConfig = optionalFields(body['output_config'], 'output_config');
  const effort = readEffort(outputConfig?.['effort'], reading);
  if (reading.target.traits.reasoning.kind === 'fixed') {
    if (effort !== null) reading.dropped.add('output_config.effort');
    if (thinking !== null && thinking['type'] !== 'disabled') reading.dropped.add('thinking');
  }
  const none: Asked = { effort, budget: null, off: false, show: false };
  if (thinking === null) return none;
  const show = thinking['display'] !== 'omitted';
  switch (thinking['type']) {
    case 'enabled':
      return { ...none, budget: optionalNumber(thinking['budget_tokens'], 'thinking.budget_tokens'), show };
    case 'adaptive':
      return { ...none, show };
    case 'disabled':
      return { ...none, off: true };
    default:
      throw invalid('thinking.type', "Input should be 'enabled', 'adaptive' or 'disabled'.");
  }
}

function readEffort(value: unknown, reading: Reading): Effort | null {
  if (value === undefined || value === null) return null;
  const known = efforts.find((effort) => effort === value);
  if (known === undefined) reading.dropped.add('output_config.effort');
  return known ?? null;
}

/** An explicit effort wins over a budget and over `disabled`: both together are refused by some providers (T23). */
function fitThinking(
  { effort, budget, off }: Asked,
  { target }: Reading,
  maxOutputTokens: number | null,
): Pick<Wish, 'effort' | 'thinkingBudget'> {
  const control = target.traits.reasoning;
  switch (control.kind) {
    case 'fixed':
      return { effort: null, thinkingBudget: null };
    case 'effort': {
      const wanted = effort ?? (off ? 'none' : budget === null ? null : effortOfBudget(budget));
      return { effort: wanted === null ? null : nearestLevel(control.levels, wanted), thinkingBudget: null };
    }
    case 'budget': {
      const wanted = effort === null ? (off ? 0 : budget) : tokensOf[effort];
      if (wanted === null) return { effort: null, thinkingBudget: null };
      const room = maxOutputTokens === null ? control.most : Math.max(0, maxOutputTokens - 1);
      return { effort: null, thinkingBudget: Math.max(control.least, Math.min(wanted, control.most, room)) };
    }
  }
}

const effortOfBudget = (tokens: number): Effort =>
  tokens < LOW_BELOW ? 'low' : tokens < MEDIUM_BELOW ? 'medium' : 'high';

/** The highest level that is not above the wanted one; when all are above, the lowest. Thinking is never turned off unasked. */
function nearestLevel(levels: readonly Effort[], wanted: Effort): Effort | null {
  const rank = (effort: Effort): number => efforts.indexOf(effort);
  const rising = levels.toSorted((one, other) => rank(one) - rank(other));
  if (wanted === 'none') return rising[0] ?? null;
  const thinking = rising.filter((level) => level !== 'none');
  return thinking.findLast((level) => rank(level) <= rank(wanted)) ?? thinking[0] ?? null;
}

/** Claude Code's `user_id` names device, account and session; the session is not part of who is calling. */
function readCaller(userId: string): { readonly identity: string; readonly session: string | null } {
  const parsed = parseObject(userId);
  if (parsed !== null) {
    const session = optionalString(parsed['session_id']);
    const identity = [parsed['device_id'], parsed['account_uuid']]
      .filter((id) => typeof id === 'string')
      .join(' ');
    return { identity: identity.trim() === '' ? userId : identity, session };
  }
  const [identity = userId, session = null] = userId.split('_session_');
  return { identity, session };
}

function parseObject(text: string): Fields | null {
  if (!text.startsWith('{')) return null;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : null;
  } catch {
    return null;
  }
}

function readServiceTier(body: Fields, reading: Reading): Wish['serviceTier'] {
  switch (body['service_tier']) {
    case undefined:
    case null:
      return null;
    case 'auto':
      return 'auto';
    case 'standard_only':
      return 'default';
    default:
      reading.dropped.add('service_tier');
      return null;
  }
}

const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
