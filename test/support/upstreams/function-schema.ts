// What OpenAI demands of the JSON schema of a function tool, beyond being JSON.
import { asArray, isObject, Refusal, type JsonObject } from './refusal.ts';

function invalid(name: string, reason: string, param: string): Refusal {
  return new Refusal(400, `Invalid schema for function '${name}': ${reason}`, {
    code: 'invalid_function_parameters',
    param,
  });
}

function context(path: readonly string[]): string {
  const shown = path.map((part) => `'${part}'`);
  return `In context=(${shown.length === 1 ? `${shown[0] ?? ''},` : shown.join(', ')})`;
}

function checkNode(name: string, node: JsonObject, path: readonly string[], strict: boolean, param: string) {
  const type = node['type'];
  if (type === 'array' && node['items'] === undefined && node['prefixItems'] === undefined) {
    throw invalid(name, `${context(path)}, array schema missing items.`, param);
  }
  const properties = isObject(node['properties']) ? node['properties'] : null;
  if (strict && type === 'object') {
    if (node['additionalProperties'] !== false) {
      throw invalid(
        name,
        `${context(path)}, 'additionalProperties' is required to be supplied and to be false.`,
        param,
      );
    }
    const required = asArray(node['required']);
    const missing = Object.keys(properties ?? {}).find((key) => !required.includes(key));
    if (missing !== undefined) {
      throw invalid(
        name,
        `${context(path)}, 'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`,
        param,
      );
    }
  }
  for (const [key, child] of Object.entries(properties ?? {})) {
    if (isObject(child)) checkNode(name, child, [...path, 'properties', key], strict, param);
  }
  if (isObject(node['items'])) checkNode(name, node['items'], [...path, 'items'], strict, param);
  for (const word of ['anyOf', 'oneOf', 'allOf']) {
    asArray(node[word]).forEach((child, index) => {
      if (isObject(child)) checkNode(name, child, [...path, word, String(index)], strict, param);
    });
  }
}

/** Throws when the service would refuse the schema; an absent schema is a function without arguments. */
export function checkFunctionSchema(name: string, schema: unknown, strict: boolean, param: string): void {
  if (schema === undefined || schema === null) return;
  if (!isObject(schema)) throw invalid(name, 'schema must be a JSON Schema object.', param);
  if (schema['type'] !== 'object') {
    const got = schema['type'] === undefined ? 'None' : JSON.stringify(schema['type']).replaceAll('"', '');
    throw invalid(name, `schema must be a JSON Schema of 'type: "object"', got 'type: "${got}"'.`, param);
  }
  for (const word of ['anyOf', 'oneOf', 'allOf', 'enum', 'not']) {
    if (schema[word] !== undefined) {
      throw invalid(
        name,
        `schema must have type 'object' and not have 'oneOf'/'anyOf'/'allOf'/'enum'/'not' at the top level.`,
        param,
      );
    }
  }
  if (schema['properties'] === undefined && schema['additionalProperties'] === undefined && !strict) {
    throw invalid(name, `${context([])}, object schema missing properties.`, param);
  }
  checkNode(name, schema, [], strict, param);
}
