// The conversation as alternating turns (T2, T29): messages of one side in a row are one turn, what is empty is gone, and
// system messages stand where they were said. Tool results are joined to their calls later, in `build-prompt.ts`.
import { asFields, asList, invalid, readBlocks, type Fields } from './fields.ts';
import { readAssistantBlocks, type Call } from './assistant-blocks.ts';
import type { AssistantPart, Reading, UserPart } from './reading.ts';
import { readSystemMessage } from './system-text.ts';
import { readToolResult, readUserBlock, type ToolResult } from './user-blocks.ts';

export type ClientItem =
  | { readonly kind: 'result'; readonly result: ToolResult }
  | { readonly kind: 'part'; readonly part: UserPart }
  | { readonly kind: 'system'; readonly text: string };

export interface ClientTurn {
  readonly role: 'client';
  readonly items: ClientItem[];
}

export interface AssistantTurn {
  readonly role: 'assistant';
  readonly parts: AssistantPart[];
  readonly calls: Call[];
}

export type Turn = ClientTurn | AssistantTurn;

export interface Conversation {
  readonly turns: readonly Turn[];
  /** System messages before anyone spoke; they belong to the system text. */
  readonly leadingSystem: readonly string[];
}

export function readConversation(body: Fields, reading: Reading): Conversation {
  if (body['messages'] === undefined) throw invalid('messages', 'Field required.');
  const turns: Turn[] = [];
  const leadingSystem: string[] = [];
  for (const [index, entry] of asList(body['messages'], 'messages').entries()) {
    const field = `messages.${index}`;
    const message = asFields(entry, field);
    switch (message['role']) {
      case 'user':
        addItems(turns, readUserMessage(message, field, reading));
        break;
      case 'assistant':
        addAssistant(turns, message, field, reading);
        break;
      case 'system': {
        const text = readSystemMessage(message, field, reading);
        if (text === '') break;
        if (turns.length === 0) leadingSystem.push(text);
        else addItems(turns, [{ kind: 'system', text }]);
        break;
      }
      default:
        throw invalid(`${field}.role`, "Input should be 'user', 'assistant' or 'system'.");
    }
  }
  if (turns.length === 0) throw invalid('messages', 'At least one message with content is required.');
  return { turns, leadingSystem };
}

function readUserMessage(message: Fields, field: string, reading: Reading): readonly ClientItem[] {
  return readBlocks(message['content'], `${field}.content`).flatMap((block, index): readonly ClientItem[] => {
    const path = `${field}.content.${index}`;
    if (block['type'] === 'tool_result')
      return [{ kind: 'result', result: readToolResult(block, path, reading) }];
    return readUserBlock(block, path, reading).map((part) => ({ kind: 'part', part }));
  });
}

function addItems(turns: Turn[], items: readonly ClientItem[]): void {
  if (items.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === 'client') last.items.push(...items);
  else turns.push({ role: 'client', items: [...items] });
}

/** A turn of thinking alone says nothing that another model could go on from (T29). */
function addAssistant(turns: Turn[], message: Fields, field: string, reading: Reading): void {
  const blocks = readBlocks(message['content'], `${field}.content`);
  const { parts, calls } = readAssistantBlocks(blocks, `${field}.content`, reading);
  if (parts.every((part) => part.type === 'reasoning')) return;
  const last = turns.at(-1);
  if (last?.role === 'assistant') {
    last.parts.push(...parts);
    last.calls.push(...calls);
  } else turns.push({ role: 'assistant', parts: [...parts], calls: [...calls] });
}
