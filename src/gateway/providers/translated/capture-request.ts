// The request a provider's package would send, without sending it: token counts take the same body at another address.
import type { ModelAdapter, ModelSetup, TranslatedRequest } from '../../translation/types.ts';
import { fieldsOf } from './get-json.ts';

export interface CapturedRequest {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * `wanted` knows the request by its address; others, like one for an access token, are let through. Throws what the
 * package throws before it sends.
 */
export async function captureRequest(
  adapter: ModelAdapter,
  { options, wish }: TranslatedRequest,
  setup: ModelSetup,
  wanted: (url: string) => boolean = () => true,
): Promise<CapturedRequest> {
  const captured: CapturedRequest[] = [];
  const fetch: typeof globalThis.fetch = (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    if (!wanted(url)) return setup.fetch(input, init);
    captured.push({
      url,
      headers: Object.fromEntries(new Headers(init?.headers)),
      body: fieldsOf(JSON.parse(typeof init?.body === 'string' ? init.body : '{}')),
    });
    return Promise.reject(new Error('The request was wanted, not its answer.'));
  };
  const model = await adapter.createModel({ ...setup, fetch });
  try {
    await model.doGenerate({
      ...options,
      providerOptions: adapter.providerOptions(wish, setup.name ?? setup.model),
    });
  } catch (error) {
    if (captured[0] === undefined) throw error;
  }
  const [request] = captured;
  if (request === undefined) throw new Error('The package answered without a request.');
  return request;
}
