// Reads server-sent events as the specification says a client does: what is not ended by a blank line is never dispatched.

export type DispatchedEvent = { event: string; data: string };

/** The events a client would see in this text. */
export function dispatchedEvents(text: string): DispatchedEvent[] {
  const found: DispatchedEvent[] = [];
  let event = '';
  let data: string[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  lines.pop(); // What follows the last line end is no line yet.
  for (const line of lines) {
    if (line === '') {
      if (data.length > 0) found.push({ event, data: data.join('\n') });
      event = '';
      data = [];
      continue;
    }
    const colon = line.indexOf(':');
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? '' : line.slice(colon + 1).replace(/^ /, '');
    if (field === 'event') event = value;
    else if (field === 'data') data.push(value);
  }
  return found;
}
