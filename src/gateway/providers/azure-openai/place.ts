// Where and how an Azure resource is asked: the pasted address in its plain form, one of Azure's two URL dialects, and
// the API that a model is called through there (T130–T133).
import { addressOf } from '../translated/api-base.ts';
import type { OpenAiApi } from '../translated/openai-calls.ts';
import { openAiFamily } from '../translated/openai-family.ts';

export interface AzurePlace {
  /** Scheme, host and what a gateway in front puts before Azure's own paths. */
  readonly endpoint: string;
  /** `v1`: the deployment is named in the body; `classic`: in the path, with a dated version. */
  readonly dialect: 'v1' | 'classic';
  /** The value of `api-version`; null sends none. */
  readonly version: string | null;
}

/** What people paste after the host: Azure's own paths, in any depth. */
const azurePath = /\/(openai(\/.*)?|models|api\/projects\/.*|v1)$/i;
const dated = /^\d{4}-\d{2}-\d{2}/;
/** From this version on a classic resource has Responses. */
const firstWithResponses = '2025-03-01';
/** Models of other makers that Azure deploys: they have Chat Completions only. */
const otherMakers = /^(deepseek|llama|meta|mistral|ministral|codestral|grok|kimi|cohere|phi|qwen|glm|jais)/i;

export function azurePlace(baseUrl: string, apiVersion: string | undefined): AzurePlace {
  const url = addressOf(baseUrl);
  const path = url.pathname.replace(/\/+$/, '').replace(azurePath, '');
  const endpoint = `${url.origin}${path}`.replace(/\/+$/, '');
  const asked = apiVersion?.trim() ?? '';
  if (dated.test(asked)) return { endpoint, dialect: 'classic', version: asked };
  return { endpoint, dialect: 'v1', version: asked === '' || asked === 'v1' ? null : asked };
}

/** `name` is the model's own name, not its deployment's. */
export function azureApi(
  name: string,
  options: Readonly<Record<string, string>>,
  place: AzurePlace,
): OpenAiApi {
  const hasResponses = place.dialect === 'v1' || (place.version ?? '') >= firstWithResponses;
  if (!hasResponses) return 'chat';
  if (openAiFamily(name)?.responsesOnly === true) return 'responses';
  if (options['api'] === 'responses' || options['api'] === 'chat') return options['api'];
  return place.dialect === 'classic' || otherMakers.test(name) ? 'chat' : 'responses';
}

/** The address that `/responses` or `/chat/completions` is appended to. */
export function azureBase({ endpoint, dialect }: AzurePlace, api: OpenAiApi, deployment: string): string {
  if (dialect === 'v1') return `${endpoint}/openai/v1`;
  if (api === 'responses') return `${endpoint}/openai`;
  return `${endpoint}/openai/deployments/${encodeURIComponent(deployment)}`;
}
