// What changes in a request's parameters between a client and a server: the name, and the parts of `_meta` that belong to
// one hop only. Everything else keeps its bytes (R29). Pure.
import { memberText, memberTexts, withMember } from './wire/json-text.ts';
import { isObject, metaOf } from './wire/message.ts';
import type { JsonObject } from './wire/message.ts';
import { metaKeys, MODERN_VERSION } from './wire/protocol.ts';
import type { LogLevel } from './wire/protocol.ts';

/** Said anew on every hop. */
const hopKeys: readonly string[] = [
  metaKeys.protocolVersion,
  metaKeys.clientInfo,
  metaKeys.clientCapabilities,
  metaKeys.logLevel,
  'progressToken',
];

interface Hop {
  readonly era: 'modern' | 'legacy';
  readonly clientInfo: object;
  readonly logLevel: LogLevel | null;
}

/** The client's `_meta` without its hop's keys, with those of the hop to the server. */
export function relayParams(paramsText: string, hop: Hop): string {
  let meta = memberText(paramsText, '_meta') ?? '{}';
  if (!meta.startsWith('{')) meta = '{}';
  for (const key of hopKeys) meta = withMember(meta, key, null);
  if (hop.era === 'modern') {
    meta = withMember(meta, metaKeys.protocolVersion, JSON.stringify(MODERN_VERSION));
    meta = withMember(meta, metaKeys.clientInfo, JSON.stringify(hop.clientInfo));
    meta = withMember(meta, metaKeys.clientCapabilities, '{}');
    if (hop.logLevel !== null) meta = withMember(meta, metaKeys.logLevel, JSON.stringify(hop.logLevel));
  }
  return withMember(paramsText, '_meta', memberTexts(meta).length === 0 ? null : meta);
}

/** The client's progress token as it was written; null when it wants no progress. */
export function progressTokenText(params: JsonObject, paramsText: string): string | null {
  const token = metaOf(params)?.['progressToken'];
  if (typeof token !== 'string' && typeof token !== 'number') return null;
  return memberText(memberText(paramsText, '_meta') ?? '{}', 'progressToken');
}

export function toolUseIdOf(params: JsonObject): string | null {
  const id = metaOf(params)?.[metaKeys.toolUseId];
  return typeof id === 'string' && id !== '' ? id.slice(0, 200) : null;
}

/**
 * Headers by which parameters travel to modern HTTP servers, where the input schema marks them (R34). A value that is
 * absent or null has none.
 */
export function parameterHeaders(inputSchema: unknown, args: unknown): Record<string, string> {
  const headers: Record<string, string> = {};
  collect(inputSchema, args, headers, 0);
  return headers;
}

function collect(schema: unknown, value: unknown, headers: Record<string, string>, depth: number): void {
  if (!isObject(schema) || !isObject(schema['properties']) || !isObject(value) || depth > 16) return;
  for (const [key, property] of Object.entries(schema['properties'])) {
    const given = Object.hasOwn(value, key) ? value[key] : undefined;
    if (!isObject(property) || given === undefined || given === null) continue;
    const name = property['x-mcp-header'];
    if (typeof name === 'string' && /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/.test(name)) {
      if (typeof given === 'string' || typeof given === 'boolean' || isWhole(given))
        headers[`mcp-param-${name.toLowerCase()}`] = String(given);
    } else collect(property, given, headers, depth + 1);
  }
}

const isWhole = (value: unknown): value is number => Number.isSafeInteger(value);
