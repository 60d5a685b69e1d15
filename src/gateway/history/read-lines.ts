// Reads the lines of an open transcript between two offsets, in bounded memory, and hands over only those that hold a
// usage object. All others are looked at as bytes, never turned into text.
import { readSync } from 'node:fs';

/** In a JSON text this can only be a key: inside a string its quotes would be escaped. */
const MARK_TEXT = '"usage":{';
const MARK = Buffer.from(MARK_TEXT);
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const LINE_FEED = 0x0a;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

export interface LineVisitor {
  /** A line that holds a usage object; false when it could not be understood. */
  line(text: LineText): boolean;
  /** A whole line is none of a transcript, or could not be understood. */
  unreadable(): void;
  /** So many more bytes were read; all whole lines before `readTo` were visited. False stops the reading. */
  progress(bytes: number, readTo: number): boolean;
}

export interface LineText {
  /** The line without the message's content, which nobody reads here; null where that cannot be cut out. */
  readonly short: string | null;
  whole(): string;
}

export interface LinesRead {
  /** Behind the last whole line. */
  readonly readTo: number;
  readonly stopped: boolean;
}

export interface LineReader {
  read(fd: number, from: number, to: number, visitor: LineVisitor): LinesRead;
}

/** Keeps one buffer for all files: of `chunkBytes`, growing up to `longestLine`; longer lines are not read. */
export function createLineReader(chunkBytes: number, longestLine: number): LineReader {
  let buffer = Buffer.allocUnsafe(chunkBytes);

  return {
    read(fd, from, to, visitor) {
      let position = from;
      let readTo = from;
      let filled = 0;
      let skipping: SkippedLine | null = null;
      while (position < to) {
        if (filled === buffer.length) {
          if (buffer.length < longestLine) buffer = Buffer.concat([buffer], buffer.length * 2);
          else {
            skipping = skip(buffer, skipping);
            filled = 0;
          }
        }
        const length = readSync(
          fd,
          buffer,
          filled,
          Math.min(buffer.length - filled, to - position),
          position,
        );
        if (length === 0) break; // cut short since its size was taken
        let start = position === 0 && startsWithMark(buffer, length) ? BYTE_ORDER_MARK.length : 0;
        position += length;
        filled += length;
        const view = buffer.subarray(0, filled);
        if (skipping !== null) {
          const end = view.indexOf(LINE_FEED);
          skipping = skip(end === -1 ? view : view.subarray(0, end), skipping);
          if (end === -1) filled = 0;
          else {
            if (skipping.hasMark) visitor.unreadable();
            skipping = null;
            start = end + 1;
          }
        }
        if (skipping === null) {
          const end = visitLines(view, start, visitor);
          buffer.copyWithin(0, end, filled);
          filled -= end;
          if (end > 0) readTo = position - filled;
        }
        if (!visitor.progress(length, readTo)) return { readTo, stopped: true };
      }
      if (skipping === null) visitLastLine(buffer.subarray(0, filled), visitor);
      return { readTo, stopped: false };
    },
  };
}

/** A line longer than the limit, of which nothing is kept. */
interface SkippedLine {
  readonly hasMark: boolean;
}

const skip = (part: Buffer, before: SkippedLine | null): SkippedLine => ({
  hasMark: before?.hasMark === true || part.includes(MARK),
});

const startsWithMark = (buffer: Buffer, length: number): boolean =>
  length >= BYTE_ORDER_MARK.length && buffer.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK);

/** Visits the whole lines from `start`; returns where the last of them ends. */
function visitLines(view: Buffer, start: number, visitor: LineVisitor): number {
  let from = start;
  let mark = view.indexOf(MARK, from);
  for (let end = view.indexOf(LINE_FEED, from); end !== -1; end = view.indexOf(LINE_FEED, from)) {
    if (mark !== -1 && mark < end) {
      if (!visitor.line(lineText(view, from, mark, end))) visitor.unreadable();
      mark = view.indexOf(MARK, end);
    } else if (!looksLikeObject(view, from, end)) visitor.unreadable();
    from = end + 1;
  }
  return from;
}

function looksLikeObject(view: Buffer, start: number, end: number): boolean {
  let last = end - 1;
  while (last >= start && isSpace(view[last])) last--;
  return last < start || (view[start] === OPEN_BRACE && view[last] === CLOSE_BRACE);
}

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/**
 * What stands behind the last line feed may be half a line, or the last line of a client that was killed. When it is
 * whole it counts; it is read again once the file has grown, which changes nothing.
 */
function visitLastLine(rest: Buffer, visitor: LineVisitor): void {
  const mark = rest.indexOf(MARK);
  if (mark !== -1 && looksLikeObject(rest, 0, rest.length))
    visitor.line(lineText(rest, 0, mark, rest.length));
}

const CONTENT = '"content":[';
const CONTENT_END = '],"stop_reason":';
const upToContent = /"message":\{[^{}[\]]*"content":\[$/;
/** Shorter lines are parsed as fast as they are cut. */
const WORTH_CUTTING = 2048;
/** So far from a line's start the content begins, and so far from its usage it ends, or it is not looked for. */
const HEAD_BYTES = 1024;
const GAP_BYTES = 256;

/**
 * Content is most of a line, and parsing it would be most of the work. Between the `[` of the message's content and a
 * `]` further on it can be left out: when what remains is sound JSON, the brackets between were in balance.
 */
function lineText(view: Buffer, from: number, mark: number, end: number): LineText {
  const whole = (): string => view.toString('utf8', from, end);
  if (end - from < WORTH_CUTTING) return { short: null, whole };
  const head = view.toString('utf8', from, Math.min(from + HEAD_BYTES, mark));
  const content = head.indexOf(CONTENT) + CONTENT.length;
  if (content < CONTENT.length) return { short: null, whole };
  const rest = view.toString('utf8', Math.max(mark - GAP_BYTES, from), end);
  // A character cut in two stands before the place that is looked for, and is dropped with all before it.
  const stop = rest.indexOf(CONTENT_END);
  if (stop === -1 || stop > rest.indexOf(MARK_TEXT)) return { short: null, whole };
  const start = head.slice(0, content);
  return { short: upToContent.test(start) ? start + rest.slice(stop) : null, whole };
}
