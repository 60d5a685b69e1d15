// The checks that revision 2026-07-28 asks of every request: its `_meta` says version and capabilities, and the headers
// that mirror parts of the body agree with it (R1, R2). Pure.
import { isObject, metaOf } from '../wire/message.ts';
import type { JsonObject, NotificationMessage, RequestMessage } from '../wire/message.ts';
import { errorCodes, metaKeys, MODERN_VERSION, supportedVersions } from '../wire/protocol.ts';
import type { RpcError } from '../wire/protocol.ts';

export interface MirrorHeaders {
  readonly version: string | null;
  readonly method: string | null;
  readonly name: string | null;
}

/** Which parameter `Mcp-Name` repeats. */
const nameSources = new Map([
  ['tools/call', 'name'],
  ['prompts/get', 'name'],
  ['resources/read', 'uri'],
]);

/** True when the message itself claims the modern era; a claim that is not well formed counts too. */
export function claimsModern(params: JsonObject): boolean {
  const meta = metaOf(params);
  return meta !== null && metaKeys.protocolVersion in meta;
}

/** What is wrong with a modern request, or null. Every one of these is answered with status 400. */
export function checkModernRequest(request: RequestMessage, headers: MirrorHeaders): RpcError | null {
  const meta = metaOf(request.params) ?? {};
  const version = meta[metaKeys.protocolVersion];
  if (typeof version !== 'string') return missing(metaKeys.protocolVersion);
  if (headers.version !== null && headers.version !== version)
    return mismatch('MCP-Protocol-Version', headers.version, version);
  if (headers.method !== null && headers.method !== request.method)
    return mismatch('Mcp-Method', headers.method, request.method);
  if (version !== MODERN_VERSION) {
    return {
      code: errorCodes.unsupportedVersion,
      message: 'Unsupported protocol version',
      data: { supported: supportedVersions, requested: version },
    };
  }
  if (!isObject(meta[metaKeys.clientCapabilities])) return missing(metaKeys.clientCapabilities);
  if (headers.version === null) return absent('MCP-Protocol-Version');
  if (headers.method === null) return absent('Mcp-Method');
  return checkName(request, headers.name);
}

/** Notifications need no headers, but what they carry must agree. */
export function checkModernNotification(
  { method, params }: NotificationMessage,
  headers: MirrorHeaders,
): RpcError | null {
  const version = metaOf(params)?.[metaKeys.protocolVersion];
  if (version !== undefined && typeof version !== 'string') return missing(metaKeys.protocolVersion);
  if (version !== undefined && headers.version !== null && headers.version !== version)
    return mismatch('MCP-Protocol-Version', headers.version, version);
  if (headers.method !== null && headers.method !== method)
    return mismatch('Mcp-Method', headers.method, method);
  return null;
}

function checkName(request: RequestMessage, header: string | null): RpcError | null {
  const source = nameSources.get(request.method);
  if (source === undefined) return null;
  const value = request.params[source];
  if (typeof value !== 'string') return null;
  if (header === null) return absent('Mcp-Name');
  const decoded = decodeHeaderValue(header);
  if (decoded === null) {
    return {
      code: errorCodes.headerMismatch,
      message: 'Header mismatch: Mcp-Name carries an invalid Base64 value',
    };
  }
  return decoded === value ? null : mismatch('Mcp-Name', header, value);
}

const SENTINEL = /^=\?base64\?(.*)\?=$/s;

/** Header values that are not plain ASCII come as Base64 between markers. Null when that is broken. */
export function decodeHeaderValue(header: string): string | null {
  const match = SENTINEL.exec(header);
  if (match === null) return header;
  const encoded = match[1] ?? '';
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(encoded) || encoded.length % 4 !== 0) return null;
  const bytes = Buffer.from(encoded, 'base64');
  const text = bytes.toString('utf8');
  return Buffer.from(text).equals(bytes) ? text : null;
}

/** The same the other way: how a value must be written into a header. */
export function encodeHeaderValue(value: string): string {
  const plain = /^[\x21-\x7e]([\x20-\x7e\t]*[\x21-\x7e])?$/.test(value) && !SENTINEL.test(value);
  return plain || value === '' ? value : `=?base64?${Buffer.from(value).toString('base64')}?=`;
}

const missing = (key: string): RpcError => ({
  code: errorCodes.invalidParams,
  message: `Invalid params: the request's _meta needs ${key}`,
  data: { missing: [key] },
});

const absent = (header: string): RpcError => ({
  code: errorCodes.headerMismatch,
  message: `Header mismatch: ${header} is missing`,
});

const mismatch = (header: string, value: string, body: string): RpcError => ({
  code: errorCodes.headerMismatch,
  message: `Header mismatch: ${header} says '${value}', the body says '${body}'`,
});
