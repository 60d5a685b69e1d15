// Tool declarations of a request (T14, T15, T27, T28, T98). The client's own tools become functions; Anthropic's server
// tools, known by the prefix of their type, become the provider's own search or are taken out with a visible note.
import type { LanguageModelV4FunctionTool, LanguageModelV4ProviderTool } from '@ai-sdk/provider';
import type { ToolNames, WebSearchAsked } from '../types.ts';
import {
  asFields,
  asString,
  isFields,
  optionalFields,
  optionalList,
  optionalString,
  stringsOf,
  type Fields,
} from './fields.ts';
import { plainSchema } from './plain-schema.ts';
import type { Reading } from './reading.ts';

/** Claude Code's stand-in for the tools its search has not loaded yet; it is never called. */
const PLACEHOLDER = 'DeferredToolPlaceholder';

/** Beginnings of the types of tools that Anthropic defines; they have no schema of their own. */
const anthropicTypes = [
  'web_search_',
  'web_fetch_',
  'code_execution_',
  'tool_search_tool_',
  'computer_',
  'bash_',
  'text_editor_',
  'memory_',
  'advisor_',
  'mcp_toolset',
];

export interface DeclaredTool {
  readonly name: string;
  readonly fields: Fields;
  readonly field: string;
  /** The type of a tool that Anthropic defines; null for the client's own. */
  readonly anthropicType: string | null;
}

/** All declarations, read but not judged. */
export function readDeclarations(body: Fields): readonly DeclaredTool[] {
  const seen = new Set<string>();
  const tools: DeclaredTool[] = [];
  for (const [index, entry] of optionalList(body['tools'], 'tools').entries()) {
    const field = `tools.${index}`;
    const fields = asFields(entry, field);
    const anthropicType = anthropicTypeOf(fields);
    const name =
      anthropicType === null ? asString(fields['name'], `${field}.name`) : nameOf(fields, anthropicType);
    if (name === PLACEHOLDER || seen.has(name)) continue;
    seen.add(name);
    tools.push({ name, fields, field, anthropicType });
  }
  return tools;
}

/** A client's tool that is merely called like a server tool has a schema or no type (T27). */
function anthropicTypeOf(tool: Fields): string | null {
  const type = optionalString(tool['type']);
  if (type === null || type === 'custom' || type === 'function') return null;
  if (anthropicTypes.some((prefix) => type.startsWith(prefix))) return type;
  return isFields(tool['input_schema']) ? null : type;
}

const nameOf = (tool: Fields, type: string): string =>
  optionalString(tool['name']) ?? optionalString(tool['mcp_server_name']) ?? type;

export interface SentTools {
  readonly tools: readonly (LanguageModelV4FunctionTool | LanguageModelV4ProviderTool)[];
  /** Name as asked → name as sent, for every tool that survived. */
  readonly sentNames: ReadonlyMap<string, string>;
  /** Names of tools that had to be taken out. */
  readonly removed: readonly string[];
  readonly properties: ReadonlyMap<string, ReadonlySet<string>>;
}

export function translateTools(declared: readonly DeclaredTool[], reading: Reading): SentTools {
  const { traits } = reading.target;
  const tools: (LanguageModelV4FunctionTool | LanguageModelV4ProviderTool)[] = [];
  const sentNames = new Map<string, string>();
  const removed: string[] = [];
  const properties = new Map<string, ReadonlySet<string>>();
  for (const tool of declared) {
    reading.dropped.addCacheControl(tool.fields);
    const sent = tool.anthropicType === null ? null : serverTool(tool, reading);
    if (sent !== null) {
      tools.push(sent);
      sentNames.set(tool.name, sent.name);
    } else if (tool.anthropicType !== null || !traits.tools) {
      removed.push(tool.name);
      reading.dropped.add(tool.anthropicType === null ? 'tools' : tool.name);
    } else {
      const made = functionTool(tool, reading);
      tools.push(made);
      sentNames.set(tool.name, made.name);
      properties.set(tool.name, propertiesOf(tool.fields['input_schema']));
    }
  }
  return { tools, sentNames, removed, properties };
}

function serverTool(tool: DeclaredTool, { target }: Reading): LanguageModelV4ProviderTool | null {
  return tool.anthropicType?.startsWith('web_search_') === true
    ? target.traits.webSearch(readWebSearch(tool))
    : null;
}

function readWebSearch({ name, fields, field }: DeclaredTool): WebSearchAsked {
  const maxUses = fields['max_uses'];
  return {
    name,
    maxUses: typeof maxUses === 'number' ? maxUses : null,
    allowedDomains: stringsOf(fields['allowed_domains']),
    blockedDomains: stringsOf(fields['blocked_domains']),
    userLocation: optionalFields(fields['user_location'], `${field}.user_location`),
  };
}

function functionTool(
  { name, fields, field }: DeclaredTool,
  { target, names, dropped }: Reading,
): LanguageModelV4FunctionTool {
  const schema = completeSchema(optionalFields(fields['input_schema'], `${field}.input_schema`));
  const description = optionalString(fields['description']);
  if (fields['strict'] === true) dropped.add('strict');
  if (Array.isArray(fields['input_examples'])) dropped.add('input_examples');
  return {
    type: 'function',
    name: names.sent(name),
    ...(description === null ? {} : { description }),
    inputSchema: target.traits.plainSchemas ? plainSchema(schema) : schema,
  };
}

/** A root that says it is an object (T15); nothing below the root is touched. */
function completeSchema(schema: Fields | null): Fields {
  if (schema === null) return { type: 'object', properties: {} };
  const typed: Fields =
    schema['type'] === undefined || schema['type'] === null ? { ...schema, type: 'object' } : schema;
  const hasParts = ['properties', 'anyOf', 'oneOf', 'allOf', '$ref'].some((key) => typed[key] !== undefined);
  return typed['type'] === 'object' && !hasParts ? { ...typed, properties: {} } : typed;
}

function propertiesOf(schema: unknown): ReadonlySet<string> {
  return new Set(isFields(schema) && isFields(schema['properties']) ? Object.keys(schema['properties']) : []);
}

/** The text that stands where the model reads "tool loaded" (T98). */
export function loadedToolText(block: Fields, names: ToolNames): string {
  const name = optionalString(block['tool_name']);
  return name === null ? '' : `[loaded tool: ${names.sent(name)}]`;
}
