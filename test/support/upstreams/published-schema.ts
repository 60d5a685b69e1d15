// Validates against the cut-down published schemas in test/fixtures/dialects/schemas and says the first violation in
// the words OpenAI's API uses, with the parameter's path.
import { readFileSync } from 'node:fs';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';
import { isObject, Refusal } from './refusal.ts';

const folder = new URL('../../fixtures/dialects/schemas/', import.meta.url);

/** The definitions of one schema file, each ready to judge a value. */
export interface PublishedSchema {
  /** Throws a Refusal when `value` is not what definition `name` allows; `path` names the value in messages. */
  check(name: string, value: unknown, path: string): void;
}

function parameterPath(base: string, pointer: string): string {
  let path = base;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (/^\d+$/.test(key)) path += `[${key}]`;
    else path += path === '' ? key : `.${key}`;
  }
  return path;
}

function valueAt(value: unknown, pointer: string): unknown {
  let at = value;
  for (const part of pointer.split('/').slice(1)) {
    if (Array.isArray(at)) at = at[Number(part)];
    else if (isObject(at)) at = at[part.replaceAll('~1', '/').replaceAll('~0', '~')];
  }
  return at;
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'an integer' : 'a decimal';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

const wanted: Readonly<Record<string, string>> = {
  string: 'a string',
  number: 'a decimal',
  integer: 'an integer',
  boolean: 'a boolean',
  array: 'an array',
  object: 'an object',
  null: 'null',
};

function quoted(values: readonly unknown[]): string {
  const names = values.filter((value) => typeof value === 'string').map((value) => `'${value}'`);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')}${names.length > 1 ? ',' : ''} and ${last}`;
}

/** How well an error explains a failure: deeper is better, and a failed alternative explains nothing. */
function weight(error: ErrorObject): number {
  const depth = error.instancePath.split('/').length * 10;
  if (error.keyword === 'anyOf') return -100 + depth;
  if (error.keyword === 'type') {
    const { type } = error.params as { type: unknown };
    return depth + (type === 'null' ? -50 : 0);
  }
  return depth + (error.keyword === 'enum' && error.instancePath.endsWith('/type') ? 1 : 5);
}

function sized(error: ErrorObject, path: string, value: unknown): Refusal {
  const { limit } = error.params as { limit: number };
  const bad = (code: string, message: string): Refusal =>
    new Refusal(400, `Invalid '${path}': ${message}`, { code, param: path });
  const text = typeof value === 'string' ? value.length : Array.isArray(value) ? value.length : Number(value);
  const number = Number.isInteger(value) ? 'integer' : 'decimal';
  switch (error.keyword) {
    case 'minimum':
      return bad(
        `${number}_below_min_value`,
        `${number} below minimum value. Expected a value >= ${limit}, but got ${text} instead.`,
      );
    case 'maximum':
      return bad(
        `${number}_above_max_value`,
        `${number} above maximum value. Expected a value <= ${limit}, but got ${text} instead.`,
      );
    case 'maxLength':
      return bad(
        'string_above_max_length',
        `string too long. Expected a string with maximum length ${limit}, but got a string with length ${text} instead.`,
      );
    case 'minLength':
      return bad(
        'empty_string',
        `empty string. Expected a string with minimum length ${limit}, but got an empty string instead.`,
      );
    case 'maxItems':
      return bad(
        'array_above_max_length',
        `array too long. Expected an array with maximum length ${limit}, but got an array with length ${text} instead.`,
      );
    default:
      return bad(
        'empty_array',
        `empty array. Expected an array with minimum length ${limit}, but got an empty array instead.`,
      );
  }
}

function refusalFor(error: ErrorObject, base: string, whole: unknown): Refusal {
  const path = parameterPath(base, error.instancePath);
  const value = valueAt(whole, error.instancePath);
  const inside = (name: string): string => (path === '' ? name : `${path}.${name}`);
  switch (error.keyword) {
    case 'additionalProperties': {
      const param = inside((error.params as { additionalProperty: string }).additionalProperty);
      return new Refusal(400, `Unknown parameter: '${param}'.`, { code: 'unknown_parameter', param });
    }
    case 'required': {
      const param = inside((error.params as { missingProperty: string }).missingProperty);
      return new Refusal(400, `Missing required parameter: '${param}'.`, {
        code: 'missing_required_parameter',
        param,
      });
    }
    case 'enum': {
      const allowed = (error.params as { allowedValues: readonly unknown[] }).allowedValues;
      return new Refusal(
        400,
        `Invalid value: '${typeof value === 'string' ? value : JSON.stringify(value)}'. Supported values are: ${quoted(allowed)}.`,
        { code: 'invalid_value', param: path },
      );
    }
    case 'type': {
      const { type } = error.params as { type: string | readonly string[] };
      const names = [type].flat().filter((name) => name !== 'null');
      const expected = names.map((name) => wanted[name] ?? name).join(' or ');
      return new Refusal(
        400,
        `Invalid type for '${path}': expected ${expected}, but got ${kindOf(value)} instead.`,
        { code: 'invalid_type', param: path },
      );
    }
    case 'pattern': {
      const { pattern } = error.params as { pattern: string };
      return new Refusal(
        400,
        `Invalid '${path}': string does not match pattern. Expected a string that matches the pattern '${pattern}'.`,
        { code: 'invalid_value', param: path },
      );
    }
    case 'format':
      return new Refusal(
        400,
        `Invalid '${path}'. Expected a valid URL, but got a value with an invalid format.`,
        { code: 'invalid_value', param: path },
      );
    case 'anyOf':
      return new Refusal(400, `Invalid value for '${path}'.`, { code: 'invalid_value', param: path });
    default:
      return sized(error, path, value);
  }
}

/** Reads a schema file once; definitions are compiled when first used. */
export function publishedSchema(file: string): PublishedSchema {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateFormats: true });
  formats.default(ajv, { mode: 'fast', formats: ['uri'] });
  ajv.addSchema(JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as object, file);
  const compiled = new Map<string, ValidateFunction>();
  return {
    check(name, value, path) {
      let validate = compiled.get(name);
      if (validate === undefined) {
        validate = ajv.compile({ $ref: `${file}#/$defs/${name}` });
        compiled.set(name, validate);
      }
      if (validate(value)) return;
      const [worst] = [...(validate.errors ?? [])].sort((a, b) => weight(b) - weight(a));
      if (worst !== undefined) throw refusalFor(worst, path, value);
    },
  };
}
