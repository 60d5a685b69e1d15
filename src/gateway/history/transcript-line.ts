// Reads one line of a transcript: which message of which session it reports, and what that used. Pure. The format is
// Claude Code's own affair and changes between versions, so that every field is optional here but usage and time.
import { asObject, asText } from '../dialects/anthropic-messages/answer-facts.ts';
import { normalizeUsage, totalTokens } from '../dialects/anthropic-messages/usage.ts';
import type { NormalUsage } from '../dialects/anthropic-messages/usage.ts';
import type { TokenCounts } from '../../contract/usage.ts';
import { checksum } from './checksum.ts';

/** One line's report of a message; the same message is reported by several lines. */
export interface LineReport {
  /** Checksum of the message's id. */
  readonly idKey: number;
  /** Checksum of the request's id; 0 for a line that may be a copy made under another request (see `readKeys`). */
  readonly slot: number;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Empty when the line names none. */
  readonly model: string;
  readonly session: string;
  /** Empty for the main agent. */
  readonly agent: string;
  /** Working directory; empty when the line names none. */
  readonly directory: string;
  /** The message was complete when the line was written, and so are the counts. */
  readonly isFinal: boolean;
  readonly usage: NormalUsage;
  readonly tokens: TokenCounts;
}

/** `nothing`: a sound line that reports no spending; `unreadable`: none that could be understood. */
export type ReadLine = LineReport | 'nothing' | 'unreadable';

/** Claude Code's own messages, made without a model. */
const SYNTHETIC_MODEL = '<synthetic>';
/** Answers of the practice provider: they cost nothing, and the gateway has them in its ledger. */
const PRACTICE_ID = 'msg_practice_';
const LONGEST_NAME = 1024;

export function readTranscriptLine(line: string): ReadLine {
  let entry: Readonly<Record<string, unknown>> | null;
  try {
    entry = asObject(JSON.parse(line));
  } catch {
    return 'unreadable';
  }
  if (entry === null) return 'unreadable';
  const message = asObject(entry['message']);
  const raw = asObject(message?.['usage']);
  // Other kinds of lines carry usage too, in other places: reports about sub-agents, whose own files have the messages.
  if (message === null || raw === null) return 'nothing';
  if (entry['type'] !== undefined && entry['type'] !== 'assistant') return 'nothing';
  const model = nameOf(message['model']);
  const id = nameOf(message['id']);
  if (model === SYNTHETIC_MODEL || id.startsWith(PRACTICE_ID)) return 'nothing';
  const at = Date.parse(asText(entry['timestamp']) ?? '');
  if (Number.isNaN(at)) return 'unreadable';
  const usage = normalizeUsage(raw);
  const session = nameOf(entry['sessionId']);
  return {
    ...readKeys(entry, id, line),
    at,
    model,
    session,
    agent: entry['isSidechain'] === true ? nameOf(entry['agentId']) || 'sidechain' : '',
    directory: nameOf(entry['cwd']),
    isFinal: asText(message['stop_reason']) !== null,
    usage,
    tokens: usage.parts.length === 1 && usage.parts[0] !== undefined ? usage.parts[0] : totalTokens(usage),
  };
}

const nameOf = (value: unknown): string => (asText(value) ?? '').slice(0, LONGEST_NAME);

/**
 * What makes a message the same as another: its id and its request's id, as ids of some servers are not unique. Without
 * a message id the request stands for it, else the line's own id, else the line. Side conversations repeat messages of
 * the main one under request ids of their own, so their lines may be copies; so may lines without a request id.
 */
function readKeys(
  entry: Readonly<Record<string, unknown>>,
  id: string,
  line: string,
): Pick<LineReport, 'idKey' | 'slot'> {
  const request = nameOf(entry['requestId']);
  const uuid = nameOf(entry['uuid']);
  const name =
    id || (request === '' ? (uuid === '' ? `line ${line}` : `uuid ${uuid}`) : `request ${request}`);
  const mayBeCopy = request === '' || entry['isSidechain'] === true;
  return {
    idKey: checksum(name),
    slot: mayBeCopy ? 0 : checksum(request) || 1,
  };
}
