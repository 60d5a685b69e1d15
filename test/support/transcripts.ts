// Lines and folders of transcripts as Claude Code 2.1.330 writes them: a message stands on one line per content block,
// sub-agents have files of their own, forks copy the lines of their origin under a new session id.
import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';

export type LineFields = {
  /** `message.id`; null leaves it out. */
  id?: string | null;
  /** `requestId`; null leaves it out. */
  request?: string | null;
  session?: string;
  model?: string;
  at?: string;
  cwd?: string;
  stopReason?: string | null;
  input?: number;
  output?: number;
  cacheRead?: number;
  cacheWrite5m?: number;
  cacheWrite1h?: number;
  /** Id of a sub-agent; makes it a sidechain line. */
  agent?: string;
  isSidechain?: boolean;
  uuid?: string;
  /** Further fields of `usage`. */
  usage?: Record<string, unknown>;
  /** The `content` array. */
  content?: unknown[];
  /** Further fields of the line. */
  more?: Record<string, unknown>;
};

let count = 0;

/** One line of an answer, without the line feed. */
export function assistantLine(fields: LineFields = {}): string {
  count++;
  const { cacheWrite5m = 0, cacheWrite1h = 0 } = fields;
  const id = fields.id === undefined ? `msg_${count}` : fields.id;
  const request = fields.request === undefined ? `req_${count}` : fields.request;
  return JSON.stringify({
    parentUuid: `parent-${count}`,
    isSidechain: fields.isSidechain ?? fields.agent !== undefined,
    ...(fields.agent === undefined ? {} : { agentId: fields.agent }),
    message: {
      ...(id === null ? {} : { id }),
      type: 'message',
      role: 'assistant',
      model: fields.model ?? 'claude-sonnet-4-5-20250929',
      content: fields.content ?? [{ type: 'text', text: 'Grüße aus dem Süden' }],
      stop_reason: fields.stopReason === undefined ? 'end_turn' : fields.stopReason,
      stop_sequence: null,
      usage: {
        input_tokens: fields.input ?? 10,
        cache_creation_input_tokens: cacheWrite5m + cacheWrite1h,
        cache_read_input_tokens: fields.cacheRead ?? 0,
        output_tokens: fields.output ?? 100,
        cache_creation: {
          ephemeral_5m_input_tokens: cacheWrite5m,
          ephemeral_1h_input_tokens: cacheWrite1h,
        },
        service_tier: 'standard',
        ...fields.usage,
      },
    },
    ...(request === null ? {} : { requestId: request }),
    type: 'assistant',
    uuid: fields.uuid ?? `uuid-${count}`,
    timestamp: fields.at ?? '2026-11-20T10:00:00.000Z',
    userType: 'external',
    cwd: fields.cwd ?? '/home/me/acme',
    sessionId: fields.session ?? 'session-1',
    version: '2.1.330',
    gitBranch: 'main',
    ...fields.more,
  });
}

/** A line of the user, or of a tool's result, without usage. */
export function userLine(fields: { session?: string; at?: string; text?: string } = {}): string {
  count++;
  return JSON.stringify({
    parentUuid: null,
    type: 'user',
    message: { role: 'user', content: fields.text ?? 'please do it' },
    uuid: `uuid-${count}`,
    timestamp: fields.at ?? '2026-11-20T09:59:00.000Z',
    cwd: '/home/me/acme',
    sessionId: fields.session ?? 'session-1',
  });
}

/** Adds text to `<claudeFolder>/projects/<path>`, making folders as needed; returns the file's path. */
export function appendTranscript(claudeFolder: string, path: string, text: string | Uint8Array): string {
  const file = join(claudeFolder, 'projects', path);
  mkdirSync(dirname(file), { recursive: true });
  appendFileSync(file, text);
  return file;
}

/** Lines, each ended with a line feed. */
export const joinLines = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');
