// The model behind the real client: decides each answer from the request it gets, answers as the real API does (thinking with
// signature, tool calls as input_json_delta, cumulative usage) and keeps the account of what it reported.
import { noTokens, type TokenCounts, type Totals } from '../../../src/contract/usage.ts';
import { messageJson, sendJson, streamMessage, type Block } from '../../support/anthropic-answers.ts';
import { sumTotals, totalsOf, type ListedModel } from '../../support/expected-cost.ts';
import type { Answer, RecordedRequest } from '../../support/fake-upstream.ts';

export type WireMessage = { role: string; content: string | { type: string; [more: string]: unknown }[] };
export type WireRequest = {
  model: string;
  stream?: boolean;
  messages: WireMessage[];
  tools?: { name: string }[];
};

/** What the model says to one request. */
export type Reply = { blocks: Block[]; stopReason?: string };
export type Decide = (request: WireRequest, recorded: RecordedRequest) => Reply;

/** One answered request with the usage it was told. */
export type Charge = { model: ListedModel; usage: TokenCounts; agent: string | null; session: string | null };

export type ScriptedModel = {
  readonly answer: Answer;
  readonly charges: readonly Charge[];
  /** Sum of what was reported, at list price. */
  totals(only?: (charge: Charge) => boolean): Totals;
};

/** Signature of every thinking block; the client must send it back untouched. */
export const thinkingSignature = 'RXF1YWwgYnl0ZXMgYmFjaywgcGxlYXNl+/==';

export function createScriptedModel(decide: Decide): ScriptedModel {
  const charges: Charge[] = [];
  return {
    charges,
    totals: (only = () => true) =>
      sumTotals(charges.filter(only).map(({ model, usage }) => totalsOf(model, usage))),
    async answer(exchange) {
      await exchange.request.bodyEnded;
      if (exchange.request.path === '/v1/messages/count_tokens') {
        await sendJson(200, { input_tokens: 1234 })(exchange);
        return;
      }
      const request = exchange.request.json() as WireRequest;
      const { blocks, stopReason } = decide(request, exchange.request);
      // Different in every turn, so that a turn counted twice or under another key cannot go unseen.
      const turn = charges.length + 1;
      const usage: TokenCounts = {
        ...noTokens,
        inputTokens: 900 + 7 * turn,
        cacheReadTokens: turn > 1 ? 30_000 + 11 * turn : 0,
        cacheWrite5mTokens: 2000 + 13 * turn,
        cacheWrite1hTokens: turn % 2 === 0 ? 170 + turn : 0,
        outputTokens: 40 + turn,
      };
      const model = request.model as ListedModel;
      charges.push({
        model,
        usage,
        agent: exchange.request.values('x-claude-code-agent-id')[0] ?? null,
        session: exchange.request.values('x-claude-code-session-id')[0] ?? null,
      });
      const script = {
        model,
        id: `msg_01Scripted${String(turn).padStart(4, '0')}`,
        blocks,
        usage,
        ...(stopReason === undefined ? {} : { stopReason }),
      };
      await (request.stream === true ? streamMessage(script) : sendJson(200, messageJson(script)))(exchange);
    },
  };
}

/** Content blocks of the last user message that are of this type. */
export function lastBlocks(request: WireRequest, type: string): Record<string, unknown>[] {
  const last = request.messages.findLast((message) => message.role === 'user');
  if (last === undefined || typeof last.content === 'string') return [];
  return last.content.filter((block) => block.type === type);
}

/** All tool results in the conversation. */
export function toolResults(request: WireRequest): Record<string, unknown>[] {
  return request.messages.flatMap((message) =>
    typeof message.content === 'string'
      ? []
      : message.content.filter((block) => block.type === 'tool_result'),
  );
}

export const say = (text: string): Reply => ({ blocks: [{ type: 'text', text }] });

export function think(thinking: string): Block {
  return { type: 'thinking', thinking, signature: thinkingSignature };
}

export function callTool(id: string, name: string, input: unknown): Block {
  return { type: 'tool_use', id, name, input };
}
