// Finds the working directory that Claude Code names in its request body, by a search over the bytes: a body may be
// 31 MB, and parsing it for one line would stall every stream. Pure.
import { win32 } from 'node:path';

/**
 * What stands before the path, as it looks in JSON. Seen from Claude Code 2.1.197 and 2.1.330, all models: the first,
 * in a `system` block, a system message or a reminder in the first user message. 2.1.197 writes the second with some
 * prompts, and the third in sub-agents. `--bare` names no directory.
 */
const anchors = [
  '# Environment\\nYou have been invoked in the following environment: \\n - Primary working directory: ',
  '# Environment\\n - Primary working directory: ',
  '<env>\\nWorking directory: ',
].map((text) => Buffer.from(text));

/** No system has longer paths; escapes may make each character six bytes long. */
const LONGEST = 6 * 4096;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED_ESCAPE = 0x6e;
const RETURN_ESCAPE = 0x72;

/** The absolute path, or null when the body names none. */
export function workingDirectoryOf(body: Buffer): string | null {
  for (const anchor of anchors) {
    for (let at = body.indexOf(anchor); at !== -1; at = body.indexOf(anchor, at + anchor.length)) {
      const path = startsLine(body, at) ? readPath(body, at + anchor.length) : null;
      if (path !== null) return path;
    }
  }
  return null;
}

/** True when the anchor begins its text or a line of it: a mention in the middle of a sentence does not count. */
function startsLine(body: Buffer, at: number): boolean {
  const before = body[at - 1];
  if (before === QUOTE) return body[at - 2] !== BACKSLASH;
  return before === LINE_FEED_ESCAPE && body[at - 2] === BACKSLASH && body[at - 3] !== BACKSLASH;
}

function readPath(body: Buffer, start: number): string | null {
  const end = findEnd(body, start);
  if (end === null) return null;
  const path = decode(body.toString('utf8', start, end));
  return path !== null && win32.isAbsolute(path) ? path : null;
}

/** Where the line or the JSON string ends. */
function findEnd(body: Buffer, start: number): number | null {
  const limit = Math.min(body.length, start + LONGEST);
  for (let at = start; at < limit; at++) {
    const byte = body[at];
    if (byte === QUOTE) return at;
    if (byte !== BACKSLASH) continue;
    const escape = body[at + 1];
    if (escape === LINE_FEED_ESCAPE || escape === RETURN_ESCAPE) return at;
    at++;
  }
  return null;
}

/** Undoes JSON's escapes, and those that Claude Code 2.1.330 makes of brackets and control characters in a path. */
function decode(escaped: string): string | null {
  let text: unknown;
  try {
    text = JSON.parse(`"${escaped}"`);
  } catch {
    return null;
  }
  const line = String(text).split(/[\r\n]/, 1)[0] ?? '';
  return line
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replace(/&#(\d{1,5});/g, (_, code) => String.fromCharCode(Number(code)));
}
