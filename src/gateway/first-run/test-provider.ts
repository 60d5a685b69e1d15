// Tests key and address of a provider as requests would use them: the model list first, a message of one token only
// where the caller allows it, and a second try where the first answer shows the likely mend.
import type { ProviderTestResult } from '../../contract/vault.ts';
import type { KeyHeader } from '../../contract/settings.ts';
import type { ProviderDescriptor, ProviderSetup, UpstreamContext } from '../providers/provider.ts';
import { MODEL_LIST_PATH } from '../models/fetch-models.ts';
import { withKeyHeader } from '../providers/providers.ts';
import { askProvider } from './ask-provider.ts';
import { judgeAnswer } from './judge-answer.ts';
import type { Verdict } from './judge-answer.ts';

export interface ProviderTest {
  readonly descriptor: ProviderDescriptor;
  readonly setup: ProviderSetup;
  /** Null for a type that finds its address itself. */
  readonly baseUrl: string | null;
  /** The header the settings name; undefined leaves it to the provider type. */
  readonly keyHeader: KeyHeader | undefined;
  readonly secret: string | null;
  readonly allowMessage: boolean;
  /** Model of the message; undefined takes one that the provider lists. */
  readonly model: string | undefined;
}

type Suggestion = NonNullable<ProviderTestResult['suggestion']>;

/** Small and known to all who serve Claude; others say that they do not have it, which proves the key too. */
const USUAL_MODEL = 'claude-haiku-4-5';

/** Takes at most `limitMs`. `signal` ends it early; what it answers then is of no use to anybody. */
export async function testProvider(
  test: ProviderTest,
  context: UpstreamContext,
  signal: AbortSignal,
  limitMs: number,
): Promise<ProviderTestResult> {
  const started = performance.now();
  const limited = AbortSignal.any([signal, AbortSignal.timeout(limitMs)]);
  const ask = (changed: Partial<ProviderTest> = {}): Promise<Verdict> =>
    askOnce({ ...test, ...changed }, context, limited);
  const first = await ask();
  const mend = first.outcome === 'works' ? null : await findMend(test, first, ask);
  const verdict = mend?.verdict ?? first;
  return {
    ok: verdict.outcome === 'works',
    outcome: verdict.outcome,
    status: verdict.status,
    milliseconds: Math.round(performance.now() - started),
    sentence: verdict.sentence,
    models: verdict.models?.length ?? null,
    suggestion: mend?.suggestion ?? null,
  };
}

async function askOnce(test: ProviderTest, context: UpstreamContext, signal: AbortSignal): Promise<Verdict> {
  const address = {
    descriptor: withKeyHeader(test.descriptor, test.keyHeader),
    setup: { ...test.setup, baseUrl: test.baseUrl ?? '' },
    secret: test.secret,
  };
  const { dialect, group, label } = test.descriptor;
  const host = test.baseUrl === null ? label : new URL(test.baseUrl).host;
  const asked = {
    host,
    secret: test.secret,
    api: dialect === 'translated' ? label : null,
    local: group === 'local' ? label : null,
  };
  const listed = await askProvider(address, { path: MODEL_LIST_PATH, body: null }, context, signal);
  if (listed.kind === 'aborted') return tooSlow(host);
  const verdict = judgeAnswer(listed, { ...asked, model: null });
  if (verdict.outcome !== 'needs-message' || !test.allowMessage) return verdict;
  const model = test.model ?? verdict.models?.[0] ?? likelyModel(test);
  const body = { model, max_tokens: 1, messages: [{ role: 'user', content: 'Hi' }] };
  const answered = await askProvider(address, { path: '/v1/messages', body }, context, signal);
  if (answered.kind === 'aborted') return tooSlow(host);
  return judgeAnswer(answered, { ...asked, model });
}

/** Of a provider that lists none: what the settings name, else the type's own smallest, else Claude's. */
function likelyModel({ descriptor, setup }: ProviderTest): string {
  const { haiku, background, sonnet, opus } = descriptor.tiers;
  return (
    Object.keys(setup.models)[0] ??
    haiku ??
    background ??
    sonnet ??
    opus ??
    descriptor.models[0]?.id ??
    USUAL_MODEL
  );
}

const tooSlow = (host: string): Verdict => ({
  outcome: 'timeout',
  status: null,
  sentence: `${host} did not answer in time. Check the address and the network, or try again later.`,
});

/** The mend that the failed test makes likely, when it proves to be one; null leaves the first verdict as it is. */
async function findMend(
  test: ProviderTest,
  first: Verdict,
  ask: (changed: Partial<ProviderTest>) => Promise<Verdict>,
): Promise<{ verdict: Verdict; suggestion: Suggestion } | null> {
  // Translated providers have addresses of their own kind, and put the key where it belongs themselves.
  if (test.baseUrl === null || test.descriptor.dialect === 'translated') return null;
  const bare = withoutVersion(test.baseUrl);
  if (bare !== null && first.status !== null && first.status !== 401) {
    const second = await ask({ baseUrl: bare });
    const sentence = `The address already ends in ${test.baseUrl.slice(bare.length)}, which every request adds: use ${bare}.`;
    if (isApi(second)) {
      return {
        verdict: { outcome: 'doubled-v1', status: first.status, sentence },
        suggestion: { baseUrl: bare },
      };
    }
  }
  if (test.keyHeader !== undefined || test.secret === null || !takesOtherHeaders(test.baseUrl)) return null;
  if (first.status !== 401 && first.status !== 403) return null;
  const keyHeader: KeyHeader = 'authorization';
  const second = await ask({ keyHeader });
  if (second.outcome !== 'works' && second.outcome !== 'needs-message') return null;
  const sentence = `The key is right, but ${new URL(test.baseUrl).host} takes it in the header "${keyHeader}" only.`;
  return { verdict: { outcome: 'other-header', status: first.status, sentence }, suggestion: { keyHeader } };
}

/** The address without a `/v1` or `/v1/messages` at its end; null when there is none. */
function withoutVersion(baseUrl: string): string | null {
  const bare = baseUrl.replace(/\/v1(?:\/(?:messages|models))?\/*$/, '');
  return bare === baseUrl ? null : bare;
}

const isApi = ({ outcome }: Verdict): boolean =>
  ['works', 'needs-message', 'wrong-key', 'no-credit', 'forbidden', 'rate-limited'].includes(outcome);

/** Anthropic's own address is known to take API keys in one header. */
const takesOtherHeaders = (baseUrl: string): boolean => new URL(baseUrl).hostname !== 'api.anthropic.com';
