// JSON-RPC messages as text and as what was understood of them. The text is what is relayed; the parsed value is only
// looked at.
import { memberText } from './json-text.ts';
import type { RpcError } from './protocol.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export type RpcId = string | number;

export interface RequestMessage {
  readonly kind: 'request';
  readonly id: RpcId;
  /** The id as it was written. */
  readonly idText: string;
  readonly method: string;
  readonly params: JsonObject;
  /** The text of `params`; `{}` when there are none. */
  readonly paramsText: string;
}

export interface NotificationMessage {
  readonly kind: 'notification';
  readonly method: string;
  readonly params: JsonObject;
  readonly paramsText: string;
}

export interface ResponseMessage {
  readonly kind: 'response';
  readonly id: RpcId | null;
  /** Text of `result`; null when it is an error. */
  readonly resultText: string | null;
  /** Text of `error`. */
  readonly errorText: string | null;
}

export type Message = RequestMessage | NotificationMessage | ResponseMessage;

export const metaOf = (params: JsonObject): JsonObject | null =>
  isObject(params['_meta']) ? params['_meta'] : null;

/** Understands one message; null when it is none. `value` is what `text` parses to. */
export function readMessage(text: string, value: unknown): Message | null {
  if (!isObject(value) || value['jsonrpc'] !== '2.0') return null;
  const { id, method, params } = value;
  if (typeof method === 'string') {
    if (params !== undefined && !isObject(params)) return null;
    const about = {
      method,
      params: params ?? {},
      paramsText: params === undefined ? '{}' : (memberText(text, 'params') ?? '{}'),
    };
    if (id === undefined) return { kind: 'notification', ...about };
    if (!isId(id)) return null;
    return { kind: 'request', id, idText: memberText(text, 'id') ?? JSON.stringify(id), ...about };
  }
  if (method !== undefined) return null;
  const hasResult = 'result' in value;
  if (!hasResult && !isObject(value['error'])) return null;
  if (id !== undefined && id !== null && !isId(id)) return null;
  return {
    kind: 'response',
    id: isId(id) ? id : null,
    resultText: hasResult ? memberText(text, 'result') : null,
    errorText: hasResult ? null : memberText(text, 'error'),
  };
}

const isId = (value: unknown): value is RpcId => typeof value === 'string' || typeof value === 'number';

/** `undefined` when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export const requestText = (idText: string, method: string, paramsText: string): string =>
  `{"jsonrpc":"2.0","id":${idText},"method":${JSON.stringify(method)},"params":${paramsText}}`;

export const notificationText = (method: string, paramsText?: string): string =>
  `{"jsonrpc":"2.0","method":${JSON.stringify(method)}${paramsText === undefined ? '' : `,"params":${paramsText}`}}`;

export const resultMessage = (idText: string, resultText: string): string =>
  `{"jsonrpc":"2.0","id":${idText},"result":${resultText}}`;

/** `idText` null: the error answers nothing that could be named. */
export const errorMessage = (idText: string | null, errorText: string): string =>
  `{"jsonrpc":"2.0","id":${idText ?? 'null'},"error":${errorText}}`;

export const errorTextOf = (error: RpcError): string => JSON.stringify(error);
