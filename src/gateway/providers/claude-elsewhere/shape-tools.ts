// The tools of a request as a place takes them: those it runs itself renamed or refused, fields it does not know taken out.
// Pure.
import type { BodyRules } from './body-rules.ts';
import type { Feature } from './features.ts';
import type { JsonEdits, JsonText, Range } from './json-text.ts';
import type { LeftOut } from './shape-body.ts';
import { stripCacheControl } from './shape-messages.ts';

export interface ShapedTools {
  /** A sentence when the request wants a tool that the place does not run. */
  readonly refusal: string | null;
  /** True when no tool is left. */
  readonly emptied: boolean;
}

interface Tool extends Range {
  readonly type: string;
  readonly name: string;
}

export function shapeTools(
  json: JsonText,
  tools: Range,
  rules: BodyRules,
  leftOut: LeftOut,
  edits: JsonEdits,
): ShapedTools {
  const all = json.items(tools).map((item) => readTool(json, item));
  const { refused, renamed, leftOutBeside } = rules.serverTools;
  const gone = new Set<Tool>();
  for (const tool of all) {
    const beside = Object.entries(leftOutBeside).find(([type]) => tool.type.startsWith(type))?.[1];
    if (beside !== undefined && all.some((other) => other.type.startsWith(beside))) {
      gone.add(tool);
      continue;
    }
    if (refused.some((type) => tool.type.startsWith(type)))
      return { refusal: refusalOf(tool, rules), emptied: false };
    const feature = leftOut.all.find(({ tools: doomed }) => doomed?.test(tool.type) ?? false);
    const byName = leftOut.all.find(({ tools: doomed }) => doomed?.test(tool.name) ?? false);
    if (feature !== undefined || byName !== undefined) {
      leftOut.note(feature ?? byName);
      gone.add(tool);
      continue;
    }
    shapeTool(json, tool, renamed[tool.type], leftOut, edits);
  }
  const emptied = all.length > 0 && gone.size === all.length;
  if (!emptied) edits.remove(all, (tool) => gone.has(tool));
  return { refusal: null, emptied };
}

function readTool(json: JsonText, item: Range): Tool {
  const text = (name: string): string => {
    const member = json.member(item, name);
    return member === null ? '' : (json.string(member) ?? '');
  };
  return { ...item, type: text('type'), name: text('name') };
}

function shapeTool(
  json: JsonText,
  tool: Tool,
  newType: string | undefined,
  leftOut: LeftOut,
  edits: JsonEdits,
): void {
  const doomed: ReadonlyMap<string, Feature> = leftOut.fields('tool');
  const fields = json.members(tool);
  for (const field of fields) {
    leftOut.note(doomed.get(field.name));
    if (newType !== undefined && field.name === 'type') edits.replace(field, JSON.stringify(newType));
  }
  edits.remove(fields, ({ name }) => doomed.has(name));
  stripCacheControl(json, tool, leftOut, edits);
}

const refusalOf = ({ type }: Tool, { placeName }: BodyRules): string =>
  `${placeName} does not run the tool ${type}: route requests that use it to a provider that does, or take the tool out.`;
