// A model behind Chat Completions of anybody's making, by the AI SDK's package for such servers. What a server wants
// besides, or refuses, its provider says in `body`.
import type { LanguageModelV4 } from '@ai-sdk/provider';
import type { ModelSetup } from '../../translation/types.ts';
import { apiBase } from './api-base.ts';
import { changeOptions, parallelOnlyWithTools, strictTools } from './change-options.ts';
import { mistralPromptFor } from './mistral-order.ts';

export interface ChatServer {
  /** Name of the provider options: letters only. */
  readonly name: string;
  /** Path of the API when the address has none. */
  readonly version: string;
  readonly structuredOutput: boolean;
  /** Last changes to the body. */
  readonly body?: (body: ChatBody) => ChatBody;
}

/** A Chat Completions body as it is sent. */
export type ChatBody = Record<string, unknown>;

export async function createChatModel(server: ChatServer, setup: ModelSetup): Promise<LanguageModelV4> {
  const { createOpenAICompatible } = await import('@ai-sdk/openai-compatible');
  const { body } = server;
  const provider = createOpenAICompatible({
    name: server.name,
    baseURL: apiBase(setup.baseUrl, server.version),
    ...(setup.secret === null || setup.secret === '' ? {} : { apiKey: setup.secret }),
    headers: { ...setup.headers },
    fetch: setup.fetch,
    includeUsage: true,
    supportsStructuredOutputs: server.structuredOutput,
    ...(body === undefined ? {} : { transformRequestBody: (asked) => body(asked) }),
  });
  return changeOptions(
    provider.chatModel(setup.model),
    strictTools(null),
    parallelOnlyWithTools(server.name, 'parallel_tool_calls'),
    ...mistralPromptFor(setup.name ?? setup.model),
  );
}

/**
 * Servers of thinking models refuse an assistant's tool calls without the thinking that led to them (T30); where it was
 * never recorded, as after a change of model, a placeholder stands in.
 */
export function withReasoningContent(body: ChatBody): ChatBody {
  const { messages } = body;
  if (!Array.isArray(messages)) return body;
  return { ...body, messages: messages.map(placeholderIn) };
}

function placeholderIn(message: unknown): unknown {
  const { role, tool_calls: calls, reasoning_content: content } = message as ChatBody;
  if (role !== 'assistant' || !Array.isArray(calls) || typeof content === 'string') return message;
  return { ...(message as ChatBody), reasoning_content: '(not recorded)' };
}
