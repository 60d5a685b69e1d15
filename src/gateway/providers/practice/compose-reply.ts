// Decides what the practice provider says: a short text, or a tool call when the last message asks for a tool that
// the request offers ("use the Bash tool"). Pure; usage is made up, but in proportion to the request's size.
import { asObject, asText } from '../../dialects/anthropic-messages/answer-facts.ts';

export interface PracticeToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

export interface PracticeReply {
  readonly model: string;
  readonly stream: boolean;
  readonly text: string;
  readonly toolCall: PracticeToolCall | null;
  readonly usage: {
    readonly input_tokens: number;
    readonly cache_creation_input_tokens: number;
    readonly cache_read_input_tokens: number;
    readonly output_tokens: number;
  };
}

const CHARACTERS_PER_TOKEN = 4;
/** What a real first turn leaves uncached. */
const FRESH_TOKENS = 12;

const introduction =
  'This is the practice provider of Tollgate. No model was asked and no money was spent: the figures you see are ' +
  'made up in proportion to your request, so that you can watch the meter move. Add a provider with your own key ' +
  'to talk to Claude.';
const afterTool =
  'The practice provider received the result of the tool. With a real provider, the model would now go on with it.';

/** `body` is the parsed request; anything that is not as expected is met with the plain introduction. */
export function composeReply(body: unknown, bodyBytes: number): PracticeReply {
  const request = asObject(body);
  const messages = Array.isArray(request?.['messages']) ? (request['messages'] as readonly unknown[]) : [];
  const last = lastUserContent(messages);
  const toolCall = last.hasToolResult ? null : askedTool(last.text, request?.['tools']);
  const text =
    toolCall !== null
      ? `I call the ${toolCall.name} tool, as you asked.`
      : last.hasToolResult
        ? afterTool
        : introduction;
  const spoken = text + (toolCall === null ? '' : JSON.stringify(toolCall.input));
  const promptTokens = Math.max(FRESH_TOKENS, Math.ceil(bodyBytes / CHARACTERS_PER_TOKEN));
  const cached = promptTokens - FRESH_TOKENS;
  const firstTurn = messages.filter((message) => asObject(message)?.['role'] === 'assistant').length === 0;
  const written = firstTurn ? cached : Math.ceil(cached / 10);
  return {
    model: asText(request?.['model']) ?? 'practice',
    stream: request?.['stream'] === true,
    text,
    toolCall,
    usage: {
      input_tokens: FRESH_TOKENS,
      cache_creation_input_tokens: written,
      cache_read_input_tokens: cached - written,
      output_tokens: Math.ceil(spoken.length / CHARACTERS_PER_TOKEN),
    },
  };
}

function lastUserContent(messages: readonly unknown[]): { text: string; hasToolResult: boolean } {
  const last = messages.map(asObject).findLast((message) => message?.['role'] === 'user');
  const content = last?.['content'];
  if (typeof content === 'string') return { text: content, hasToolResult: false };
  const blocks = (Array.isArray(content) ? content : []).map(asObject);
  return {
    text: blocks.map((block) => asText(block?.['text']) ?? '').join('\n'),
    hasToolResult: blocks.some((block) => block?.['type'] === 'tool_result'),
  };
}

function askedTool(text: string, tools: unknown): PracticeToolCall | null {
  for (const tool of Array.isArray(tools) ? tools : []) {
    const name = asText(asObject(tool)?.['name']);
    if (name === null || !new RegExp(`\\b${escapePattern(name)} tool\\b`, 'i').test(text)) continue;
    return { name, input: sampleInput(name, asObject(asObject(tool)?.['input_schema'])) };
  }
  return null;
}

const escapePattern = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** The least input that fits a tool's schema; harmless for Bash. */
function sampleInput(
  name: string,
  schema: Readonly<Record<string, unknown>> | null,
): Record<string, unknown> {
  if (name === 'Bash') return { command: 'echo practice', description: 'Print a word' };
  const properties = asObject(schema?.['properties']);
  const required = Array.isArray(schema?.['required']) ? (schema['required'] as readonly unknown[]) : [];
  const input: Record<string, unknown> = {};
  for (const key of required) {
    if (typeof key === 'string') input[key] = sampleValue(asObject(properties?.[key]));
  }
  return input;
}

function sampleValue(schema: Readonly<Record<string, unknown>> | null): unknown {
  if (Array.isArray(schema?.['enum'])) return (schema['enum'] as readonly unknown[])[0];
  switch (schema?.['type']) {
    case 'number':
    case 'integer':
      return 1;
    case 'boolean':
      return false;
    case 'array':
      return [];
    case 'object':
      return {};
    default:
      return 'practice';
  }
}
