// Takes thinking that Claude did not sign out of a Messages body on its way to Claude (T80 to T83), which would refuse the
// whole request. Bytes are cut where they stand; Claude's own blocks, and all else, stay exactly as the client sent them.
import { Buffer } from 'node:buffer';
import { ByteParts } from '../lib/byte-parts.ts';
import {
  cutsFor,
  elementsAt,
  membersAt,
  NotJson,
  skipSpace,
  stringOf,
  type Member,
  type Range,
} from './json-ranges.ts';
import { isEnvelope } from './reasoning-envelope.ts';

const QUOTE = 0x22;
const thinkingWord = Buffer.from('thinking"');
/** Its end begins with a rare letter, which makes it forty times quicker to look for. */
const wordEnd = Buffer.from('king"');
const EDGE = thinkingWord.length - 1;
const signatureWord = Buffer.from('signature"');
const redactedStart = Buffer.from('"redacted_');
/** How foreign seals begin, quote included: our envelopes and OpenAI's encrypted content; or nothing at all. */
const foreignSeals = ['"tollgate-reasoning-', '"gAAAA', '""', 'null'].map((seal) => Buffer.from(seal));

/** The same object when there is nothing foreign in it, which a search of its bytes tells. */
export function stripForeignThinking(body: ByteParts): ByteParts;
export function stripForeignThinking(body: Buffer): Buffer;
export function stripForeignThinking(body: ByteParts | Buffer): ByteParts | Buffer {
  if (!Buffer.isBuffer(body) && !speaksOfThinking(body.parts)) return body;
  const bytes = Buffer.isBuffer(body) ? body : body.whole();
  if (!mayBeForeign(bytes)) return body;
  const cuts = findCuts(bytes.toString('latin1'));
  if (cuts.length === 0) return body;
  const rest = without(bytes, cuts);
  return Buffer.isBuffer(body) ? rest.whole() : rest;
}

/**
 * A first look at a body in its parts, which are not joined for it: joining a long body costs more than all else that is
 * done to it. False when the word stands there once, as the key of the setting, or not at all.
 */
function speaksOfThinking(parts: readonly Buffer[]): boolean {
  let words = 0;
  let tail: Buffer = Buffer.alloc(0);
  for (const part of parts) {
    // Neither side of a border is long enough for the whole word: what is found lies across it.
    if (Buffer.concat([tail, part.subarray(0, EDGE)]).includes(thinkingWord)) return true;
    for (const at of thinkingIn(part)) {
      // At the start of a part nobody knows what it belongs to.
      if (at === 0 || part[at - 1] !== QUOTE || ++words > 1) return true;
    }
    tail = part.length >= EDGE ? part.subarray(-EDGE) : Buffer.concat([tail, part]).subarray(-EDGE);
  }
  return false;
}

/**
 * Looks at the words alone, since most bodies hold nothing foreign. A block of thinking has the word "thinking" twice, as
 * type and as key, and a signature once: more pairs than signatures mean that one is missing. A false alarm costs a
 * closer look, no more.
 */
function mayBeForeign(bytes: Buffer): boolean {
  let words = 0;
  let isRedacted = false;
  for (const at of thinkingIn(bytes)) {
    if (bytes[at - 1] === QUOTE) words++;
    else if (startsWith(bytes, at - redactedStart.length, redactedStart)) isRedacted = true;
  }
  if (words < 2 && !isRedacted) return false;
  let signatures = 0;
  for (const at of occurrences(bytes, signatureWord)) {
    if (bytes[at - 1] !== QUOTE) continue;
    signatures++;
    const value = skipTo(bytes, at + signatureWord.length);
    if (foreignSeals.some((seal) => startsWith(bytes, value, seal))) return true;
  }
  return (
    Math.floor(words / 2) > signatures ||
    (isRedacted && foreignSeals.slice(0, 2).some((seal) => bytes.includes(seal)))
  );
}

/** Where `thinking"` begins. */
function* thinkingIn(bytes: Buffer): Generator<number> {
  for (const end of occurrences(bytes, wordEnd)) {
    const at = end + wordEnd.length - thinkingWord.length;
    if (startsWith(bytes, at, thinkingWord)) yield at;
  }
}

function* occurrences(bytes: Buffer, word: Buffer): Generator<number> {
  for (let at = bytes.indexOf(word); at !== -1; at = bytes.indexOf(word, at + word.length)) yield at;
}

const startsWith = (bytes: Buffer, at: number, start: Buffer): boolean =>
  at >= 0 &&
  at + start.length <= bytes.length &&
  bytes.compare(start, 0, start.length, at, at + start.length) === 0;

