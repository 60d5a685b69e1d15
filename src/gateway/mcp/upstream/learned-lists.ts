// What was learned of a server: its lists as texts, checked one by one, and its instructions. Kept while the server is
// down, and across restarts (R18).
import { z } from 'zod';
import { checkEntry, checkTool } from '../catalogue/check-definition.ts';
import type { CheckedDefinition, EntryKey } from '../catalogue/check-definition.ts';
import { isObject, parseJson } from '../wire/message.ts';
import type { JsonObject } from '../wire/message.ts';

export const LearnedLists = z.object({
  /** Of the settings it was learned with; other settings may mean another server. */
  fingerprint: z.string(),
  learnedAt: z.number(),
  era: z.enum(['modern', 'legacy']),
  version: z.string(),
  serverName: z.string().nullable(),
  serverVersion: z.string().nullable(),
  instructions: z.string().nullable(),
  tools: z.array(z.string()),
  prompts: z.array(z.string()),
  resources: z.array(z.string()),
  templates: z.array(z.string()),
});
export type LearnedLists = z.infer<typeof LearnedLists>;

export interface ToolEntry {
  readonly checked: CheckedDefinition;
  readonly value: JsonObject;
}

/** All tools in the server's order; of two with one name the second is set aside (R14). */
export function readTools(texts: readonly string[]): readonly ToolEntry[] {
  const refuseTwin = createTwinCheck('tool');
  return texts.map((text) => {
    const value = parseJson(text);
    return { checked: refuseTwin(checkTool(text, value)), value: isObject(value) ? value : {} };
  });
}

/** Prompts, resources or templates in the server's order. */
export function readEntries(texts: readonly string[], key: EntryKey): readonly CheckedDefinition[] {
  const refuseTwin = createTwinCheck('entry');
  return texts.map((text) => refuseTwin(checkEntry(text, parseJson(text), key)));
}

function createTwinCheck(kind: string): (checked: CheckedDefinition) => CheckedDefinition {
  const seen = new Set<string>();
  return (checked) => {
    if (!checked.ok) return checked;
    if (seen.has(checked.name)) {
      return { ok: false, name: checked.name, reason: `another ${kind} of this server has the same name` };
    }
    seen.add(checked.name);
    return checked;
  };
}
