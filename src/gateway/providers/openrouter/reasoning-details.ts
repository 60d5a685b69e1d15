// OpenRouter's `reasoning_details`, which some of its models refuse to go on without (Gemini's signatures above all),
// carried as the opaque reasoning of other providers is: sealed on the way out, unsealed on the way back (T87, T115).
import type {
  JSONValue,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4Content,
  LanguageModelV4StreamPart,
  SharedV4ProviderMetadata,
} from '@ai-sdk/provider';

const NAME = 'openrouter';

export function carryReasoning(model: LanguageModelV4): LanguageModelV4 {
  return {
    specificationVersion: model.specificationVersion,
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    async doGenerate(options) {
      const result = await model.doGenerate(unsealed(options));
      return { ...result, content: sealedContent(result.content) };
    },
    async doStream(options) {
      const result = await model.doStream(unsealed(options));
      return { ...result, stream: result.stream.pipeThrough(sealedStream()) };
    },
  };
}

/** Details of earlier turns go back under their own name. */
function unsealed(options: LanguageModelV4CallOptions): LanguageModelV4CallOptions {
  return {
    ...options,
    prompt: options.prompt.map((message) =>
      message.role !== 'assistant'
        ? message
        : {
            ...message,
            content: message.content.map((part) => {
              const sealed = part.providerOptions?.[NAME]?.['reasoningEncryptedContent'];
              if (part.type !== 'reasoning' || typeof sealed !== 'string') return part;
              return { ...part, providerOptions: { [NAME]: { reasoning_details: readDetails(sealed) } } };
            }),
          },
    ),
  };
}

function readDetails(sealed: string): JSONValue[] {
  try {
    const details: unknown = JSON.parse(sealed);
    return Array.isArray(details) ? (details as JSONValue[]) : [];
  } catch {
    return [];
  }
}

/** The details of a part, once there are any. */
function detailsOf(metadata: SharedV4ProviderMetadata | undefined): string | null {
  const details = metadata?.[NAME]?.['reasoning_details'];
  return Array.isArray(details) && details.length > 0 ? JSON.stringify(details) : null;
}

const sealedMetadata = (sealed: string): SharedV4ProviderMetadata => ({
  [NAME]: { reasoningEncryptedContent: sealed },
});

/** All of an answer's details on its first thinking; on an empty one when it shows none. */
function sealedContent(content: readonly LanguageModelV4Content[]): LanguageModelV4Content[] {
  const all = content.flatMap((part) => {
    const details = part.type === 'reasoning' ? part.providerMetadata?.[NAME]?.['reasoning_details'] : null;
    return Array.isArray(details) ? (details as JSONValue[]) : [];
  });
  const onCall = content.map((part) => (part.type === 'tool-call' ? detailsOf(part.providerMetadata) : null));
  const sealed = all.length > 0 ? JSON.stringify(all) : (onCall.find((found) => found !== null) ?? null);
  if (sealed === null) return [...content];
  const first = content.findIndex(({ type }) => type === 'reasoning');
  if (first === -1)
    return [{ type: 'reasoning', text: '', providerMetadata: sealedMetadata(sealed) }, ...content];
  return content.map((part, index) => {
    if (part.type !== 'reasoning') return part;
    return { ...part, providerMetadata: index === first ? sealedMetadata(sealed) : {} };
  });
}

function sealedStream(): TransformStream<LanguageModelV4StreamPart, LanguageModelV4StreamPart> {
  let hasSealed = false;
  return new TransformStream({
    transform(part, controller) {
      const sealed =
        hasSealed || (part.type !== 'reasoning-end' && part.type !== 'tool-call')
          ? null
          : detailsOf(part.providerMetadata);
      if (sealed === null) return controller.enqueue(part);
      hasSealed = true;
      if (part.type === 'reasoning-end')
        return controller.enqueue({ ...part, providerMetadata: sealedMetadata(sealed) });
      // Nothing was shown of it: an empty thought carries it.
      const id = 'reasoning-details';
      controller.enqueue({ type: 'reasoning-start', id });
      controller.enqueue({ type: 'reasoning-end', id, providerMetadata: sealedMetadata(sealed) });
      controller.enqueue(part);
    },
  });
}
