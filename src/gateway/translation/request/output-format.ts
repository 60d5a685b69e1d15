// Structured output (T26): the schema a client wants its answer in. It is passed on as written; where a provider's strict
// decoding would refuse it, it is a guide instead, and where a model has no structured output, an instruction.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { asFields, isFields, optionalFields, optionalString, type Fields } from './fields.ts';
import type { Reading } from './reading.ts';

export interface OutputFormat {
  readonly responseFormat: NonNullable<LanguageModelV4CallOptions['responseFormat']> | null;
  /** True when strict decoding takes the schema; null without structured output. */
  readonly strict: boolean | null;
  readonly instruction: string | null;
}

const none: OutputFormat = { responseFormat: null, strict: null, instruction: null };
const legalName = /^[a-zA-Z0-9_-]{1,64}$/;

export function readOutputFormat(body: Fields, reading: Reading): OutputFormat {
  const outputConfig = optionalFields(body['output_config'], 'output_config');
  for (const key of Object.keys(outputConfig ?? {})) {
    if (key !== 'effort' && key !== 'format' && outputConfig?.[key] !== null)
      reading.dropped.add(`output_config.${key}`);
  }
  const inConfig = outputConfig?.['format'];
  const field = isFields(inConfig) ? 'output_config.format' : 'output_format';
  const format = optionalFields(inConfig ?? body['output_format'], field);
  if (format === null) return none;
  if (format['type'] !== 'json_schema') {
    reading.dropped.add(field);
    return none;
  }
  const schema = asFields(format['schema'], `${field}.schema`);
  if (!reading.target.traits.structuredOutput) {
    reading.dropped.add(field);
    const instruction = `Answer with JSON only, without a code fence, that fits this JSON schema:\n${JSON.stringify(schema)}`;
    return { ...none, instruction };
  }
  const given = optionalString(format['name']);
  const name = given !== null && legalName.test(given) ? given : 'answer';
  return {
    responseFormat: { type: 'json', name, schema: schema },
    strict: isStrict(schema),
    instruction: null,
  };
}

/** Every object of the schema is closed and requires all its properties. */
function isStrict(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isStrict);
  if (!isFields(value)) return true;
  const { properties } = value;
  if (value['type'] === 'object' || isFields(properties)) {
    const names = isFields(properties) ? Object.keys(properties) : [];
    const required: readonly unknown[] = Array.isArray(value['required']) ? value['required'] : [];
    if (value['additionalProperties'] !== false || !names.every((name) => required.includes(name)))
      return false;
    if (isFields(properties) && !Object.values(properties).every(isStrict)) return false;
  }
  const nested = ['items', 'anyOf', 'oneOf', 'allOf'].map((key) => value[key]);
  const definitions = [value['$defs'], value['definitions']]
    .filter(isFields)
    .flatMap((group) => Object.values(group));
  return [...nested, ...definitions].every(isStrict);
}
