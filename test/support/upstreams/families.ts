// Every translated provider type with the mock that plays its upstream and the settings that reach it, so that one
// suite can run over all of them.
import type { ProviderSettings } from '../../../src/contract/settings.ts';
import { startBedrockConverse } from './bedrock-converse.ts';
import { startGemini } from './gemini.ts';
import type { Mock } from './mock-server.ts';
import { startOpenAiChat } from './openai-chat.ts';
import { startOpenAiResponses } from './openai-responses.ts';

/** What `settings` needs beyond the address. */
export interface FamilySettings {
  readonly id?: string;
  /** `env:NAME` of the variable that holds `mock.key`; absent: the family's own. */
  readonly credential?: string;
}

export interface Family {
  /** Unique; several families may share a provider type. */
  readonly name: string;
  readonly providerType: string;
  /** Model that the mock knows, under the name that the settings give it. */
  readonly model: string;
  /** What the upstream can bring across. */
  readonly shows: { readonly thinking: boolean; readonly cacheReads: boolean };
  /** `small`: a window of 2,000 tokens, so that a small request overflows it. */
  start(size?: 'small'): Promise<Mock>;
  /** Provider settings for config.json; `url` is the mock's. */
  settings(url: string, options?: FamilySettings): ProviderSettings;
}

/** Environment variable in which a family's key is expected unless the test names another. */
export const keyVariable = 'TOLLGATE_MOCK_KEY';

const SMALL_WINDOW = 2_000;

interface FamilyPlan {
  readonly name: string;
  readonly providerType: string;
  readonly path: string;
  readonly model: string;
  readonly start: (contextTokens: { readonly contextTokens?: number }) => Promise<Mock>;
  readonly shows?: Partial<Family['shows']>;
  readonly keyless?: true;
  readonly more?: Pick<ProviderSettings, 'options' | 'models'>;
}

function family(plan: FamilyPlan): Family {
  return {
    name: plan.name,
    providerType: plan.providerType,
    model: plan.model,
    shows: { thinking: true, cacheReads: true, ...plan.shows },
    start: (size) => plan.start(size === 'small' ? { contextTokens: SMALL_WINDOW } : {}),
    settings: (url, { id, credential } = {}) => ({
      id: id ?? plan.name,
      type: plan.providerType,
      baseUrl: `${url}${plan.path}`,
      credential: credential ?? (plan.keyless === true ? 'none' : `env:${keyVariable}`),
      ...plan.more,
    }),
  };
}

const deployments = { 'my-gpt': 'gpt-5.6', 'my-small-gpt': 'gpt-4.1' };

