// A target to translate for and short ways to look at what came out.
import type { LanguageModelV4Message } from '@ai-sdk/provider';
import { GatewayError } from '../../../../src/gateway/gateway-error.ts';
import { translateRequest } from '../../../../src/gateway/translation/request/translate-request.ts';
import type { ModelTraits, Target, TranslatedRequest } from '../../../../src/gateway/translation/types.ts';

export const traits: ModelTraits = {
  images: true,
  imagesInToolResults: false,
  pdf: true,
  tools: true,
  toolChoice: 'all',
  temperature: true,
  topP: true,
  topK: false,
  stopSequences: 4,
  structuredOutput: true,
  reasoning: { kind: 'effort', levels: ['none', 'low', 'medium', 'high'] },
  replay: 'none',
  laterSystem: 'user',
  prefill: false,
  plainSchemas: false,
  toolNameLength: 64,
  webSearch: () => null,
};

export function targetWith(
  changes: Partial<ModelTraits> = {},
  rest: Partial<Omit<Target, 'traits'>> = {},
): Target {
  return {
    provider: 'azure',
    account: 'account-1',
    asked: 'claude-opus-5-5',
    model: 'gpt-5.6',
    contextWindow: 400_000,
    maxOutputTokens: 100_000,
    ...rest,
    traits: { ...traits, ...changes },
  };
}

export const user = (content: unknown): unknown => ({ role: 'user', content });
export const assistant = (...content: readonly unknown[]): unknown => ({ role: 'assistant', content });
export const text = (words: string): unknown => ({ type: 'text', text: words });
export const toolUse = (id: string, name = 'Bash', input: unknown = {}): unknown => ({
  type: 'tool_use',
  id,
  name,
  input,
});
export const toolResult = (id: string, content: unknown, more: object = {}): unknown => ({
  type: 'tool_result',
  tool_use_id: id,
  content,
  ...more,
});

/** A whole body around the messages. */
export function bodyOf(messages: readonly unknown[], more: object = {}): unknown {
  return { model: 'claude-opus-5-5', max_tokens: 1_000, messages, ...more };
}

export function translate(body: unknown, target: Target = targetWith()): TranslatedRequest {
  return translateRequest(body, target, { sessionId: 'session-1' });
}

export function promptOf(
  messages: readonly unknown[],
  target?: Target,
  more: object = {},
): LanguageModelV4Message[] {
  return translate(bodyOf(messages, more), target).options.prompt;
}

/** The first message of a role. */
export function messageOf(
  prompt: readonly LanguageModelV4Message[],
  role: LanguageModelV4Message['role'],
): LanguageModelV4Message {
  const found = prompt.find((message) => message.role === role);
  if (found === undefined) throw new Error(`no ${role} message in ${JSON.stringify(prompt)}`);
  return found;
}

/** The error a request is refused with. */
export function refusalOf(body: unknown, target?: Target): GatewayError {
  try {
    translate(body, target);
  } catch (error) {
    if (error instanceof GatewayError) return error;
    throw error;
  }
  throw new Error('the request was not refused');
}

export const png = {
  type: 'image',
  source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
};
export const pdf = {
  type: 'document',
  title: 'plan.pdf',
  source: { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
};
