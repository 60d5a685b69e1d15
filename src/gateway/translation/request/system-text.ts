// The one system text of a translated request (T1): the client's own parts without Claude Code's attribution line (P8),
// then what the model must know because it could not be said otherwise.
import { readBlocks, type Fields } from './fields.ts';
import { isBlank, type Reading } from './reading.ts';

const ATTRIBUTION = 'x-anthropic-billing-header:';

/** The texts of the `system` field, attribution removed where it leads. */
export function readSystem(body: Fields, reading: Reading): readonly string[] {
  return textsOf(body['system'], 'system', reading)
    .map((text, index) => (index === 0 ? withoutAttribution(text) : text))
    .filter((text) => !isBlank(text));
}

/** The text of a `role: "system"` message; empty when it says nothing. */
export function readSystemMessage(message: Fields, field: string, reading: Reading): string {
  return textsOf(message['content'], `${field}.content`, reading)
    .filter((text) => !isBlank(text))
    .join('\n\n');
}

function textsOf(content: unknown, field: string, reading: Reading): readonly string[] {
  return readBlocks(content, field).map((block) => {
    reading.dropped.addCacheControl(block);
    if (typeof block['text'] === 'string') return block['text'];
    reading.dropped.add(`system.${String(block['type'])}`);
    return '';
  });
}

/** Only the line itself goes: what a client joined to it is its own prompt. */
function withoutAttribution(text: string): string {
  if (!text.startsWith(ATTRIBUTION)) return text;
  const end = text.indexOf('\n');
  return end === -1 ? '' : text.slice(end + 1);
}

/** The sentence about tools that were taken out (T27). */
export function removedToolsNote(removed: readonly string[]): string | null {
  if (removed.length === 0) return null;
  const names = removed.join(', ');
  return removed.length === 1
    ? `The tool ${names} is not available with this model. Say so if it would be needed; do not pretend to have used it.`
    : `The tools ${names} are not available with this model. Say so if one would be needed; do not pretend to have used it.`;
}
