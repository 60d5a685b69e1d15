// A small request beside the calls of a model, like a list of models; a failure looks like a failure of the model.
import { APICallError } from '@ai-sdk/provider';
import type { ModelSetup } from '../../translation/types.ts';

interface Question {
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON by POST; absent: GET. */
  readonly body?: unknown;
}

/** Throws APICallError on a status that is not 2xx and on an answer that is not JSON, and what `fetch` throws. */
export async function getJson(
  { fetch, headers }: Pick<ModelSetup, 'fetch' | 'headers'>,
  url: string,
  question: Question = {},
): Promise<unknown> {
  const response = await fetch(url, {
    method: question.body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...(question.body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
      ...question.headers,
    },
    ...(question.body === undefined ? {} : { body: JSON.stringify(question.body) }),
  });
  const text = await response.text();
  const failed = (message: string): APICallError =>
    new APICallError({
      message,
      url,
      requestBodyValues: question.body ?? {},
      statusCode: response.ok ? 502 : response.status,
      responseHeaders: Object.fromEntries(response.headers),
      responseBody: text,
    });
  if (!response.ok) throw failed(messageIn(text) ?? `The provider answered with status ${response.status}.`);
  try {
    return JSON.parse(text);
  } catch {
    throw failed('The provider answered with something that is not JSON; check its address.');
  }
}

/** The sentence of an error body, whatever its shape. */
export function messageIn(text: string): string | null {
  try {
    const body = fieldsOf(JSON.parse(text));
    const error = fieldsOf(body['error']);
    const found = error['message'] ?? body['message'] ?? body['error'] ?? body['detail'];
    return typeof found === 'string' && found !== '' ? found : null;
  } catch {
    return null;
  }
}

/** Fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
}

/** `Authorization: Bearer`, or nothing without a secret. */
export const bearer = (secret: string | null): Record<string, string> =>
  secret === null || secret === '' ? {} : { authorization: `Bearer ${secret}` };

/** The first of these fields that is a positive number. */
export function firstNumber(
  fields: Readonly<Record<string, unknown>>,
  keys: readonly string[],
): number | null {
  for (const key of keys) {
    const value = fields[key];
    if (typeof value === 'number' && Number.isInteger(value) && value > 0) return value;
  }
  return null;
}
