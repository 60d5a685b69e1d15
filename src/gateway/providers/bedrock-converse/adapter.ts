// Models of other makers than Anthropic on Amazon Bedrock, by Converse and the AI SDK's package. The secret is a Bedrock
// API key; without one, requests are signed with what the AWS tools find on the machine.
import process from 'node:process';
import { GatewayError } from '../../gateway-error.ts';
import type { Effort, ListedModel, ModelAdapter, ModelSetup } from '../../translation/types.ts';
import { bedrockAddresses } from '../bedrock/bedrock-addresses.ts';
import { AwsRights } from '../claude-elsewhere/aws-keys.ts';
import type { AwsKeys, AwsRight } from '../claude-elsewhere/aws-keys.ts';
import { signRequest } from '../claude-elsewhere/sign-request.ts';
import { changeOptions, strictTools } from '../translated/change-options.ts';
import { bearer, fieldsOf, getJson } from '../translated/get-json.ts';
import { effortOf, fixedSampling, looksVisual, traitsWith } from '../translated/model-traits.ts';
import { openAiFamily } from '../translated/openai-family.ts';
import { converseTools, noBlankResults } from './converse-shape.ts';

/** Without the region or group of regions in front: `us.amazon.nova-pro-v1:0`. */
const plainId = (model: string): string =>
  model.replace(/^.*\//, '').replace(/^(us|us-gov|eu|apac|jp|au|ca|global)\./, '');

const openAiModel = (model: string): string | null =>
  plainId(model).startsWith('openai.') ? plainId(model).slice('openai.'.length) : null;

function efforts(model: string): readonly Effort[] {
  const id = plainId(model);
  if (id.startsWith('amazon.nova-2') || id.includes('gpt-oss')) return ['low', 'medium', 'high'];
  const openai = openAiModel(model);
  return openai === null ? [] : (openAiFamily(openai)?.efforts ?? []);
}

/** Converse lets only these be told which tool to call. */
const takesChoice = /^(amazon\.nova|mistral\.|openai\.gpt-5|anthropic\.)/;

export const bedrockConverseAdapter: ModelAdapter = {
  async createModel(setup) {
    const { createAmazonBedrock } = await import('@ai-sdk/amazon-bedrock');
    const { region, messages } = bedrockAddresses(setup, process.env);
    const rights = rightsOf(setup);
    const right = await rights.of(setup.secret);
    const provider = createAmazonBedrock({
      region,
      baseURL: messages,
      // Empty, so that the package does not look for a key of its own.
      apiKey: right.kind === 'api-key' ? right.key : '',
      // Asked anew for every request: temporary keys run out.
      credentialProvider: async () => keysOf(await rights.of(setup.secret)),
      headers: { ...setup.headers },
      fetch: setup.fetch,
    });
    return changeOptions(provider(setup.model), strictTools(null), converseTools, noBlankResults);
  },

  traits(model) {
    const id = plainId(model);
    const openai = openAiModel(model);
    const family = openai === null ? null : openAiFamily(openai);
    const images = family?.images ?? (/nova-(lite|pro|premier|2)|anthropic/.test(id) || looksVisual(id));
    return traitsWith(
      {
        images,
        mediaUrls: false,
        pdf: /^(amazon\.nova-(lite|pro|premier|2)|anthropic)/.test(id),
        imagesInToolResults: /^(amazon\.nova-(lite|pro|premier|2)|anthropic)/.test(id),
        tools: !/deepseek\.r1|titan|llama3-(8b|70b)/.test(id),
        toolChoice: takesChoice.test(id) ? 'all' : 'auto-only',
        // The package asks for structured output by forcing a tool.
        structuredOutput: takesChoice.test(id),
        stopSequences: openai === null ? 4 : 0,
        reasoning: effortOf(efforts(model)),
      },
      family?.temperature === false ? fixedSampling : {},
    );
  },

  providerOptions: ({ effort }, model) => ({
    amazonBedrock:
      effort === null
        ? {}
        : {
            reasoningConfig: {
              ...(openAiModel(model) === null ? { type: 'enabled' } : {}),
              maxReasoningEffort: effort,
            },
          },
  }),

  async listModels(setup) {
    const list = fieldsOf(await askControl(setup, '/foundation-models?byOutputModality=TEXT'));
    const profiles = await askControl(setup, '/inference-profiles?maxResults=1000').catch(() => null);
    return [...readFoundationModels(list), ...readProfiles(profiles)];
  },
};

const rightsOf = ({ options }: ModelSetup): AwsRights =>
  new AwsRights({
    provider: 'bedrock-converse',
    env: process.env,
    profile: options['awsProfile'],
    apiKeyVariable: 'AWS_BEARER_TOKEN_BEDROCK',
  });

function keysOf(right: AwsRight): AwsKeys {
  if (right.kind === 'keys') return right.keys;
  throw new GatewayError(
    'PROVIDER_UNUSABLE',
    'The AWS credentials changed their kind; send the request again.',
  );
}

/** Asks the host that lists models, signed or with the key. */
async function askControl(setup: ModelSetup, path: string): Promise<unknown> {
  const { region, control } = bedrockAddresses(setup, process.env);
  const right = await rightsOf(setup).of(setup.secret);
  if (right.kind === 'api-key') return getJson(setup, `${control}${path}`, { headers: bearer(right.key) });
  const place = { origin: new URL(control), region, service: 'bedrock', now: Date.now };
  const signed = await signRequest({ method: 'GET', path, headers: [], body: null }, right.keys, place);
  const headers = Object.fromEntries(
    signed.flatMap((name, index) => (index % 2 === 0 ? [[name, signed[index + 1] ?? '']] : [])),
  ) as Record<string, string>;
  return getJson(setup, `${control}${path}`, { headers });
}

const listed = (id: string, name: unknown): ListedModel => ({
  id,
  name: typeof name === 'string' ? name : null,
  contextWindow: null,
  maxOutputTokens: null,
});

/** Claude has a provider type of its own, without translation. */
function readFoundationModels({ modelSummaries }: Readonly<Record<string, unknown>>): ListedModel[] {
  return (Array.isArray(modelSummaries) ? modelSummaries : []).flatMap((entry: unknown) => {
    const { modelId, modelName, inferenceTypesSupported: types } = fieldsOf(entry);
    if (typeof modelId !== 'string' || modelId.startsWith('anthropic.')) return [];
    return Array.isArray(types) && !types.includes('ON_DEMAND') ? [] : [listed(modelId, modelName)];
  });
}

function readProfiles(list: unknown): ListedModel[] {
  const { inferenceProfileSummaries: summaries } = fieldsOf(list);
  return (Array.isArray(summaries) ? summaries : []).flatMap((entry: unknown) => {
    const { inferenceProfileId: id, inferenceProfileName: name } = fieldsOf(entry);
    return typeof id !== 'string' || id.includes('anthropic.') ? [] : [listed(id, name)];
  });
}
