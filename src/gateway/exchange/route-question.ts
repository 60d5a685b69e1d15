// What the router is asked about a request. Whatever costs a look into the body is worked out only when a rule asks.
import type { ByteParts } from '../lib/byte-parts.ts';
import { TopLevelScanner } from '../lib/json-scanner.ts';
import type { RouteQuestion } from '../router/types.ts';
import type { Exchange } from './exchange.ts';
import type { ReadRequest } from './prepare-attempt.ts';

/** Bytes of a request per token, roughly; rules by size need no better. */
const BYTES_PER_TOKEN = 4;

const LONGEST_VALUE = 4096;
/** Where Claude Code writes it: at the very end. */
const usualEnd = /"stream"\s*:\s*true\s*\}\s*$/;
const END_BYTES = 64;

export function routeQuestion(exchange: Exchange, { body, facts }: ReadRequest): RouteQuestion {
  let thinking: boolean | null = null;
  return {
    model: facts.model,
    requestClass: exchange.requestClass,
    agentId: exchange.agentId,
    project: exchange.project,
    sessionId: exchange.sessionId,
    promptTokens: Math.max(1, Math.ceil(body.length / BYTES_PER_TOKEN)),
    at: exchange.startedAt,
    get thinking() {
      thinking ??= hasThinking(body.parts);
      return thinking;
    },
  };
}

const hasThinking = (parts: readonly Buffer[]): boolean =>
  /"type"\s*:\s*"(?:enabled|adaptive)"/.test(topLevel(parts, 'thinking') ?? '');

/** True when the request asks for a stream. */
export function isStreamed({ parts }: ByteParts): boolean {
  const end = parts.at(-1)?.subarray(-END_BYTES).toString('latin1') ?? '';
  return usualEnd.test(end) || topLevel(parts, 'stream')?.trim() === 'true';
}

/** A top-level value as it was written, or null. */
function topLevel(parts: readonly Buffer[], key: string): string | null {
  const scanner = new TopLevelScanner(new Map([[key, LONGEST_VALUE]]));
  for (const part of parts) scanner.feedUntilFound(part);
  return scanner.found.get(key)?.text ?? null;
}