/** Past the colon and white space behind a key. */
function skipTo(bytes: Buffer, from: number): number {
  let at = from;
  while (' :\n\r\t'.includes(String.fromCharCode(bytes[at] ?? 0))) at++;
  return at;
}

function findCuts(text: string): readonly Range[] {
  try {
    return new BodyCuts(text).find();
  } catch (error) {
    if (error instanceof NotJson) return [];
    throw error;
  }
}

class BodyCuts {
  readonly #text: string;
  /** An assistant turn with tool calls lost the thinking it began with (T83). */
  #turnLostThinking = false;

  constructor(text: string) {
    this.#text = text;
  }

  find(): readonly Range[] {
    const top = membersAt(this.#text, skipSpace(this.#text, 0));
    const messages = top.findLast((member) => member.key === 'messages');
    if (messages === undefined) return [];
    const cuts = this.#messageCuts(elementsAt(this.#text, messages.value.start));
    return [...cuts, ...(this.#turnLostThinking ? this.#settingCuts(top) : [])].toSorted(
      (one, other) => one.start - other.start,
    );
  }

  /** A message that would be left empty goes as a whole: Claude refuses empty ones. */
  #messageCuts(messages: readonly Range[]): readonly Range[] {
    const cuts: Range[] = [];
    const empty: number[] = [];
    for (const [index, message] of messages.entries()) {
      const members = membersAt(this.#text, message.start);
      const content = members.findLast((member) => member.key === 'content');
      if (content === undefined || this.#stringIn(members, 'role') !== 'assistant') continue;
      const blocks = elementsAt(this.#text, content.value.start);
      const read = blocks.map((block) => membersAt(this.#text, block.start));
      const gone = read.flatMap((block, at) => (this.#isForeign(block) ? [at] : []));
      if (gone.length === 0) continue;
      if (gone.length === blocks.length) empty.push(index);
      else {
        cuts.push(...cutsFor(blocks, gone));
        this.#noteLostThinking(read.filter((_, at) => !gone.includes(at)));
      }
    }
    return [...cuts, ...cutsFor(messages, empty)];
  }

  #noteLostThinking(left: readonly (readonly Member[])[]): void {
    const types = left.map((block) => this.#stringIn(block, 'type'));
    const begins = types[0] === 'thinking' || types[0] === 'redacted_thinking';
    if (!begins && types.includes('tool_use')) this.#turnLostThinking = true;
  }

  #isForeign(block: readonly Member[]): boolean {
    switch (this.#stringIn(block, 'type')) {
      case 'thinking':
        return isForeignSeal(this.#stringIn(block, 'signature'));
      case 'redacted_thinking':
        return isForeignSeal(this.#stringIn(block, 'data'));
      default:
        return false;
    }
  }

  /**
   * Without thinking in its last turns Claude refuses `thinking` that is switched on by budget; adaptive may stay. The
   * rule that clears old thinking goes with it, since Claude takes that one with thinking only.
   */
  #settingCuts(top: readonly Member[]): readonly Range[] {
    const thinking = top.findIndex((member) => member.key === 'thinking');
    const setting = top[thinking];
    if (setting === undefined) return [];
    if (this.#stringIn(membersAt(this.#text, setting.value.start), 'type') !== 'enabled') return [];
    const management = top.findIndex((member) => member.key === 'context_management');
    const edits = this.#editCuts(top[management]);
    const gone = edits === 'all' ? [thinking, management] : [thinking];
    const ranges = top.map((member) => member.range);
    return [...cutsFor(ranges, gone), ...(edits === 'all' ? [] : edits)];
  }

  #editCuts(management: Member | undefined): readonly Range[] | 'all' {
    if (management === undefined) return [];
    const members = membersAt(this.#text, management.value.start);
    const list = members.findLast((member) => member.key === 'edits');
    if (list === undefined) return [];
    const edits = elementsAt(this.#text, list.value.start);
    const gone = edits.flatMap((edit, at) =>
      this.#stringIn(membersAt(this.#text, edit.start), 'type').startsWith('clear_thinking_') ? [at] : [],
    );
    return gone.length > 0 && gone.length === edits.length && members.length === 1
      ? 'all'
      : cutsFor(edits, gone);
  }

  #stringIn(members: readonly Member[], key: string): string {
    const member = members.findLast((one) => one.key === key);
    return member === undefined ? '' : stringOf(this.#text, member.value);
  }
}

const isForeignSeal = (seal: string): boolean => seal === '' || isEnvelope(seal) || seal.startsWith('gAAAA');

function without(bytes: Buffer, cuts: readonly Range[]): ByteParts {
  const rest = new ByteParts();
  let from = 0;
  for (const { start, end } of cuts) {
    rest.add(bytes.subarray(from, start));
    from = end;
  }
  rest.add(bytes.subarray(from));
  return rest;
}
