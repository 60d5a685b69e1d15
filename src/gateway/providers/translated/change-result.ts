// A model whose results are set right after its package has read them: for what a provider says of an answer's end that
// the package passes over. Content stays as it is.
import type {
  LanguageModelV4,
  LanguageModelV4FinishReason,
  LanguageModelV4StreamPart,
  LanguageModelV4Usage,
} from '@ai-sdk/provider';

export interface ResultEnd {
  readonly finishReason: LanguageModelV4FinishReason;
  readonly usage: LanguageModelV4Usage;
}

/** `body`: the provider's whole answer where it came as one document, undefined for a stream. */
export type ResultChange = (end: ResultEnd, body: unknown) => ResultEnd;

export function changeResult(model: LanguageModelV4, change: ResultChange): LanguageModelV4 {
  return {
    specificationVersion: model.specificationVersion,
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    async doGenerate(options) {
      const result = await model.doGenerate(options);
      return { ...result, ...change(result, result.response?.body) };
    },
    async doStream(options) {
      const result = await model.doStream(options);
      return { ...result, stream: result.stream.pipeThrough(changeFinish(change)) };
    },
  };
}

function changeFinish(
  change: ResultChange,
): TransformStream<LanguageModelV4StreamPart, LanguageModelV4StreamPart> {
  return new TransformStream({
    transform(part, controller) {
      if (part.type !== 'finish') controller.enqueue(part);
      else {
        const { finishReason, usage } = change(part, undefined);
        controller.enqueue({ ...part, finishReason, usage });
      }
    },
  });
}
