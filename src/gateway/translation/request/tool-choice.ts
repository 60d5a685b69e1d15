// What the request says about choosing tools (T16 to T18, T28). A choice that cannot be honoured is refused: an ordinary
// answer to a request that forced a tool would be taken for that tool's result.
import type { LanguageModelV4ToolChoice } from '@ai-sdk/provider';
import { invalid, optionalFields, optionalString, type Fields } from './fields.ts';
import type { Reading } from './reading.ts';
import type { SentTools } from './tools.ts';

export interface ChosenTools {
  readonly toolChoice: LanguageModelV4ToolChoice | null;
  /** False forbids parallel calls; null leaves the default. */
  readonly parallel: boolean | null;
  /** Takes the place of a choice that the model refuses; goes into the system text. */
  readonly instruction: string | null;
}

const free: ChosenTools = { toolChoice: null, parallel: null, instruction: null };

export function translateToolChoice(body: Fields, sent: SentTools, reading: Reading): ChosenTools {
  const choice = optionalFields(body['tool_choice'], 'tool_choice');
  if (choice === null) return free;
  const wanted = readChoice(choice, sent);
  if (sent.tools.length === 0) return free;
  const parallel = choice['disable_parallel_tool_use'] === true ? false : null;
  if (reading.target.traits.toolChoice === 'all') return { toolChoice: wanted, parallel, instruction: null };
  if (wanted.type === 'auto') return { toolChoice: null, parallel, instruction: null };
  reading.dropped.add('tool_choice');
  return { toolChoice: null, parallel, instruction: instructionFor(wanted) };
}

function readChoice(choice: Fields, sent: SentTools): LanguageModelV4ToolChoice {
  switch (choice['type']) {
    case 'auto':
    case 'none':
      return { type: choice['type'] };
    case 'any':
      if (sent.tools.length > 0) return { type: 'required' };
      throw impossible(
        'None of the tools of this request is available with this model, so none can be forced',
      );
    case 'tool': {
      const name = optionalString(choice['name']);
      if (name === null) throw invalid('tool_choice.name', 'Field required.');
      const toolName = sent.sentNames.get(name);
      if (toolName !== undefined) return { type: 'tool', toolName };
      if (sent.removed.includes(name))
        throw impossible(`The tool "${name}" is not available with this model`);
      throw invalid('tool_choice.name', `Tool "${name}" is not among the tools of the request.`);
    }
    default:
      throw invalid('tool_choice.type', "Input should be 'auto', 'any', 'tool' or 'none'.");
  }
}

const impossible = (reason: string): Error =>
  invalid('tool_choice', `${reason}; send the request without forcing it, or to a Claude model.`);

function instructionFor(wanted: LanguageModelV4ToolChoice): string {
  switch (wanted.type) {
    case 'tool':
      return `Answer by calling the tool "${wanted.toolName}" now.`;
    case 'required':
      return 'Answer by calling one of the tools now.';
    case 'none':
      return 'Do not call any tool in this answer.';
    case 'auto':
      return '';
  }
}
