// What is known of OpenAI's models by their names: which think, in which efforts, which are reached by Responses only
// (T19, T20, T22). Used wherever these models are served: OpenAI, Azure, OpenRouter, Bedrock.
import type { Effort } from '../../translation/types.ts';

export interface OpenAiFamily {
  /** It thinks; then it takes no temperature and no stop sequences. */
  readonly reasoning: boolean;
  /** Empty: it cannot be told. */
  readonly efforts: readonly Effort[];
  readonly images: boolean;
  readonly temperature: boolean;
  /** Chat Completions refuses it, or refuses it together with tools. */
  readonly responsesOnly: boolean;
  readonly parallelTools: boolean;
  readonly webSearch: boolean;
}

const plain: OpenAiFamily = {
  reasoning: false,
  efforts: [],
  images: true,
  temperature: true,
  responsesOnly: false,
  parallelTools: true,
  webSearch: true,
};

/** Null for a name that is not one of OpenAI's. */
export function openAiFamily(model: string): OpenAiFamily | null {
  const id = model.toLowerCase().replace(/^.*\//, '').replace(/^ft:/, '').replace(/:.*$/, '');
  if (/^(gpt-4o|chatgpt-4o)/.test(id)) return plain;
  if (/^gpt-4\.1/.test(id)) return { ...plain, webSearch: !id.includes('nano') };
  if (/^gpt-(3\.5|35)/.test(id) || /^gpt-4(-\d{4}|-32k)?$/.test(id))
    return { ...plain, images: false, webSearch: false };
  if (/^gpt-4(-|\.|$)/.test(id)) return { ...plain, webSearch: false };
  if (/^codex-mini/.test(id)) return { ...oSeries(4, ''), responsesOnly: true };
  const o = /^o(\d+)(?:-(.+))?$/.exec(id);
  if (o !== null) return oSeries(Number(o[1]), o[2] ?? '');
  const gpt = /^gpt-(\d+)(?:\.(\d+))?(?:-(.+))?$/.exec(id);
  if (gpt === null) return null;
  return gptFrom5(Number(gpt[1]), Number(gpt[2] ?? 0), gpt[3] ?? '');
}

function oSeries(version: number, variant: string): OpenAiFamily {
  const early = version === 1 && /^(mini|preview)/.test(variant);
  const pro = /^(pro|deep-research)/.test(variant);
  return {
    reasoning: true,
    efforts: early || variant.includes('deep-research') ? [] : ['low', 'medium', 'high'],
    images: !early && !(version === 3 && /^mini/.test(variant)),
    temperature: false,
    responsesOnly: pro,
    parallelTools: false,
    webSearch: version >= 3,
  };
}

function gptFrom5(major: number, minor: number, variant: string): OpenAiFamily {
  const at = (version: number): boolean => major > 5 || (major === 5 && minor >= version);
  if (variant.startsWith('chat')) return { ...plain, temperature: !at(1) };
  return {
    reasoning: true,
    efforts: effortsFrom5(major, minor, variant),
    images: true,
    temperature: false,
    responsesOnly: at(4) || /codex|pro/.test(variant),
    parallelTools: true,
    webSearch: true,
  };
}

function effortsFrom5(major: number, minor: number, variant: string): readonly Effort[] {
  if (major > 5) {
    const mayRest = /^(luna|terra)/.test(variant) || (minor === 0 && variant.startsWith('sol'));
    const levels: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];
    return mayRest ? ['none', ...levels] : levels;
  }
  if (variant.startsWith('pro')) return minor < 2 ? ['high'] : ['medium', 'high', 'xhigh'];
  if (variant.startsWith('codex'))
    return minor < 2 && !variant.startsWith('codex-max')
      ? ['low', 'medium', 'high']
      : ['low', 'medium', 'high', 'xhigh'];
  if (minor === 0) return ['minimal', 'low', 'medium', 'high'];
  if (minor === 1) return ['none', 'low', 'medium', 'high'];
  if (minor < 6) return ['none', 'low', 'medium', 'high', 'xhigh'];
  return ['none', 'low', 'medium', 'high', 'xhigh', 'max'];
}
