// Two habits of Mistral's models, wherever they are served: ids of tool calls are nine letters and digits, and a user's
// words may not follow a tool's result before the model has spoken.
import { createHash } from 'node:crypto';
import type { LanguageModelV4Message } from '@ai-sdk/provider';
import type { OptionsChange } from './change-options.ts';

const LENGTH = 9;
const fits = /^[a-zA-Z0-9]{9}$/;
const digits = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';

/** Stands for the model's answer to results it was not asked about alone. */
const ACKNOWLEDGED = 'I have the results.';

/** The same id for the same call, turn after turn. */
export function mistralCallId(id: string): string {
  if (fits.test(id)) return id;
  const hash = createHash('sha256').update(id).digest();
  return Array.from({ length: LENGTH }, (_, index) => digits[(hash[index] ?? 0) % digits.length]).join('');
}

const mistralName = /(mi[sx]tral|devstral|magistral|ministral|pixtral)/i;

/** The change for models of Mistral's on a server of somebody else's; none for others. */
export const mistralPromptFor = (model: string): readonly OptionsChange[] =>
  mistralName.test(model) ? [mistralPrompt] : [];

export const mistralPrompt: OptionsChange = (options) => ({
  ...options,
  prompt: options.prompt.flatMap((message, index): LanguageModelV4Message[] => {
    const renamed = withFittingIds(message);
    const bridged = message.role === 'user' && options.prompt[index - 1]?.role === 'tool';
    return bridged
      ? [{ role: 'assistant', content: [{ type: 'text', text: ACKNOWLEDGED }] }, renamed]
      : [renamed];
  }),
});

function withFittingIds(message: LanguageModelV4Message): LanguageModelV4Message {
  if (message.role === 'assistant')
    return {
      ...message,
      content: message.content.map((part) =>
        part.type === 'tool-call' || part.type === 'tool-result'
          ? { ...part, toolCallId: mistralCallId(part.toolCallId) }
          : part,
      ),
    };
  if (message.role === 'tool')
    return {
      ...message,
      content: message.content.map((part) =>
        part.type === 'tool-result' ? { ...part, toolCallId: mistralCallId(part.toolCallId) } : part,
      ),
    };
  return message;
}
