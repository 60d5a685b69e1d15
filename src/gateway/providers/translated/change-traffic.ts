// Small corrections of what a package sends and reads, below the package: a body it builds against a provider's rules,
// an event it cannot read.
import { fieldsOf } from './get-json.ts';

type Fetch = typeof globalThis.fetch;
type Fields = Readonly<Record<string, unknown>>;

/** Changes the JSON bodies that leave. */
export function changeBody(fetch: Fetch, change: (body: Fields) => Fields): Fetch {
  return (input, init) =>
    typeof init?.body === 'string'
      ? fetch(input, { ...init, body: JSON.stringify(change(fieldsOf(JSON.parse(init.body)))) })
      : fetch(input, init);
}

/** Changes the events of a stream that `concerned` picks by their text; the others pass unread. */
export function changeEvents(
  fetch: Fetch,
  concerned: (line: string) => boolean,
  change: (event: Fields) => Fields,
): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    const isStream = response.headers.get('content-type')?.includes('text/event-stream') === true;
    if (response.body === null || !isStream) return response;
    const changed = response.body
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(changeLines((line) => (concerned(line) ? changeLine(line, change) : line)))
      .pipeThrough(new TextEncoderStream());
    return new Response(changed, { status: response.status, headers: response.headers });
  };
}

/** Changes a whole JSON answer that `concerned` picks by its text. */
export function changeDocument(
  fetch: Fetch,
  concerned: (text: string) => boolean,
  change: (document: Fields) => Fields,
): Fetch {
  return async (input, init) => {
    const response = await fetch(input, init);
    if (!response.ok || response.headers.get('content-type')?.includes('application/json') !== true)
      return response;
    const text = await response.text();
    const { status, headers } = response;
    return new Response(concerned(text) ? changeText(text, change) : text, { status, headers });
  };
}

const PREFIX = 'data:';

function changeText(text: string, change: (document: Fields) => Fields): string {
  try {
    return JSON.stringify(change(fieldsOf(JSON.parse(text))));
  } catch {
    // Not ours to judge: the package says what is wrong with it.
    return text;
  }
}

function changeLine(line: string, change: (event: Fields) => Fields): string {
  return line.startsWith(PREFIX)
    ? `${PREFIX} ${changeText(line.slice(PREFIX.length).trimStart(), change)}`
    : line;
}

/** Whole lines; what has no end yet waits. */
function changeLines(change: (line: string) => string): TransformStream<string, string> {
  let rest = '';
  return new TransformStream({
    transform(text, controller) {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      if (lines.length > 0) controller.enqueue(lines.map((line) => `${change(line)}\n`).join(''));
    },
    flush(controller) {
      if (rest !== '') controller.enqueue(change(rest));
    },
  });
}