export const families: readonly Family[] = [
  family({
    name: 'openai',
    providerType: 'openai',
    path: '/v1',
    model: 'gpt-5.6',
    start: (size) => startOpenAiResponses({ ...size, model: 'gpt-5.6' }),
  }),
  family({
    name: 'openai-chat',
    providerType: 'openai',
    path: '/v1',
    model: 'gpt-4.1',
    start: (size) => startOpenAiChat({ ...size, model: 'gpt-4.1' }),
    shows: { thinking: false },
    more: { options: { api: 'chat' } },
  }),
  family({
    name: 'azure-openai',
    providerType: 'azure-openai',
    path: '',
    model: 'gpt-5.6',
    start: (size) => startOpenAiResponses({ ...size, profile: 'azure', deployments, model: 'gpt-5.6' }),
    more: { models: { 'gpt-5.6': { deployment: 'my-gpt' } } },
  }),
  family({
    name: 'azure-classic',
    providerType: 'azure-openai',
    path: '',
    model: 'gpt-4.1',
    start: (size) => startOpenAiChat({ ...size, profile: 'azure', deployments, model: 'gpt-4.1' }),
    shows: { thinking: false },
    more: { models: { 'gpt-4.1': { deployment: 'my-small-gpt' } }, options: { apiVersion: '2024-10-21' } },
  }),
  family({
    name: 'google',
    providerType: 'google',
    path: '/v1beta',
    model: 'gemini-3.5-flash',
    start: (size) => startGemini({ ...size, model: 'gemini-3.5-flash' }),
  }),
  family({
    name: 'vertex-gemini',
    providerType: 'vertex-gemini',
    path: '',
    model: 'gemini-2.5-pro',
    start: (size) => startGemini({ ...size, profile: 'vertex', model: 'gemini-2.5-pro' }),
  }),
  family({
    name: 'openrouter',
    providerType: 'openrouter',
    path: '/api/v1',
    model: 'z-ai/glm-5.2',
    start: (size) => startOpenAiChat({ ...size, profile: 'openrouter', model: 'z-ai/glm-5.2' }),
  }),
  family({
    name: 'mistral',
    providerType: 'mistral',
    path: '/v1',
    model: 'magistral-medium-latest',
    start: (size) => startOpenAiChat({ ...size, profile: 'mistral', model: 'magistral-medium-latest' }),
    shows: { cacheReads: false },
  }),
  family({
    name: 'xai',
    providerType: 'xai',
    path: '/v1',
    model: 'grok-4.3',
    start: (size) => startOpenAiResponses({ ...size, profile: 'xai', model: 'grok-4.3' }),
  }),
  family({
    name: 'groq',
    providerType: 'groq',
    path: '/openai/v1',
    model: 'openai/gpt-oss-120b',
    start: (size) => startOpenAiChat({ ...size, profile: 'groq', model: 'openai/gpt-oss-120b' }),
  }),
  family({
    name: 'deepseek',
    providerType: 'deepseek',
    path: '',
    model: 'deepseek-v4-pro',
    start: (size) => startOpenAiChat({ ...size, profile: 'deepseek', model: 'deepseek-v4-pro' }),
  }),
  family({
    name: 'moonshot',
    providerType: 'moonshot',
    path: '/v1',
    model: 'kimi-k2.6',
    start: (size) => startOpenAiChat({ ...size, profile: 'moonshot', model: 'kimi-k2.6' }),
  }),
  family({
    name: 'zai',
    providerType: 'zai',
    path: '/api/paas/v4',
    model: 'glm-5.1',
    start: (size) => startOpenAiChat({ ...size, profile: 'zai', model: 'glm-5.1' }),
  }),
  family({
    name: 'vllm',
    providerType: 'openai-compatible',
    path: '/v1',
    model: 'Qwen/Qwen3-Coder-30B-A3B-Instruct',
    start: (size) => startOpenAiChat({ ...size, profile: 'vllm' }),
    keyless: true,
  }),
  family({
    name: 'llama-cpp',
    providerType: 'openai-compatible',
    path: '/v1',
    model: 'qwen3-coder-30b-q4_k_m.gguf',
    start: (size) => startOpenAiChat({ ...size, profile: 'llama.cpp' }),
    keyless: true,
  }),
  family({
    name: 'lm-studio',
    providerType: 'openai-compatible',
    path: '/v1',
    model: 'qwen3-coder-30b',
    start: (size) => startOpenAiChat({ ...size, profile: 'lm-studio' }),
    keyless: true,
  }),
  family({
    name: 'ollama',
    providerType: 'ollama',
    path: '/v1',
    model: 'qwen3-coder:30b',
    start: (size) => startOpenAiChat({ ...size, profile: 'ollama', model: 'qwen3-coder:30b' }),
    shows: { cacheReads: false },
    keyless: true,
  }),
  family({
    name: 'bedrock-converse',
    providerType: 'bedrock-converse',
    path: '',
    model: 'us.amazon.nova-2-lite-v1:0',
    start: (size) => startBedrockConverse({ ...size, model: 'us.amazon.nova-2-lite-v1:0' }),
    more: { options: { region: 'us-east-1' } },
  }),
];
