// Reads what a provider said from whatever form its error arrived in: an AI SDK error with a body, a frame of a stream,
// an error wrapped by a proxy in between. Nothing is decided here.
import { APICallError, TypeValidationError } from '@ai-sdk/provider';

type Fields = Readonly<Record<string, unknown>>;

export interface ProviderError {
  /** HTTP status, or the one that the error names; null when there is none. */
  readonly status: number | null;
  /** The provider's own sentence; empty when it said nothing. */
  readonly message: string;
  /** Its codes, types and statuses in lower case, separated by blanks. */
  readonly codes: string;
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** Numbers beside the sentence, like llama.cpp's `n_ctx`. */
  readonly fields: Fields;
  /** The whole body as text, for what is said outside the sentence. */
  readonly text: string;
}

const LONGEST_MESSAGE = 4000;

/** Null for an error in which no provider speaks: the network's, the SDK's, our own. */
export function readProviderError(error: unknown): ProviderError | null {
  if (APICallError.isInstance(error)) return readCallError(error);
  if (TypeValidationError.isInstance(error)) {
    // A frame that is no part of an answer may be an error in a shape the package does not know.
    const value = fieldsOf(error.value);
    const isError = value?.['error'] !== undefined || value?.['object'] === 'error';
    return isError ? readBody(value, null, new Map()) : null;
  }
  if (error instanceof Error) return null;
  if (typeof error === 'string') return error === '' ? null : readBody({ message: error }, null, new Map());
  const frame = fieldsOf(error);
  if (frame === null) return null;
  const status = statusOf(frame['statusCode']);
  const data = fieldsOf(frame['data']);
  const inner = data === null ? null : readBody(data, status, new Map());
  return inner !== null && inner.message !== '' ? inner : readBody(frame, status, new Map());
}

function readCallError(error: APICallError): ProviderError | null {
  const headers = new Map(
    Object.entries(error.responseHeaders ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const status = error.statusCode ?? null;
  const text = error.responseBody ?? '';
  const body = parse(text) ?? error.data;
  if (status !== null && status < 400) {
    // A sound status with an error for a body; anything else is an answer that could not be read.
    const fields = fieldsOf(body);
    return fields?.['error'] == null ? null : readBody(fields, null, headers);
  }
  const read = readBody(body, status, headers);
  if (read !== null && read.message !== '') return read;
  if (status === null && text === '') return null;
  const plain = text.trim().startsWith('<') ? '' : text.trim();
  const codes = read?.codes ?? '';
  return { status, message: shorten(plain), codes, headers, fields: read?.fields ?? {}, text };
}

function readBody(
  value: unknown,
  status: number | null,
  headers: ReadonlyMap<string, string>,
): ProviderError | null {
  const body = fieldsOf(Array.isArray(value) ? value[0] : value);
  if (body === null) return null;
  const inner = innerError(body);
  const told = [inner['code'], inner['statusCode'], inner['status'], body['code'], body['status']]
    .map(statusOf)
    .find((code) => code !== null);
  const codes = [...codesOf(inner), ...codesOf(body), headers.get('x-amzn-errortype') ?? ''];
  return {
    status: status ?? told ?? null,
    message: shorten(messageOf(body)),
    codes: codes.join(' ').toLowerCase(),
    headers,
    fields: inner,
    text: JSON.stringify(value),
  };
}

/** The object that has the details: `error`, the failed response's error, or the body itself. */
function innerError(body: Fields): Fields {
  return fieldsOf(body['error']) ?? fieldsOf(fieldsOf(body['response'])?.['error']) ?? body;
}

function codesOf(fields: Fields): string[] {
  const reasons = Array.isArray(fields['details'])
    ? (fields['details'] as unknown[]).map((detail) => fieldsOf(detail)?.['reason'])
    : [];
  const innermost = fieldsOf(fields['innererror'])?.['code'];
  return [fields['code'], fields['type'], fields['status'], fields['__type'], innermost, ...reasons]
    .filter((code) => typeof code === 'string' || typeof code === 'number')
    .map(String);
}

const WRAPPER = /^provider returned error\.?$/i;

/** The sentence, wherever it stands. Gateways that wrap another's error keep it beside their own words. */
function messageOf(value: unknown, depth = 0): string {
  if (typeof value === 'string') return value;
  if (depth > 5) return '';
  if (Array.isArray(value)) return messagesOf(value, depth);
  const fields = fieldsOf(value);
  if (fields === null) return '';
  const own = ['error', 'message', 'Message', 'msg', 'detail', 'errors', 'response']
    .map((key) => messageOf(fields[key], depth + 1))
    .find((message) => message !== '');
  const raw = fieldsOf(fields['metadata'])?.['raw'];
  if (own !== undefined && !WRAPPER.test(own)) return own;
  const wrapped =
    typeof raw === 'string' ? messageOf(parse(raw) ?? raw, depth + 1) : messageOf(raw, depth + 1);
  return wrapped === '' ? (own ?? '') : wrapped;
}

/** Validation errors come as lists; each item names its place. */
function messagesOf(items: readonly unknown[], depth: number): string {
  return items
    .map((item) => {
      const place = fieldsOf(item)?.['loc'];
      const message = messageOf(item, depth + 1);
      return Array.isArray(place) && message !== '' ? `${place.join('.')}: ${message}` : message;
    })
    .filter((message) => message !== '')
    .join('; ');
}

/** An HTTP error status, also as text. */
function statusOf(value: unknown): number | null {
  const status = typeof value === 'string' && /^\d{3}$/.test(value) ? Number(value) : value;
  return typeof status === 'number' && Number.isInteger(status) && status >= 400 && status <= 599
    ? status
    : null;
}

function shorten(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

function fieldsOf(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : null;
}
