// Cuts a JSON schema down to the OpenAPI subset that Gemini's older endpoints take (T111): references are inlined, what
// has an equivalent is rewritten, the rest is left out. A schema that says less is better than a refused request.
import { isFields, type Fields } from './fields.ts';

/** Deeper than any real tool; a schema that refers to itself ends here. */
const DEEPEST = 24;

const kept = [
  'title',
  'description',
  'minItems',
  'maxItems',
  'minProperties',
  'maxProperties',
  'minLength',
  'maxLength',
  'pattern',
  'minimum',
  'maximum',
] as const;

const formats: Readonly<Record<string, readonly string[]>> = {
  string: ['enum', 'date-time'],
  integer: ['int32', 'int64'],
  number: ['float', 'double'],
};

export function plainSchema(schema: Fields): Fields {
  return new SchemaCutter(schema).cut(schema, 0);
}

class SchemaCutter {
  readonly #root: Fields;

  constructor(root: Fields) {
    this.#root = root;
  }

  cut(given: unknown, depth: number): Fields {
    if (!isFields(given) || depth > DEEPEST) return { type: 'object' };
    const schema = this.#merged(this.#resolved(given), depth);
    const { type, nullable, choices } = typesOf(schema);
    if (choices !== null) {
      const anyOf = choices.map((choice) => this.cut({ ...schema, type: choice }, depth + 1));
      return { anyOf, ...(nullable ? { nullable: true } : {}) };
    }
    const result: Record<string, unknown> = {};
    if (type !== null) result['type'] = type;
    if (nullable || schema['nullable'] === true) result['nullable'] = true;
    for (const key of kept) if (schema[key] !== undefined) result[key] = schema[key];
    addBounds(result, schema, type);
    addFormat(result, schema, type);
    addChoices(result, schema, type);
    this.#addParts(result, schema, depth);
    return result;
  }

  #addParts(result: Record<string, unknown>, schema: Fields, depth: number): void {
    if (isFields(schema['properties'])) {
      const properties: Record<string, unknown> = {};
      for (const [name, value] of Object.entries(schema['properties']))
        properties[name] = this.cut(value, depth + 1);
      result['properties'] = properties;
    }
    if (Array.isArray(schema['required'])) {
      const properties = isFields(result['properties']) ? result['properties'] : {};
      const required = schema['required'].filter(
        (name) => typeof name === 'string' && Object.hasOwn(properties, name),
      );
      if (required.length > 0) result['required'] = required;
    }
    if (result['type'] === 'array') {
      const items: unknown = Array.isArray(schema['items']) ? schema['items'][0] : schema['items'];
      result['items'] = isFields(items) ? this.cut(items, depth + 1) : { type: 'string' };
    }
    const alternatives: unknown = schema['anyOf'] ?? schema['oneOf'];
    if (!Array.isArray(alternatives)) return;
    const real = alternatives.filter((choice) => !(isFields(choice) && choice['type'] === 'null'));
    if (real.length < alternatives.length) result['nullable'] = true;
    const cut = real.map((choice) => this.cut(choice, depth + 1));
    if (cut.length === 1) Object.assign(result, { ...cut[0], ...result });
    else if (cut.length > 1) result['anyOf'] = cut;
  }

  /** The schema a `$ref` of this document points to, with what stands beside the reference on top. */
  #resolved(schema: Fields): Fields {
    let current = schema;
    for (let step = 0; step < DEEPEST && typeof current['$ref'] === 'string'; step++) {
      const { $ref, ...beside } = current;
      const target = this.#lookUp($ref);
      if (target === null) return beside;
      current = { ...target, ...beside };
    }
    return current;
  }

  #lookUp(reference: string): Fields | null {
    if (!reference.startsWith('#')) return null;
    let found: unknown = this.#root;
    for (const step of reference.slice(1).split('/').slice(1)) {
      const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
      if (!isFields(found) || !Object.hasOwn(found, key)) return null;
      found = found[key];
    }
    return isFields(found) ? found : null;
  }

  /** `allOf` as one schema: properties and required names together, of other words the first. */
  #merged(schema: Fields, depth: number): Fields {
    const parts = schema['allOf'];
    if (!Array.isArray(parts) || depth > DEEPEST) return schema;
    let merged: Fields = schema;
    for (const part of parts) {
      if (!isFields(part)) continue;
      const other = this.#merged(this.#resolved(part), depth + 1);
      const properties = { ...asRecord(other['properties']), ...asRecord(merged['properties']) };
      const required = [...asArray(merged['required']), ...asArray(other['required'])];
      merged = {
        ...other,
        ...merged,
        ...(Object.keys(properties).length > 0 ? { properties } : {}),
        ...(required.length > 0 ? { required: [...new Set(required)] } : {}),
      };
    }
    return merged;
  }
}

const asRecord = (value: unknown): Fields => (isFields(value) ? value : {});
const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

interface Types {
  readonly type: string | null;
  readonly nullable: boolean;
  /** More than one type besides null. */
  readonly choices: readonly string[] | null;
}

function typesOf(schema: Fields): Types {
  const { type } = schema;
  if (Array.isArray(type)) {
    const named = type.filter((name): name is string => typeof name === 'string' && name !== 'null');
    const nullable = type.includes('null');
    if (named.length > 1) return { type: null, nullable, choices: named };
    return { type: named[0] ?? 'string', nullable, choices: null };
  }
  if (typeof type === 'string') return { type, nullable: false, choices: null };
  if (isFields(schema['properties'])) return { type: 'object', nullable: false, choices: null };
  if (schema['items'] !== undefined) return { type: 'array', nullable: false, choices: null };
  if (typeof schema['const'] === 'string') return { type: 'string', nullable: false, choices: null };
  if (Array.isArray(schema['enum'])) return { type: 'string', nullable: false, choices: null };
  return { type: null, nullable: false, choices: null };
}

function addBounds(result: Record<string, unknown>, schema: Fields, type: string | null): void {
  const step = type === 'integer' ? 1 : 0;
  const { exclusiveMinimum: above, exclusiveMaximum: below } = schema;
  if (typeof above === 'number')
    result['minimum'] = Math.max(above + step, numberOr(schema['minimum'], -Infinity));
  if (typeof below === 'number')
    result['maximum'] = Math.min(below - step, numberOr(schema['maximum'], Infinity));
}

const numberOr = (value: unknown, otherwise: number): number =>
  typeof value === 'number' ? value : otherwise;

function addFormat(result: Record<string, unknown>, schema: Fields, type: string | null): void {
  const { format } = schema;
  if (typeof format === 'string' && formats[type ?? '']?.includes(format) === true) result['format'] = format;
}

function addChoices(result: Record<string, unknown>, schema: Fields, type: string | null): void {
  if (type !== 'string') return;
  if (typeof schema['const'] === 'string') result['enum'] = [schema['const']];
  const choices = asArray(schema['enum']).filter((choice) => typeof choice === 'string');
  if (choices.length > 0) result['enum'] = choices;
}
