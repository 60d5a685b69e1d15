// What OpenAI's models take and refuse, as its model pages say: efforts, sampling, windows, output limits.
import { Refusal } from './refusal.ts';

export interface OpenAiModel {
  readonly id: string;
  /** Efforts it takes; empty for a model that does not reason. */
  readonly efforts: readonly string[];
  /** Effort when none is asked for; null for a model that does not reason. */
  readonly defaultEffort: string | null;
  readonly contextTokens: number;
  readonly outputTokens: number;
  readonly images: boolean;
  /** Function tools with reasoning are refused on Chat Completions. */
  readonly toolsOnResponsesOnly: boolean;
  /** Takes temperature and top_p although it reasons. */
  readonly samplesWhileReasoning: boolean;
}

interface Family {
  readonly name: RegExp;
  readonly efforts: string;
  readonly byDefault: string | null;
  readonly context: number;
  readonly output: number;
  readonly textOnly?: true;
  readonly responsesOnlyTools?: true;
}

/** First match wins; dates at the end of a name are ignored. */
const families: readonly Family[] = [
  { name: /^gpt-5-chat-latest$/, efforts: '', byDefault: null, context: 128_000, output: 16_384 },
  {
    name: /^gpt-5\.\d-chat-latest$/,
    efforts: 'medium',
    byDefault: 'medium',
    context: 128_000,
    output: 16_384,
  },
  { name: /^gpt-5-pro$/, efforts: 'high', byDefault: 'high', context: 400_000, output: 272_000 },
  {
    name: /^gpt-5\.2-pro$/,
    efforts: 'medium high xhigh',
    byDefault: 'medium',
    context: 400_000,
    output: 128_000,
  },
  {
    name: /^gpt-5\.[4-6]-pro$/,
    efforts: 'medium high xhigh',
    byDefault: 'medium',
    context: 1_050_000,
    output: 128_000,
    responsesOnlyTools: true,
  },
  {
    name: /^gpt-5\.1-codex-max$/,
    efforts: 'none low medium high xhigh',
    byDefault: 'medium',
    context: 400_000,
    output: 128_000,
  },
  {
    name: /^gpt-5(\.1)?-codex(-mini)?$/,
    efforts: 'low medium high',
    byDefault: 'medium',
    context: 400_000,
    output: 128_000,
  },
  {
    name: /^gpt-5\.[23]-codex(-spark)?$/,
    efforts: 'low medium high xhigh',
    byDefault: 'medium',
    context: 400_000,
    output: 128_000,
  },
  {
    name: /^gpt-5(-mini|-nano)?$/,
    efforts: 'minimal low medium high',
    byDefault: 'medium',
    context: 400_000,
    output: 128_000,
  },
  {
    name: /^gpt-5\.1(-mini)?$/,
    efforts: 'none low medium high',
    byDefault: 'none',
    context: 400_000,
    output: 128_000,
  },
  {
    name: /^gpt-5\.[23]$/,
    efforts: 'none low medium high xhigh',
    byDefault: 'none',
    context: 400_000,
    output: 128_000,
  },
  {
    name: /^gpt-5\.4-(mini|nano)$/,
    efforts: 'none low medium high xhigh',
    byDefault: 'none',
    context: 400_000,
    output: 128_000,
    responsesOnlyTools: true,
  },
  {
    name: /^gpt-5\.4$/,
    efforts: 'none low medium high xhigh',
    byDefault: 'none',
    context: 1_050_000,
    output: 128_000,
    responsesOnlyTools: true,
  },
  {
    name: /^gpt-5\.5$/,
    efforts: 'none low medium high xhigh',
    byDefault: 'medium',
    context: 1_050_000,
    output: 128_000,
    responsesOnlyTools: true,
  },
  {
    name: /^gpt-5\.6(-sol|-terra|-luna|-mini|-nano)?$/,
    efforts: 'none low medium high xhigh max',
    byDefault: 'medium',
    context: 1_050_000,
    output: 128_000,
    responsesOnlyTools: true,
  },
  {
    name: /^gpt-6(\.\d)?(-sol|-terra|-luna|-mini|-nano)?$/,
    efforts: 'none low medium high xhigh max',
    byDefault: 'medium',
    context: 1_050_000,
    output: 128_000,
    responsesOnlyTools: true,
  },
  {
    name: /^o3-mini$/,
    efforts: 'low medium high',
    byDefault: 'medium',
    context: 200_000,
    output: 100_000,
    textOnly: true,
  },
  {
    name: /^(o1|o3|o4-mini|o3-pro)$/,
    efforts: 'low medium high',
    byDefault: 'medium',
    context: 200_000,
    output: 100_000,
  },
  { name: /^gpt-4\.1(-mini|-nano)?$/, efforts: '', byDefault: null, context: 1_047_576, output: 32_768 },
  { name: /^gpt-4o(-mini)?$/, efforts: '', byDefault: null, context: 128_000, output: 16_384 },
];

