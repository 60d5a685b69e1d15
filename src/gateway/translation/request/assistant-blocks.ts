// Blocks of an assistant's turn: text, tool calls and replayed thinking in their order (T12 to T14, T29).
import { asFields, asString, optionalFields, optionalString, type Fields } from './fields.ts';
import { isBlank, textPart, type AssistantPart, type Reading } from './reading.ts';
import { ReplayedThinking } from './replayed-thinking.ts';
import { readText, serverResultText } from './user-blocks.ts';

/** A tool call of an assistant's turn, waiting for its result. */
export interface Call {
  /** Id as the client knows it. */
  readonly id: string;
  readonly sentId: string;
  readonly sentName: string;
}

export interface AssistantContent {
  readonly parts: readonly AssistantPart[];
  readonly calls: readonly Call[];
}

export function readAssistantBlocks(
  blocks: readonly Fields[],
  field: string,
  reading: Reading,
): AssistantContent {
  const thinking = new ReplayedThinking(reading, blocks);
  const parts: AssistantPart[] = [];
  const calls: Call[] = [];
  for (const [index, block] of blocks.entries()) {
    const path = `${field}.${index}`;
    reading.dropped.addCacheControl(block);
    switch (block['type']) {
      case 'thinking':
      case 'redacted_thinking':
        parts.push(...thinking.parts(block));
        break;
      case 'tool_use':
        parts.push(readToolUse(block, path, reading, thinking, calls));
        break;
      default: {
        const text = assistantText(block, path, reading);
        if (!isBlank(text)) parts.push(textPart(text));
      }
    }
  }
  signLastText(parts, thinking);
  return { parts, calls };
}

function readToolUse(
  block: Fields,
  field: string,
  { target, ids, names, dropped }: Reading,
  thinking: ReplayedThinking,
  calls: Call[],
): AssistantPart {
  const id = asString(block['id'], `${field}.id`);
  const name = asString(block['name'], `${field}.name`);
  const input = optionalFields(block['input'], `${field}.input`) ?? {};
  if (!target.traits.tools) {
    dropped.add('tools');
    return textPart(`[called tool ${name} with ${JSON.stringify(input)}]`);
  }
  const call: Call = { id, sentId: ids.next(id), sentName: names.sent(name) };
  calls.push(call);
  const providerOptions = thinking.callSignatures.get(id);
  return {
    type: 'tool-call',
    toolCallId: call.sentId,
    toolName: call.sentName,
    input,
    ...(providerOptions === undefined ? {} : { providerOptions }),
  };
}

/** Tools that ran on Anthropic's side have no calls to replay elsewhere; what they did stays as lines of text. */
function assistantText(block: Fields, field: string, reading: Reading): string {
  const type = optionalString(block['type']) ?? '';
  if (type === 'server_tool_use' || type === 'mcp_tool_use') {
    const input = asFields(block['input'] ?? {}, `${field}.input`);
    return `[used ${optionalString(block['name']) ?? 'a tool'} with ${JSON.stringify(input)}]\n`;
  }
  if (type.endsWith('_tool_result') || type === 'compaction')
    return `${serverResultText(block['content'])}\n`;
  if (type === 'text' && Array.isArray(block['citations']) && block['citations'].length > 0)
    reading.dropped.add('citations');
  return readText(block, field, reading);
}

function signLastText(parts: readonly AssistantPart[], { textSignature }: ReplayedThinking): void {
  const last = parts.findLast((part) => part.type === 'text');
  if (last !== undefined && textSignature !== null) last.providerOptions = textSignature;
}
