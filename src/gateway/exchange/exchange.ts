// One exchange from accepted request to ledger row: what is known so far, and how that becomes a row. The outcome is
// set once.
import type { IncomingMessage } from 'node:http';
import type {
  AttemptStep,
  ClientView,
  ExchangeRow,
  ExchangeState,
  ProjectSource,
  UsageBasis,
} from '../../contract/rows.ts';
import { noTokens } from '../../contract/usage.ts';
import type { TokenCounts } from '../../contract/usage.ts';
import { emptyAnswerFacts } from '../dialects/anthropic-messages/answer-facts.ts';
import type { AnswerFacts } from '../dialects/anthropic-messages/answer-facts.ts';
import {
  estimateOutputTokens,
  normalizeUsage,
  raiseOutput,
  totalTokens,
} from '../dialects/anthropic-messages/usage.ts';
import type { NormalUsage } from '../dialects/anthropic-messages/usage.ts';
import type { Provider } from '../providers/providers.ts';
import { headerValue } from '../providers/request-headers.ts';
import type { Candidate } from '../router/types.ts';
import { rowOf } from '../ledger/ledger-entry.ts';
import type { LedgerEntry } from '../ledger/ledger-entry.ts';
import { priceUsage, storedPriceText } from '../ledger/price.ts';
import type { PriceTable } from '../ledger/price-table.ts';

/** The four outcomes; `live` is not one. */
export type Outcome = Exclude<ExchangeState, 'live'>;

const LONGEST_HEADER_KEPT = 512;

