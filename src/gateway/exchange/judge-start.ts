// Looks at the first bytes of an event stream while they are held back: may they go to the client, or do they only say
// that the provider failed? An error before any content can still be answered by another provider (T54).

export type StartVerdict =
  /** Nothing but a greeting so far. */
  | { readonly kind: 'wait' }
  /** Content came: the bytes go on. */
  | { readonly kind: 'pass' }
  /** The stream begins with an error. */
  | { readonly kind: 'failed'; readonly status: number; readonly body: Buffer };

/** More than any greeting; whoever sends so much without content is passed on. */
const MOST_HELD_BYTES = 64 * 1024;

/** Statuses of Anthropic's error types, as they would have come before the stream began. */
const statusOfType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  timeout_error: 504,
  overloaded_error: 529,
};

/** `held`: all bytes of the stream so far. Pure. */
export function judgeStart(held: Buffer): StartVerdict {
  if (held.length > MOST_HELD_BYTES) return { kind: 'pass' };
  const events = held.toString('utf8').split(/\r?\n\r?\n/);
  // The last piece has no blank line behind it yet.
  for (const event of events.slice(0, -1)) {
    const lines = event.split(/\r?\n/);
    const name = lines
      .find((line) => line.startsWith('event:'))
      ?.slice('event:'.length)
      .trim();
    if (name === 'error') return failed(lines);
    const isGreeting = name === 'message_start' || name === 'ping' || lines.every(isCommentOrEmpty);
    if (!isGreeting) return { kind: 'pass' };
  }
  return { kind: 'wait' };
}

const isCommentOrEmpty = (line: string): boolean => line === '' || line.startsWith(':');

function failed(lines: readonly string[]): StartVerdict {
  const data = lines
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trimStart())
    .join('\n');
  return { kind: 'failed', status: statusOfType[errorTypeOf(data) ?? ''] ?? 500, body: Buffer.from(data) };
}

function errorTypeOf(data: string): string | null {
  try {
    const parsed = JSON.parse(data) as { error?: { type?: unknown } } | null;
    const type = parsed?.error?.type;
    return typeof type === 'string' ? type : null;
  } catch {
    return null;
  }
}
