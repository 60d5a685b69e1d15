// An Anthropic Messages request in the neutral form, for one target model. Pure: the same request for the same target
// gives the same result, so that a provider's prompt cache sees the same beginning turn after turn.
import type { LanguageModelV4CallOptions } from '@ai-sdk/provider';
import { estimatePromptTokens } from '../estimate-tokens.ts';
import { createToolNames } from '../tool-names.ts';
import type { Target, TranslatedRequest } from '../types.ts';
import { buildPrompt } from './build-prompt.ts';
import { CallIds } from './call-ids.ts';
import { Dropped } from './dropped.ts';
import { asFields, invalid, optionalNumber, stringsOf, type Fields } from './fields.ts';
import { readOutputFormat } from './output-format.ts';
import { isBlank, type Reading } from './reading.ts';
import { readSystem, removedToolsNote } from './system-text.ts';
import { translateToolChoice } from './tool-choice.ts';
import { readDeclarations, translateTools } from './tools.ts';
import { readConversation } from './turns.ts';
import { readWish } from './wish.ts';

/** Top-level fields that are read; every other one is named as dropped. */
const readFields = new Set([
  'model',
  'messages',
  'system',
  'tools',
  'tool_choice',
  'metadata',
  'max_tokens',
  'thinking',
  'output_config',
  'output_format',
  'stream',
  'temperature',
  'top_p',
  'top_k',
  'stop_sequences',
  'service_tier',
]);

/** Throws GatewayError REQUEST_INVALID with a sentence that names the field. */
export function translateRequest(
  value: unknown,
  target: Target,
  facts: { readonly sessionId: string | null },
): TranslatedRequest {
  const body = asFields(value, 'body');
  refuseSafeguards(body);
  const declared = readDeclarations(body);
  const own = declared.filter((tool) => tool.anthropicType === null).map((tool) => tool.name);
  const reading: Reading = {
    target,
    names: createToolNames(own, target.traits.toolNameLength),
    ids: new CallIds(),
    dropped: new Dropped(),
  };
  noteUnreadFields(body, reading);
  const system = readSystem(body, reading);
  const sent = translateTools(declared, reading);
  const choice = translateToolChoice(body, sent, reading);
  const format = readOutputFormat(body, reading);
  const conversation = readConversation(body, reading);
  const notes = [removedToolsNote(sent.removed), choice.instruction, format.instruction].filter(
    (note) => note !== null,
  );
  const systemText = [...system, ...conversation.leadingSystem, ...notes].join('\n\n');
  const sampling = readSampling(body, reading);
  const options: LanguageModelV4CallOptions = {
    prompt: buildPrompt(systemText, conversation.turns, reading),
    ...sampling.options,
    ...(sent.tools.length > 0 ? { tools: [...sent.tools] } : {}),
    ...(choice.toolChoice === null ? {} : { toolChoice: choice.toolChoice }),
    ...(format.responseFormat === null ? {} : { responseFormat: format.responseFormat }),
  };
  const maxOutputTokens = options.maxOutputTokens ?? null;
  const wish = readWish(body, reading, { ...facts, maxOutputTokens, parallel: choice.parallel });
  return {
    options,
    wish: format.strict === null ? wish : { ...wish, strictSchema: format.strict },
    names: reading.names,
    stream: body['stream'] === true,
    dropped: reading.dropped.list(),
    promptTokens: estimatePromptTokens(body),
    stopSequences: sampling.stopSequences,
    toolProperties: sent.properties,
  };
}

/** Only Anthropic can check tool use for auto mode. Claude Code knows the wording, and repeats the request without. */
function refuseSafeguards(body: Fields): void {
  if (body['safeguards'] === undefined || body['safeguards'] === null) return;
  throw invalid(
    'safeguards',
    'Extra inputs are not permitted: this model cannot check tool use for auto mode, so send the request without safeguards.',
  );
}

function noteUnreadFields(body: Fields, { dropped }: Reading): void {
  for (const [field, value] of Object.entries(body)) {
    if (value !== null && value !== undefined && !readFields.has(field)) dropped.add(field);
  }
}

type SamplingOptions = Pick<
  LanguageModelV4CallOptions,
  'maxOutputTokens' | 'temperature' | 'topP' | 'topK' | 'stopSequences'
>;

/** Limits and sampling (T19, T21). */
function readSampling(
  body: Fields,
  reading: Reading,
): { readonly options: SamplingOptions; readonly stopSequences: readonly string[] } {
  const { traits } = reading.target;
  const maxOutputTokens = readMaxTokens(body, reading.target);
  const temperature = sampled(body, 'temperature', traits.temperature, reading);
  const topP = sampled(body, 'top_p', traits.topP, reading);
  const topK = sampled(body, 'top_k', traits.topK, reading);
  const asked = (stringsOf(body['stop_sequences']) ?? []).filter((text) => !isBlank(text));
  const stopSequences = asked.slice(0, traits.stopSequences);
  if (stopSequences.length < asked.length) reading.dropped.add('stop_sequences');
  return {
    stopSequences: asked,
    options: {
      ...(maxOutputTokens === null ? {} : { maxOutputTokens }),
      ...(temperature === null ? {} : { temperature }),
      ...(topP === null ? {} : { topP }),
      ...(topK === null ? {} : { topK }),
      ...(stopSequences.length === 0 ? {} : { stopSequences }),
    },
  };
}

function readMaxTokens(body: Fields, { maxOutputTokens: most, traits }: Target): number | null {
  const asked = optionalNumber(body['max_tokens'], 'max_tokens');
  if (asked === null) return null;
  if (!Number.isInteger(asked) || asked < 1)
    throw invalid('max_tokens', 'Input should be a whole number of at least 1.');
  const enough = Math.max(asked, traits.leastOutputTokens ?? 1);
  return most === null ? enough : Math.min(enough, most);
}

function sampled(body: Fields, field: string, isTaken: boolean, reading: Reading): number | null {
  const value = optionalNumber(body[field], field);
  if (value === null || isTaken) return value;
  reading.dropped.add(field);
  return null;
}
