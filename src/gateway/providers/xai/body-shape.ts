// What xAI refuses of the body its package writes: ids it never gave, encrypted reasoning of models that have none, and
// strict decoding of schemas that are not fit for it.
import { fieldsOf } from '../translated/get-json.ts';

type Fields = Readonly<Record<string, unknown>>;

export const xaiBody =
  (thinks: boolean) =>
  (body: Fields): Fields => {
    const { input, include, text, ...rest } = body;
    return {
      ...rest,
      ...(Array.isArray(input) ? { input: input.map(withOwnId) } : {}),
      ...(thinks && include !== undefined ? { include } : {}),
      ...(text === undefined ? {} : { text: loosely(fieldsOf(text)) }),
    };
  };

/** The package repeats a call's `call_id` as its id, and writes an empty one for reasoning without. */
function withOwnId(item: unknown): unknown {
  const { id, ...rest } = fieldsOf(item);
  return id === undefined || id === '' || id === rest['call_id'] ? rest : item;
}

/** The package always asks for strict decoding, which takes closed schemas only (T26). */
function loosely(text: Fields): Fields {
  const { format } = text;
  return fieldsOf(format)['type'] === 'json_schema'
    ? { ...text, format: { ...fieldsOf(format), strict: false } }
    : text;
}
