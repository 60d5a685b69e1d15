// Turns as the messages of the neutral form (T2, T4, T7, T8, T31): after an assistant's calls comes one tool message with
// exactly one result per call, in the order of the calls, and then whatever else the client said.
import type { LanguageModelV4Message, LanguageModelV4Prompt } from '@ai-sdk/provider';
import type { Call } from './assistant-blocks.ts';
import { invalid } from './fields.ts';
import { textPart, type AssistantPart, type Reading, type ToolPart, type UserPart } from './reading.ts';
import { withRequiredThinking } from './replayed-thinking.ts';
import type { AssistantTurn, ClientItem, ClientTurn, Turn } from './turns.ts';
import { orphanParts, splitResult, type ToolResult } from './user-blocks.ts';

const NO_RESULT = '[tool execution was interrupted: there is no result]';

export function buildPrompt(system: string, turns: readonly Turn[], reading: Reading): LanguageModelV4Prompt {
  const prompt: LanguageModelV4Prompt = system === '' ? [] : [{ role: 'system', content: system }];
  let calls: readonly Call[] = [];
  for (const turn of turns) {
    if (turn.role === 'client') {
      prompt.push(...clientMessages(turn, calls, reading));
      calls = [];
    } else {
      addAssistant(prompt, withRequiredThinking(turn.parts, reading));
      calls = turn.calls;
    }
  }
  if (calls.length > 0) prompt.push(...clientMessages({ role: 'client', items: [] }, calls, reading));
  else settlePrefill(prompt, turns.at(-1), reading);
  if (prompt.some((message) => message.role !== 'system')) return prompt;
  throw invalid('messages', 'At least one message with content is required.');
}

/** What stood between two assistant turns may have come to nothing; then they are one. */
function addAssistant(prompt: LanguageModelV4Prompt, parts: readonly AssistantPart[]): void {
  const last = prompt.at(-1);
  if (last?.role === 'assistant') last.content.push(...parts);
  else prompt.push({ role: 'assistant', content: [...parts] });
}

function clientMessages(
  turn: ClientTurn,
  calls: readonly Call[],
  reading: Reading,
): readonly LanguageModelV4Message[] {
  const results = matchResults(turn.items, calls);
  const tool: ToolPart[] = [];
  const files: UserPart[] = [];
  for (const call of calls) {
    const result = results.get(call);
    const { sentId: toolCallId, sentName: toolName } = call;
    const split = result === undefined ? null : splitResult(result, toolName, reading);
    tool.push({
      type: 'tool-result',
      toolCallId,
      toolName,
      output: split?.output ?? { type: 'text', value: NO_RESULT },
    });
    if (split !== null) files.push(...split.files);
  }
  const matched = new Set(results.values());
  const rest = turn.items.flatMap((item): readonly ClientItem[] => {
    if (item.kind !== 'result') return [item];
    return matched.has(item.result) ? [] : orphanParts(item.result).map((part) => ({ kind: 'part', part }));
  });
  const spoken = [...files.map((part): ClientItem => ({ kind: 'part', part })), ...rest];
  return [
    ...(tool.length > 0 ? [{ role: 'tool' as const, content: tool }] : []),
    ...spokenMessages(spoken, reading),
  ];
}

/** The first result for each call; an id that two calls of the turn share is answered in order. */
function matchResults(items: readonly ClientItem[], calls: readonly Call[]): ReadonlyMap<Call, ToolResult> {
  const results = new Map<Call, ToolResult>();
  for (const item of items) {
    if (item.kind !== 'result') continue;
    const call = calls.find((one) => one.id === item.result.callId && !results.has(one));
    if (call !== undefined) results.set(call, item.result);
  }
  return results;
}

/** The client's words in their order; system text in between is a message of its own or a reminder (T2). */
function spokenMessages(
  items: readonly ClientItem[],
  { target }: Reading,
): readonly LanguageModelV4Message[] {
  const messages: LanguageModelV4Message[] = [];
  const say = (part: UserPart): void => {
    const last = messages.at(-1);
    if (last?.role === 'user') addPart(last.content, part);
    else messages.push({ role: 'user', content: [part] });
  };
  for (const item of items) {
    if (item.kind === 'part') say(item.part);
    else if (item.kind === 'system') {
      const last = messages.at(-1);
      if (target.traits.laterSystem === 'user') say(textPart(asReminder(item.text)));
      else if (last?.role === 'system') last.content += `\n\n${item.text}`;
      else messages.push({ role: 'system', content: item.text });
    }
  }
  return messages;
}

/** Texts in a row are one, apart by a blank line: some servers take user text only as a string, others glue parts together. */
function addPart(content: UserPart[], part: UserPart): void {
  const last = content.at(-1);
  if (last?.type === 'text' && part.type === 'text')
    content.splice(-1, 1, textPart(`${last.text}\n\n${part.text}`));
  else content.push(part);
}

const asReminder = (text: string): string =>
  text.trimStart().startsWith('<system-reminder>') ? text : `<system-reminder>\n${text}\n</system-reminder>`;

/** The beginning of an answer that the client wrote itself becomes a request to go on from it (T31). */
function settlePrefill(prompt: LanguageModelV4Prompt, last: Turn | undefined, reading: Reading): void {
  if (last?.role !== 'assistant' || reading.target.traits.prefill) return;
  reading.dropped.add('prefill');
  prompt.pop();
  const request = textPart(
    `Your answer begins with the text below. Go on directly after it, without repeating it:\n\n${textOf(last)}`,
  );
  const before = prompt.at(-1);
  if (before?.role === 'user') addPart(before.content, request);
  else prompt.push({ role: 'user', content: [request] });
}

const textOf = (turn: AssistantTurn): string =>
  turn.parts.map((part) => (part.type === 'text' ? part.text : '')).join('');
