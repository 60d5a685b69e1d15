// A model whose calls are put into shape before its package sees them, for what a provider demands and the package
// does not do. Everything else of the model stays as it is.
import { APICallError } from '@ai-sdk/provider';
import type {
  JSONObject,
  LanguageModelV4,
  LanguageModelV4CallOptions,
  LanguageModelV4FunctionTool,
} from '@ai-sdk/provider';

export type OptionsChange = (options: LanguageModelV4CallOptions) => LanguageModelV4CallOptions;

export function changeOptions(model: LanguageModelV4, ...changes: readonly OptionsChange[]): LanguageModelV4 {
  const changed: OptionsChange = (options) => changes.reduce((result, change) => change(result), options);
  return {
    specificationVersion: model.specificationVersion,
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    // `async` turns what a change throws into a rejection, as callers expect of a model.
    doGenerate: async (options) => model.doGenerate(changed(options)),
    doStream: async (options) => model.doStream(changed(options)),
  };
}

export const isFunctionTool = (tool: { type: string }): tool is LanguageModelV4FunctionTool =>
  tool.type === 'function';

export function hasFunctionTools({ tools }: LanguageModelV4CallOptions): boolean {
  return tools?.some(isFunctionTool) ?? false;
}

/** The provider options under one name, changed. */
export function changeProviderOptions(
  options: LanguageModelV4CallOptions,
  name: string,
  change: (own: JSONObject) => JSONObject,
): LanguageModelV4CallOptions {
  const own: JSONObject = { ...options.providerOptions?.[name] };
  return { ...options, providerOptions: { ...options.providerOptions, [name]: change(own) } };
}

/** Without some of an object's keys. */
export function without(object: JSONObject, ...keys: readonly string[]): JSONObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Whether to call tools in parallel is a question about tools: without any, servers refuse the field (T17). */
export const parallelOnlyWithTools =
  (name: string, key: string): OptionsChange =>
  (options) =>
    hasFunctionTools(options) ? options : changeProviderOptions(options, name, (own) => without(own, key));

/** `strict` as given, or left out, on every function. */
export const strictTools =
  (strict: boolean | null): OptionsChange =>
  (options) =>
    options.tools === undefined
      ? options
      : {
          ...options,
          tools: options.tools.map((tool) => {
            if (!isFunctionTool(tool)) return tool;
            const { strict: _asked, ...rest } = tool;
            return strict === null ? rest : { ...rest, strict };
          }),
        };

/** An error that reaches the client as `invalid_request_error`: the request cannot be honoured, trying again is no use. */
export function requestRefused(message: string): APICallError {
  return new APICallError({
    message,
    url: '',
    requestBodyValues: {},
    statusCode: 400,
    responseBody: JSON.stringify({ error: { message } }),
    isRetryable: false,
  });
}
