// A refusal in the model's own words, which xAI's API sends as a part of its own kind and its package does not know: it
// is read as the text that it is (T58).
import { fieldsOf } from '../translated/get-json.ts';

type Fields = Readonly<Record<string, unknown>>;

export const tellsRefusal = (line: string): boolean => line.includes('refusal');

export function refusalAsTextEvent(event: Fields): Fields {
  const { type, refusal, ...rest } = event;
  switch (type) {
    case 'response.refusal.delta':
      return { ...rest, type: 'response.output_text.delta' };
    case 'response.refusal.done':
      return { ...rest, type: 'response.output_text.done', text: refusal };
    default:
      return withTextParts(event);
  }
}

/** The document of a whole answer, and the events that repeat parts of it. */
export function withTextParts(value: Fields): Fields {
  return fieldsOf(changed(value));
}

function changed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(changed);
  if (typeof value !== 'object' || value === null) return value;
  const { type, refusal, ...rest } = value as Fields;
  if (type === 'refusal' && typeof refusal === 'string')
    return { ...rest, type: 'output_text', text: refusal };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, changed(inner)]));
}
