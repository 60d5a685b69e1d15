// Narrow readers of a parsed Messages body. They look at what is used and pass over the rest, so that a field of
// tomorrow never fails a request of today; what is wrong is said with the path of the field, as Anthropic does.
import { GatewayError } from '../../gateway-error.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** A 400 that names the field. `sentence` says what is wrong and what to send. */
export function invalid(field: string, sentence: string): GatewayError {
  return new GatewayError('REQUEST_INVALID', `${field}: ${sentence}`);
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function asFields(value: unknown, field: string): Fields {
  if (isFields(value)) return value;
  throw invalid(field, 'Input should be an object.');
}

/** Absent and null count as nothing. */
export function optionalFields(value: unknown, field: string): Fields | null {
  return value === undefined || value === null ? null : asFields(value, field);
}

export function asString(value: unknown, field: string): string {
  if (typeof value === 'string') return value;
  throw invalid(field, 'Input should be a string.');
}

export function optionalString(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

export function optionalNumber(value: unknown, field: string): number | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalid(field, 'Input should be a number.');
}

export function asList(value: unknown, field: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw invalid(field, 'Input should be a list.');
}

/** Absent and null count as an empty list. */
export function optionalList(value: unknown, field: string): readonly unknown[] {
  return value === undefined || value === null ? [] : asList(value, field);
}

/** Content as a list of blocks: text may stand for a single text block, and nothing for none. */
export function readBlocks(content: unknown, field: string): readonly Fields[] {
  if (typeof content === 'string') return [{ type: 'text', text: content }];
  return optionalList(content, field).map((block, index) => asFields(block, `${field}.${index}`));
}

export function stringsOf(value: unknown): readonly string[] | null {
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : null;
}
