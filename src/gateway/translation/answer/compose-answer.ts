// Feeds parts of a neutral answer to the composer and says how the answer ended. Both forms of an answer, stream and
// whole message, go through here.
import type {
  LanguageModelV4Content,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';
import { BrokenAnswer } from '../errors/broken-answer.ts';
import type { AnswerSetup } from './answer-setup.ts';
import type { ContentComposer } from './content-composer.ts';
import { endingOf } from './stop-reason.ts';
import type { StopReason } from './stop-reason.ts';
import { finalUsage } from './usage.ts';
import type { MessageUsage } from './usage.ts';

/** Parts that are content; all others leave the content as it is. */
export function feedPart(composer: ContentComposer, part: LanguageModelV4StreamPart): void {
  switch (part.type) {
    case 'text-delta':
      composer.text(part.id, part.delta, part.providerMetadata);
      break;
    case 'tool-input-delta':
      composer.addToTool(part.id, part.delta);
      break;
    case 'reasoning-delta':
      composer.think(part.id, part.delta, part.providerMetadata);
      break;
    case 'text-start':
      composer.text(part.id, '', part.providerMetadata);
      break;
    case 'text-end':
      composer.endText(part.id, part.providerMetadata);
      break;
    case 'reasoning-start':
      composer.startThinking(part.id, part.providerMetadata);
      break;
    case 'reasoning-end':
      composer.endThinking(part.id, part.providerMetadata);
      break;
    case 'tool-input-start':
      if (part.providerExecuted !== true) composer.startTool(part.id, part.toolName, part.providerMetadata);
      break;
    case 'tool-input-end':
      composer.endToolInput(part.id);
      break;
    case 'tool-call':
      composer.callTool(part);
      break;
    case 'tool-result':
      composer.toolResult(part);
      break;
    case 'source':
      composer.source(part);
      break;
    default:
      break;
  }
}

/** Content of a whole answer; text and thinking are named by their place. */
export function feedContent(composer: ContentComposer, content: readonly LanguageModelV4Content[]): void {
  for (const [index, part] of content.entries()) {
    const id = String(index);
    if (part.type === 'text') {
      composer.text(id, part.text, part.providerMetadata);
      composer.endText(id, undefined);
    } else if (part.type === 'reasoning') {
      composer.startThinking(id, part.providerMetadata);
      composer.think(id, part.text, undefined);
      composer.endThinking(id, undefined);
    } else {
      feedPart(composer, part);
    }
  }
}

export interface Finish {
  readonly finishReason: LanguageModelV4FinishReason;
  readonly usage: LanguageModelV4Usage | undefined;
  readonly providerMetadata?: SharedV4ProviderMetadata | undefined;
}

export interface AnswerEnd {
  readonly stopReason: StopReason;
  readonly stopSequence: string | null;
  readonly usage: MessageUsage;
}

/** Writes the rest of the content. Throws BrokenAnswer when the answer did not end soundly. */
export function endAnswer(
  composer: ContentComposer,
  setup: AnswerSetup,
  finish: Finish,
  isStream: boolean,
): AnswerEnd {
  const model = setup.target.model;
  const ending = endingOf(finish.finishReason, { hasToolUse: composer.hasToolUse, isStream });
  if (ending.kind === 'cut') throw cutAnswer(model);
  if (ending.kind === 'failed') {
    const raw = finish.finishReason.raw;
    const reason = raw === undefined || raw === 'error' ? '' : ` (${raw})`;
    throw new BrokenAnswer(`The model ${model} ended its answer with an error${reason}; try again.`);
  }
  const isCut = ending.reason === 'max_tokens' || ending.reason === 'model_context_window_exceeded';
  const broken = composer.brokenTool;
  if (broken !== null && !isCut) {
    throw new BrokenAnswer(
      `The model ${model} called the tool ${broken} with arguments that are not a JSON object; try again.`,
    );
  }
  composer.finish(isCut, finish.providerMetadata);
  const { promptTokens } = setup.request;
  const { characters, searchCount: searches } = composer;
  return {
    ...namedStop(ending.reason, composer, setup, finish.providerMetadata),
    usage: finalUsage(finish.usage, { promptTokens, characters, searches }),
  };
}

export function cutAnswer(model: string): BrokenAnswer {
  return new BrokenAnswer(
    `The answer of the model ${model} broke off: it ended without a finish reason; try again.`,
  );
}

/** Which stop sequence it was: by the provider's word, by the text's end, or because only one was asked for. */
function namedStop(
  reason: StopReason,
  composer: ContentComposer,
  setup: AnswerSetup,
  metadata: SharedV4ProviderMetadata | undefined,
): Pick<AnswerEnd, 'stopReason' | 'stopSequence'> {
  if (reason !== 'end_turn' && reason !== 'stop_sequence') return { stopReason: reason, stopSequence: null };
  const told = toldStop(metadata) ?? composer.stopAtEnd;
  if (told !== null) return { stopReason: 'stop_sequence', stopSequence: told };
  if (reason === 'end_turn') return { stopReason: 'end_turn', stopSequence: null };
  const [only, ...others] = setup.request.stopSequences;
  return { stopReason: 'stop_sequence', stopSequence: others.length === 0 ? (only ?? null) : null };
}

function toldStop(metadata: SharedV4ProviderMetadata | undefined): string | null {
  for (const fields of Object.values(metadata ?? {})) {
    const value: unknown = fields['stopSequence'];
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
