// All servers share the one text of instructions that a client reads of us, cut by older clients after 2048 characters:
// each server gets its share, those before it in the settings first (R7). Pure.

const LONGEST = 2048;
const SMALLEST_SHARE = 120;
const CUT = ' …';

export interface ServerInstructions {
  readonly server: string;
  readonly text: string;
}

/** Null when no server says anything. */
export function composeInstructions(all: readonly ServerInstructions[]): string | null {
  if (all.length === 0) return null;
  let room = LONGEST;
  const parts: string[] = [];
  for (const [index, { server, text }] of all.entries()) {
    const heading = `[${server}] `;
    const share = Math.floor(room / (all.length - index));
    const space = Math.max(share, SMALLEST_SHARE) - heading.length - 1;
    if (room < heading.length + CUT.length + 20) break;
    const part = heading + cutTo(text.trim(), Math.min(space, room - heading.length - 1));
    parts.push(part);
    room -= part.length + 1;
  }
  return parts.join('\n');
}

function cutTo(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, Math.max(0, length - CUT.length));
  // Never in the middle of a character that takes two units.
  const whole = /[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut;
  return whole.trimEnd() + CUT;
}
