// The conversation as a place takes it. Only what a feature left out demands is touched; blocks of thinking and all text
// stay as they were written. Pure.
import type { Feature } from './features.ts';
import type { JsonEdits, JsonText, Member, Range } from './json-text.ts';
import type { LeftOut } from './shape-body.ts';

interface Plan {
  readonly json: JsonText;
  readonly edits: JsonEdits;
  readonly leftOut: LeftOut;
  readonly fields: ReadonlyMap<string, Feature>;
  readonly systemRole: Feature | undefined;
  readonly toolReferences: Feature | undefined;
  readonly cacheControl: boolean;
}

export function shapeMessages(json: JsonText, messages: Range, leftOut: LeftOut, edits: JsonEdits): void {
  const plan: Plan = {
    json,
    edits,
    leftOut,
    fields: leftOut.fields('message'),
    systemRole: leftOut.all.find((feature) => feature.systemRole === true),
    toolReferences: leftOut.all.find((feature) => feature.toolReferences === true),
    cacheControl: leftOut.fields('cacheControl').size > 0,
  };
  const looksInside = plan.toolReferences !== undefined || plan.cacheControl;
  if (plan.fields.size === 0 && plan.systemRole === undefined && !looksInside) return;
  const all = json.items(messages);
  const gone = new Set<Range>();
  for (const message of all) {
    const fields = json.members(message);
    if (isEmptySystemMessage(plan, fields)) {
      gone.add(message);
      continue;
    }
    shapeMessage(plan, fields);
    const content = fields.findLast(({ name }) => name === 'content');
    if (content !== undefined && looksInside) shapeContent(plan, content);
  }
  edits.remove(all, (message) => gone.has(message));
}

function shapeMessage(
  { json, edits, leftOut, fields: doomed, systemRole }: Plan,
  fields: readonly Member[],
): void {
  for (const field of fields) {
    leftOut.note(doomed.get(field.name));
    if (systemRole === undefined || field.name !== 'role' || json.string(field) !== 'system') continue;
    leftOut.note(systemRole);
    edits.replace(field, '"user"');
  }
  edits.remove(fields, ({ name }) => doomed.has(name));
}

/** A system message may say nothing; a user's may not. */
function isEmptySystemMessage({ json, systemRole }: Plan, fields: readonly Member[]): boolean {
  if (systemRole === undefined) return false;
  const role = fields.findLast(({ name }) => name === 'role');
  const content = fields.findLast(({ name }) => name === 'content');
  if (role === undefined || content === undefined || json.string(role) !== 'system') return false;
  return json.isArray(content) ? json.items(content).length === 0 : json.string(content) === '';
}

function shapeContent(plan: Plan, content: Range): void {
  const { json, edits, leftOut, toolReferences, cacheControl } = plan;
  for (const block of json.items(content)) {
    const fields = json.members(block);
    const type = fields.findLast(({ name }) => name === 'type');
    const kind = type === undefined ? null : json.string(type);
    if (kind === 'tool_reference' && toolReferences !== undefined) {
      leftOut.note(toolReferences);
      edits.replace(block, JSON.stringify({ type: 'text', text: sayLoaded(json, block) }));
      continue;
    }
    if (cacheControl) stripCacheControl(json, block, leftOut, edits);
    const inner = kind === 'tool_result' ? fields.findLast(({ name }) => name === 'content') : undefined;
    if (inner !== undefined) shapeContent(plan, inner);
  }
}

function sayLoaded(json: JsonText, block: Range): string {
  const name = json.member(block, 'tool_name');
  return `The tool ${name === null ? '' : (json.string(name) ?? '')} can be used now.`;
}

/** Takes doomed fields out of a block's or a tool's `cache_control`. */
export function stripCacheControl(json: JsonText, holder: Range, leftOut: LeftOut, edits: JsonEdits): void {
  const doomed = leftOut.fields('cacheControl');
  if (doomed.size === 0) return;
  const control = json.member(holder, 'cache_control');
  if (control === null) return;
  const fields = json.members(control);
  for (const { name } of fields) leftOut.note(doomed.get(name));
  edits.remove(fields, ({ name }) => doomed.has(name));
}