/** A header as one short text, or null. */
function header(request: IncomingMessage, name: string): string | null {
  const value = request.headers[name];
  const text = Array.isArray(value) ? value[0] : value;
  return text === undefined || text === '' ? null : readUtf8(text).slice(0, LONGEST_HEADER_KEPT);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Node reads header bytes as latin1; folder names arrive as UTF-8. */
function readUtf8(text: string): string {
  if (!/[\x80-\xff]/.test(text)) return text;
  try {
    return utf8.decode(Buffer.from(text, 'latin1'));
  } catch {
    return text;
  }
}

export class Exchange {
  readonly id: string;
  readonly startedAt: number;
  /** Monotonic clock at the start; durations are measured against it. */
  readonly #startedTick: number;
  readonly client: string;
  readonly sessionId: string | null;
  readonly agentId: string | null;
  readonly parentAgentId: string | null;
  readonly requestClass: string | null;
  readonly developer: string | null;
  readonly projectHeader: string | null;
  /** The table in force at the start: a price edit never touches what already runs. */
  readonly #prices: PriceTable;

  project: string | null = null;
  projectSource: ProjectSource = 'none';
  projectIsKnown = false;
  /** True once its outcome is in the ledger. */
  recorded = false;
  provider: string | null = null;
  practice = false;
  modelAsked: string | null = null;
  modelSent: string | null = null;
  routeReason: string | null = null;
  streaming = false;
  status: number | null = null;
  attempts = 0;
  firstByteMs: number | null = null;
  upstreamRequestId: string | null = null;
  facts: AnswerFacts = emptyAnswerFacts();
  /** True when the caller's own Claude login pays. */
  usesOwnLogin = false;
  /** The credential reference in use. */
  key: string | null = null;
  /** What was tried and left out so far. */
  readonly ladder: AttemptStep[] = [];
  /** The model that a translated provider says answers; the answer itself carries the name that was asked for. */
  #trueModel: string | null = null;
  #dropped: string[] = [];

  #outcome: { state: Outcome; reason: string | null; endedAt: number; durationMs: number } | null = null;

  constructor(id: string, client: ClientView, request: IncomingMessage, now: number, prices: PriceTable) {
    this.id = id;
    this.#prices = prices;
    this.startedAt = now;
    this.#startedTick = performance.now();
    this.client = client.id;
    this.sessionId = header(request, 'x-claude-code-session-id');
    this.agentId = header(request, 'x-claude-code-agent-id');
    this.parentAgentId = header(request, 'x-claude-code-parent-agent-id');
    this.requestClass =
      header(request, 'x-claude-code-request-class') ?? (this.agentId === null ? null : 'subagent');
    this.developer = header(request, 'x-tollgate-developer');
    this.projectHeader = header(request, 'x-tollgate-project');
  }

  /** Milliseconds since the exchange began. */
  elapsed(): number {
    return performance.now() - this.#startedTick;
  }

  get ended(): boolean {
    return this.#outcome !== null;
  }

  /** A place is about to be tried; nothing of what another place said counts any longer. */
  goesTo({ id, descriptor }: Provider, { model, key }: Candidate): void {
    this.provider = id;
    this.practice = descriptor.practice;
    this.modelSent = model;
    this.key = key;
    this.usesOwnLogin = key === 'client';
  }

  /** What a translated answer's head says of the translation. */
  readTranslation(headers: readonly string[]): void {
    this.#trueModel = headerValue(headers, 'x-tollgate-model');
    this.#dropped = headerValue(headers, 'x-tollgate-dropped')?.split(', ') ?? [];
  }

  /** Something else to be said of the translation. */
  note(note: string): void {
    this.#dropped.push(note);
  }

  /** The model whose price counts; null while no answer began. */
  get modelServed(): string | null {
    return this.#trueModel ?? this.facts.model ?? (this.facts.usage === null ? null : this.modelSent);
  }

  /** Sets the outcome; a second call is ignored, so that the first cause stands. */
  end(state: Outcome, reason: string | null, endedAt: number): void {
    this.#outcome ??= { state, reason, endedAt, durationMs: this.elapsed() };
  }

  /** Tokens by all that was seen of the answer. */
  get tokens(): TokenCounts {
    return chargeOf(this, this.#prices).tokens;
  }

  /** What lists show of it. */
  toRow(): ExchangeRow {
    return rowOf(this.toEntry());
  }

  /** The ledger's row as things stand; a live one carries the running estimate. */
  toEntry(): LedgerEntry {
    const outcome = this.#outcome;
    const charge = chargeOf(this, this.#prices);
    return {
      id: this.id,
      startedAt: this.startedAt,
      endedAt: outcome?.endedAt ?? null,
      state: outcome?.state ?? 'live',
      client: this.client,
      sessionId: this.sessionId,
      agentId: this.agentId,
      parentAgentId: this.parentAgentId,
      requestClass: this.requestClass,
      developer: this.developer,
      project: this.project,
      projectSource: this.projectSource,
      provider: this.provider,
      practice: this.practice,
      modelAsked: this.modelAsked,
      modelServed: this.modelServed,
      streaming: this.streaming,
      status: this.status,
      stopReason: this.facts.stopReason,
      attempts: this.attempts,
      firstByteMs: round(this.firstByteMs),
      durationMs: round(outcome?.durationMs ?? null),
      ...charge.tokens,
      webSearchRequests: charge.webSearchRequests,
      costNanoUsd: charge.costNanoUsd,
      usageBasis: charge.basis,
      priceEstimated: charge.priceEstimated,
      priceRows: charge.priceRows,
      messageId: this.facts.messageId,
      upstreamRequestId: this.upstreamRequestId,
      routeReason: this.routeReason,
      ...(this.ladder.length > 1 ? { ladder: this.ladder } : {}),
      ...(this.#dropped.length > 0 ? { dropped: [...this.#dropped] } : {}),
      reason: outcome?.reason ?? null,
      unconfirmed: false,
    };
  }
}

/** A provider that reports no usage is given an estimate by the translation, marked as one. */
const isEstimate = (usage: object | null): boolean =>
  usage !== null && 'tollgate_estimated' in usage && usage.tollgate_estimated === true;

const round = (milliseconds: number | null): number | null =>
  milliseconds === null ? null : Math.round(milliseconds * 10) / 10;

interface Charge {
  readonly tokens: TokenCounts;
  readonly webSearchRequests: number;
  readonly costNanoUsd: number;
  readonly basis: UsageBasis;
  readonly priceEstimated: boolean;
  readonly priceRows: string | null;
}

const free: Charge = {
  tokens: noTokens,
  webSearchRequests: 0,
  costNanoUsd: 0,
  basis: 'none',
  priceEstimated: false,
  priceRows: null,
};

/** What the answer costs by all that was seen of it: the provider's final figures, else at least the text relayed. */
function chargeOf(exchange: Exchange, prices: PriceTable): Charge {
  const { facts } = exchange;
  if (facts.usage === null && facts.characters === 0) return free;
  const reported = normalizeUsage(facts.usage ?? {});
  const usage: NormalUsage = facts.usageIsFinal
    ? reported
    : raiseOutput(reported, estimateOutputTokens(facts.characters));
  const tokens = totalTokens(usage);
  const basis: UsageBasis = facts.usageIsFinal && !isEstimate(facts.usage) ? 'reported' : 'estimated';
  // A refusal before any output shows its tokens but is not billed.
  if (facts.stopReason === 'refusal' && !facts.hasContent) {
    return { ...free, tokens, basis, webSearchRequests: usage.webSearchRequests };
  }
  const model = exchange.modelServed ?? exchange.modelSent ?? exchange.modelAsked ?? 'unknown';
  const priced = priceUsage(usage, model, exchange.startedAt, prices);
  return {
    tokens,
    webSearchRequests: usage.webSearchRequests,
    costNanoUsd: priced.costNanoUsd,
    basis,
    priceEstimated: priced.estimated,
    priceRows: storedPriceText(priced.rows),
  };
}
