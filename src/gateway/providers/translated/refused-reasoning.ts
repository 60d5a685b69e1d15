// Sealed reasoning that its provider cannot open any more, after a change of organisation or of keys on its side, would
// refuse every further turn of the conversation: it is left out, and the request sent once more (T89).
import { APICallError } from '@ai-sdk/provider';
import type { LanguageModelV4, LanguageModelV4CallOptions, LanguageModelV4Message } from '@ai-sdk/provider';

const cannotOpen =
  /invalid_encrypted_content|encrypted content .{0,200}(?:could not be verified|did not match)/i;

export function withoutRefusedReasoning(model: LanguageModelV4): LanguageModelV4 {
  const mended = async <T>(
    options: LanguageModelV4CallOptions,
    call: (options: LanguageModelV4CallOptions) => PromiseLike<T>,
  ): Promise<T> => {
    try {
      return await call(options);
    } catch (error) {
      const prompt = withoutReasoning(options.prompt);
      if (!isRefusedSeal(error) || prompt === null) throw error;
      return call({ ...options, prompt });
    }
  };
  return {
    specificationVersion: model.specificationVersion,
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    doGenerate: (options) => mended(options, (changed) => model.doGenerate(changed)),
    doStream: (options) => mended(options, (changed) => model.doStream(changed)),
  };
}

const isRefusedSeal = (error: unknown): boolean =>
  APICallError.isInstance(error) &&
  error.statusCode === 400 &&
  cannotOpen.test(`${error.responseBody ?? ''} ${error.message}`);

/** Null when there is none to leave out. */
function withoutReasoning(prompt: readonly LanguageModelV4Message[]): LanguageModelV4Message[] | null {
  let found = false;
  const kept = prompt.map((message) => {
    if (message.role !== 'assistant') return message;
    const content = message.content.filter((part) => part.type !== 'reasoning');
    found ||= content.length < message.content.length;
    return { ...message, content };
  });
  return found ? kept : null;
}
