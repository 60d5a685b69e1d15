// A tool's input schema in the form that all clients and providers take: no choice at its root, no property that is a bare
// true or false, no keyword of a wrong kind (R32). Pure.
import { memberText, memberTexts, withMember } from '../wire/json-text.ts';
import { isObject } from '../wire/message.ts';
import type { JsonObject } from '../wire/message.ts';

const typeNames = new Set(['string', 'number', 'integer', 'boolean', 'object', 'array', 'null']);
const combinators = ['anyOf', 'oneOf', 'allOf'] as const;
/** Keywords whose value is a map of names to schemas, one schema, or a list of schemas. */
const mapKeywords = ['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas'];
const schemaKeywords = [
  'items',
  'additionalProperties',
  'contains',
  'not',
  'if',
  'then',
  'else',
  'propertyNames',
];
const listKeywords = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const SAID_LENGTH = 600;

/** A keyword of a wrong kind makes one client drop the tool and the API refuse the whole session of another. */
export function wrongSchema(schema: unknown): string | null {
  if (typeof schema === 'boolean') return null;
  if (!isObject(schema)) return 'its input schema holds something that is no schema';
  for (const type of [schema['type'] ?? []].flat() as unknown[]) {
    if (typeof type !== 'string' || !typeNames.has(type))
      return `its input schema names an unknown type: ${JSON.stringify(type).slice(0, 40)}`;
  }
  for (const keyword of mapKeywords) {
    const map = schema[keyword];
    if (map !== undefined && !isObject(map)) return `its input schema has a ${keyword} that is no object`;
  }
  const parts = [
    ...mapKeywords.flatMap((keyword) => (isObject(schema[keyword]) ? Object.values(schema[keyword]) : [])),
    ...schemaKeywords.flatMap((keyword) => (schema[keyword] === undefined ? [] : [schema[keyword]].flat())),
    ...listKeywords.flatMap((keyword) =>
      Array.isArray(schema[keyword]) ? (schema[keyword] as unknown[]) : [],
    ),
  ];
  for (const part of parts) {
    const reason = wrongSchema(part);
    if (reason !== null) return reason;
  }
  return null;
}

/** The tool's text with its input schema in that form; untouched when it has it already. */
export function exposedSchema(text: string, tool: JsonObject, schema: JsonObject): string {
  const choices = combinators.filter((keyword) => keyword in schema);
  let schemaText = memberText(text, 'inputSchema') ?? '{}';
  const before = schemaText;
  if (choices.length > 0) schemaText = flattened(schemaText, schema);
  const properties = memberText(schemaText, 'properties');
  if (properties !== null) {
    let plain = properties;
    for (const [name, value] of memberTexts(properties)) {
      if (value === 'true') plain = withMember(plain, name, '{}');
      if (value === 'false') plain = withMember(plain, name, '{"not":{}}');
    }
    if (plain !== properties) schemaText = withMember(schemaText, 'properties', plain);
  }
  if (schemaText === before) return text;
  const exposed = withMember(text, 'inputSchema', schemaText);
  return choices.length === 0 ? exposed : withMember(exposed, 'description', describe(tool, schema, choices));
}

/**
 * Providers refuse a choice at the root of an input schema. Its branches become optional properties, and the rule they
 * stood for is said in words.
 */
function flattened(schemaText: string, schema: JsonObject): string {
  const properties: Record<string, unknown> = {};
  for (const keyword of combinators) {
    const branches = schema[keyword];
    for (const branch of Array.isArray(branches) ? (branches as unknown[]) : []) {
      if (isObject(branch) && isObject(branch['properties'])) Object.assign(properties, branch['properties']);
    }
  }
  let flat = schemaText;
  for (const keyword of combinators) flat = withMember(flat, keyword, null);
  const own = isObject(schema['properties']) ? schema['properties'] : {};
  return withMember(flat, 'properties', JSON.stringify({ ...properties, ...own }));
}

function describe(tool: JsonObject, schema: JsonObject, choices: readonly string[]): string {
  const rules = choices.map(
    (keyword) => `${keyword}: ${JSON.stringify(schema[keyword]).slice(0, SAID_LENGTH)}`,
  );
  const description = typeof tool['description'] === 'string' ? `${tool['description']}\n` : '';
  return JSON.stringify(`${description}Input constraint: ${rules.join('; ')}`);
}