/** Names that a model list shows. */
export const listedModels: readonly string[] = [
  'gpt-5.6-sol',
  'gpt-5.6-terra',
  'gpt-5.6-luna',
  'gpt-5.5',
  'gpt-5.4',
  'gpt-5.4-mini',
  'gpt-5.2',
  'gpt-5.1',
  'gpt-5',
  'gpt-5-mini',
  'gpt-4.1',
  'gpt-4o',
  'gpt-4o-mini',
  'o3',
  'o3-mini',
  'o4-mini',
  'text-embedding-3-small',
  'gpt-image-1',
  'whisper-1',
  'tts-1',
  'omni-moderation-latest',
];

export function findModel(id: string): OpenAiModel {
  const plain = id.replace(/-\d{4}-\d{2}-\d{2}$/, '');
  const family = families.find(({ name }) => name.test(plain));
  if (family === undefined) {
    throw new Refusal(404, `The model \`${id}\` does not exist or you do not have access to it.`, {
      code: 'model_not_found',
      param: 'model',
    });
  }
  return {
    id,
    efforts: family.efforts === '' ? [] : family.efforts.split(' '),
    defaultEffort: family.byDefault,
    contextTokens: family.context,
    outputTokens: family.output,
    images: family.textOnly !== true,
    toolsOnResponsesOnly: family.responsesOnlyTools === true,
    samplesWhileReasoning: false,
  };
}

interface GrokFamily {
  readonly name: RegExp;
  readonly efforts: string;
  readonly byDefault: string | null;
  readonly context: number;
}

const grokFamilies: readonly GrokFamily[] = [
  { name: /^grok-4\.20-.*non-reasoning$/, efforts: '', byDefault: null, context: 1_000_000 },
  { name: /^grok-4\.20-.*reasoning$/, efforts: '', byDefault: 'high', context: 1_000_000 },
  { name: /^grok-build-/, efforts: '', byDefault: 'high', context: 256_000 },
  { name: /^grok-4\.6$/, efforts: 'none low medium high xhigh', byDefault: 'low', context: 500_000 },
  { name: /^grok-4\.\d$/, efforts: 'none low medium high', byDefault: 'low', context: 500_000 },
];

/** The models that xAI's list shows. */
export const listedGroks: readonly string[] = [
  'grok-4.6',
  'grok-4.5',
  'grok-4.3',
  'grok-4.20-0309-reasoning',
  'grok-4.20-0309-non-reasoning',
  'grok-build-0.1',
  'grok-imagine-image',
];

export function findGrok(id: string): OpenAiModel {
  const family = grokFamilies.find(({ name }) => name.test(id));
  if (family === undefined) {
    throw new Refusal(
      404,
      `The model ${id} does not exist or your team does not have access to it. Please ensure you are using the correct API key.`,
      { code: 'Some requested entity was not found' },
    );
  }
  return {
    id,
    efforts: family.efforts === '' ? [] : family.efforts.split(' '),
    defaultEffort: family.byDefault,
    contextTokens: family.context,
    outputTokens: 131_072,
    images: true,
    toolsOnResponsesOnly: false,
    samplesWhileReasoning: true,
  };
}

/** `'a', 'b', and 'c'`, as OpenAI lists values. */
export function listed(values: readonly string[]): string {
  const names = values.map((value) => `'${value}'`);
  const last = names.pop() ?? '';
  return names.length === 0 ? last : `${names.join(', ')}${names.length > 1 ? ',' : ''} and ${last}`;
}

/** Checks the effort asked for and returns the one in force; null for a model that does not reason. */
export function effortInForce(model: OpenAiModel, asked: unknown, param: string): string | null {
  if (asked === undefined || asked === null) return model.defaultEffort;
  if (model.efforts.length === 0) {
    throw new Refusal(400, `Unsupported parameter: '${param}' is not supported with this model.`, {
      code: 'unsupported_parameter',
      param,
    });
  }
  const effort = typeof asked === 'string' ? asked : JSON.stringify(asked);
  if (!model.efforts.includes(effort)) {
    throw new Refusal(
      400,
      `Unsupported value: '${effort}' is not supported with the '${model.id}' model. Supported values are: ${listed(model.efforts)}.`,
      { code: 'unsupported_value', param },
    );
  }
  return effort;
}
