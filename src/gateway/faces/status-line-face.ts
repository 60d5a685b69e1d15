// POST /statusline: takes what Claude Code hands to its status line and answers with the finished line as text, so that
// whoever asks (our small client, or `curl` where there is no Node) needs to know nothing else. Its own key opens it.
import { GatewayError } from '../gateway-error.ts';
import { formatStatusLine } from '../statusline/format-status-line.ts';
import type { StatusLineFacts } from '../statusline/format-status-line.ts';
import type { Call, RouteEntry } from './route-table.ts';

const LARGEST_INPUT = 1024 * 1024;

/** `facts`: of a session by its id, or of today alone. */
export function statusLineRoute(facts: (sessionId: string | null) => StatusLineFacts): RouteEntry {
  return {
    method: 'POST',
    path: '/statusline',
    access: 'statusline',
    async handle(call) {
      const { headers } = call.request;
      const columns = Number(headers['x-tollgate-columns']);
      const line = formatStatusLine(facts(sessionIn(await readInput(call))), {
        columns: Number.isInteger(columns) && columns > 0 ? columns : null,
        colour: (headers['x-tollgate-plain'] ?? '') === '',
      });
      const body = Buffer.from(`${line}\n`);
      call.response.writeHead(200, {
        'content-type': 'text/plain; charset=utf-8',
        'content-length': body.length,
        'cache-control': 'no-store',
        'x-content-type-options': 'nosniff',
      });
      call.response.end(body);
    },
  };
}

async function readInput({ request }: Call): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > LARGEST_INPUT)
      throw new GatewayError('BODY_TOO_LARGE', 'The input of the status line is at most 1 MB.');
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** Claude Code's JSON names the session; anything else counts as none. */
function sessionIn(input: string): string | null {
  try {
    const value: unknown = JSON.parse(input);
    if (typeof value !== 'object' || value === null || !('session_id' in value)) return null;
    return typeof value.session_id === 'string' ? value.session_id : null;
  } catch {
    return null;
  }
}
