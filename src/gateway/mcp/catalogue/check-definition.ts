// Looks at one entry of a list alone: whether clients can take it, and in which form they see it. One that would make a
// client drop the whole list is set aside with a reason; what is only decoration is left out instead (R31, R32, R46). Pure.
import type { z } from 'zod';
import { withMember } from '../wire/json-text.ts';
import { isObject } from '../wire/message.ts';
import type { JsonObject } from '../wire/message.ts';
import * as shapes from './client-schemas.ts';
import { firstProblem } from './client-schemas.ts';
import { exposedSchema, wrongSchema } from './input-schema.ts';

/** `text` is the definition as clients get it, but for its name. */
export type CheckedDefinition =
  | { readonly ok: true; readonly name: string; readonly text: string }
  | { readonly ok: false; readonly name: string; readonly reason: string };

const LARGEST_DEFINITION = 256 * 1024;
const DEEPEST = 128;
const LONGEST_NAME = 512;

export function checkTool(text: string, value: unknown): CheckedDefinition {
  const named = checkName(text, value, 'name');
  if (!named.ok) return named;
  const tool = value as JsonObject;
  const { name } = named;
  const { inputSchema, outputSchema, execution } = tool;
  if (!isObject(inputSchema)) return { ok: false, name, reason: 'it has no input schema' };
  if (inputSchema['type'] !== 'object')
    return { ok: false, name, reason: 'its input schema is not of type "object"' };
  if (isObject(execution) && execution['taskSupport'] === 'required') {
    return { ok: false, name, reason: 'it can only be called as a task, which Tollgate does not relay' };
  }
  const wrong = wrongSchema(inputSchema);
  if (wrong !== null) return { ok: false, name, reason: wrong };
  const exposed = exposedSchema(text, tool, inputSchema);
  const fits = shapes.Tool.safeParse(JSON.parse(exposed));
  if (!fits.success) return { ok: false, name, reason: `clients refuse it: ${firstProblem(fits.error)}` };
  // No client needs these to call the tool, and some drop the whole list for them.
  const keepsOutput = outputSchema === undefined || shapes.OutputSchema.safeParse(outputSchema).success;
  const plain = keepsOutput ? exposed : withMember(exposed, 'outputSchema', null);
  return { ok: true, name, text: withoutBadIcons(plain, tool) };
}

const entryShapes = { name: shapes.Prompt, uri: shapes.Resource, uriTemplate: shapes.ResourceTemplate };
/** The member by which a prompt, a resource or a template is named. */
export type EntryKey = keyof typeof entryShapes;

export function checkEntry(text: string, value: unknown, key: EntryKey): CheckedDefinition {
  const named = checkName(text, value, key);
  if (!named.ok) return named;
  const entry = value as JsonObject;
  const shape: z.ZodType = entryShapes[key];
  const fits = shape.safeParse(entry);
  if (!fits.success)
    return { ok: false, name: named.name, reason: `clients refuse it: ${firstProblem(fits.error)}` };
  const { annotations } = entry;
  const keeps = annotations === undefined || shapes.Annotations.safeParse(annotations).success;
  const plain = keeps ? text : withMember(text, 'annotations', null);
  return { ok: true, name: named.name, text: withoutBadIcons(plain, entry) };
}

function checkName(text: string, value: unknown, key: EntryKey): CheckedDefinition {
  const name = isObject(value) ? value[key] : undefined;
  if (typeof name !== 'string' || name === '' || name.length > LONGEST_NAME * (key === 'name' ? 1 : 8)) {
    const shown = (typeof name === 'string' ? name : (JSON.stringify(name) ?? '')).slice(0, 60);
    return { ok: false, name: shown, reason: `its ${key} is not a text of reasonable length` };
  }
  if (text.length > LARGEST_DEFINITION) return { ok: false, name, reason: 'it is larger than 256 KiB' };
  const wrong = wrongValue(value, 0);
  return wrong === null ? { ok: true, name, text } : { ok: false, name, reason: wrong };
}

/** Numbers beyond all bounds become infinite when they are parsed, which no client takes. */
function wrongValue(value: unknown, depth: number): string | null {
  if (typeof value === 'number') return Number.isFinite(value) ? null : 'it holds a number that is too large';
  if (typeof value !== 'object' || value === null) return null;
  if (depth > DEEPEST) return 'it is nested too deeply';
  for (const part of Object.values(value)) {
    const wrong = wrongValue(part, depth + 1);
    if (wrong !== null) return wrong;
  }
  return null;
}

function withoutBadIcons(text: string, { icons }: JsonObject): string {
  const keeps = icons === undefined || shapes.Icons.safeParse(icons).success;
  return keeps ? text : withMember(text, 'icons', null);
}
