// Asks a provider for its models through the connections that its requests use. Bounded in time, bytes and number.
import { GatewayError } from '../gateway-error.ts';
import { judgeAnswer } from '../first-run/judge-answer.ts';
import type { Credential } from '../providers/credential.ts';
import type { Provider } from '../providers/providers.ts';
import { askUpstream } from './ask-upstream.ts';
import { MOST_MODELS, readModelList } from './read-model-list.ts';
import type { FetchedModel } from './read-model-list.ts';

export type FetchResult =
  | { readonly kind: 'models'; readonly models: readonly FetchedModel[] }
  /** One sentence. */
  | { readonly kind: 'problem'; readonly problem: string }
  | { readonly kind: 'aborted' };

export const MODEL_LIST_PATH = `/v1/models?limit=${MOST_MODELS}`;

const FETCH_LIMIT_MS = 10_000;

/** Never rejects. `credentialOf` may throw a GatewayError. */
export async function fetchModels(
  provider: Provider,
  credentialOf: (provider: Provider) => Credential,
  signal: AbortSignal,
): Promise<FetchResult> {
  let credential: Credential;
  try {
    credential = credentialOf(provider);
  } catch (error) {
    if (error instanceof GatewayError) return { kind: 'problem', problem: error.message };
    throw error;
  }
  if (credential.kind === 'client') {
    return {
      kind: 'problem',
      problem: `The provider "${provider.id}" uses the Claude login of whoever asks, so Tollgate has no key to ask for its models with.`,
    };
  }
  const secret = credential.kind === 'secret' ? credential.secret : null;
  const tooLong = AbortSignal.timeout(FETCH_LIMIT_MS);
  const answer = await askUpstream(
    provider.upstream,
    {
      path: MODEL_LIST_PATH,
      body: null,
      credential: secret === null ? [] : provider.descriptor.authorize(secret),
      secret,
    },
    AbortSignal.any([signal, tooLong]),
  );
  const host = hostOf(provider);
  if (answer.kind === 'aborted') {
    if (!tooLong.aborted) return { kind: 'aborted' };
    return { kind: 'problem', problem: `${host} did not send its list of models in time.` };
  }
  const models = answer.kind === 'answered' && isSuccess(answer.status) ? readModelList(answer.body) : null;
  if (models !== null) return { kind: 'models', models };
  const { sentence } = judgeAnswer(answer, {
    host,
    secret,
    model: null,
    api: provider.descriptor.dialect === 'translated' ? provider.descriptor.label : null,
    local: provider.descriptor.group === 'local' ? provider.descriptor.label : null,
  });
  return { kind: 'problem', problem: sentence };
}

const isSuccess = (status: number): boolean => status >= 200 && status < 300;

const hostOf = ({ baseUrl, label }: Provider): string => (baseUrl === null ? label : new URL(baseUrl).host);
