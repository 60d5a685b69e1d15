// One real request to a provider's address, for a test: the same connection code as every exchange, on connections of
// its own that are closed afterwards.
import { askUpstream } from '../models/ask-upstream.ts';
import type { ProviderAnswer, UpstreamQuestion } from '../models/ask-upstream.ts';
import type { ProviderDescriptor, ProviderSetup, Upstream, UpstreamContext } from '../providers/provider.ts';

export interface ProviderAddress {
  readonly descriptor: ProviderDescriptor;
  readonly setup: ProviderSetup;
  /** Null for a provider that takes none. */
  readonly secret: string | null;
}

export type Question = Pick<UpstreamQuestion, 'path' | 'body'>;

/** Never rejects. */
export async function askProvider(
  { descriptor, setup, secret }: ProviderAddress,
  question: Question,
  context: UpstreamContext,
  signal: AbortSignal,
): Promise<ProviderAnswer> {
  let upstream: Upstream;
  try {
    upstream = descriptor.createUpstream(setup, context);
  } catch (error) {
    // An address that is missing or no address; the settings were not checked for this type.
    return { kind: 'failed', error: Object.assign(new Error(String(error)), { code: 'ADDRESS_UNUSABLE' }) };
  }
  const credential = secret === null ? [] : descriptor.authorize(secret);
  const answer = await askUpstream(upstream, { ...question, credential, secret }, signal);
  void upstream.destroy().catch(() => undefined);
  return answer;
}
