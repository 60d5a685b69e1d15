// What Bedrock's Converse demands of a conversation with tools and its package answers by forgetting them (T142): tools
// must be declared as long as the history speaks of them, and nothing can be said against calling one but in words.
import type {
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
  LanguageModelV4ToolResultPart,
} from '@ai-sdk/provider';
import type { OptionsChange } from '../translated/change-options.ts';

const NO_TOOLS = 'Do not call any tool in this answer.';

export const converseTools: OptionsChange = (options) => {
  if (options.tools !== undefined && options.tools.length > 0)
    return options.toolChoice?.type === 'none' ? withoutCalls(options) : options;
  const tools = toolsInHistory(options);
  return tools.length === 0 ? options : withoutCalls({ ...options, tools });
};

function withoutCalls(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  const { toolChoice: _none, ...rest } = options;
  return { ...rest, prompt: withInstruction(options.prompt) };
}

/** Added to the system text; Converse knows it at the beginning only. */
function withInstruction(prompt: LanguageModelV4CallOptions['prompt']): LanguageModelV4CallOptions['prompt'] {
  const [first, ...rest] = prompt;
  if (first?.role !== 'system') return [{ role: 'system', content: NO_TOOLS }, ...prompt];
  return [{ ...first, content: `${first.content}\n\n${NO_TOOLS}` }, ...rest];
}

/** A declaration for every tool that was ever called or answered. */
function toolsInHistory({ prompt }: LanguageModelV4CallOptions): LanguageModelV4FunctionTool[] {
  const names = new Set<string>();
  for (const message of prompt) {
    if (message.role !== 'assistant' && message.role !== 'tool') continue;
    for (const part of message.content)
      if (part.type === 'tool-call' || part.type === 'tool-result') names.add(part.toolName);
  }
  return [...names].map((name) => ({
    type: 'function',
    name,
    inputSchema: { type: 'object', properties: {} },
  }));
}

/** Converse refuses blank text, also where a tool had nothing to say. */
const NOTHING = '(no output)';

export const noBlankResults: OptionsChange = (options) => ({
  ...options,
  prompt: options.prompt.map((message) =>
    message.role === 'tool'
      ? {
          ...message,
          content: message.content.map((part) =>
            part.type === 'tool-result' ? { ...part, output: sayingSomething(part.output) } : part,
          ),
        }
      : message,
  ),
});

type Output = LanguageModelV4ToolResultPart['output'];

function sayingSomething(output: Output): Output {
  if (output.type === 'text') return isBlank(output.value) ? { ...output, value: NOTHING } : output;
  if (output.type !== 'content') return output;
  const value = output.value.filter((part) => part.type !== 'text' || !isBlank(part.text));
  return value.length > 0 ? { ...output, value } : { type: 'text', value: NOTHING };
}

const isBlank = (text: string): boolean => text.trim() === '';
