// The flat list of provider types. Adding one is a folder beside this file and a line here.
import { anthropic } from './anthropic/descriptor.ts';
import { azureOpenAi } from './azure-openai/descriptor.ts';
import { bedrockConverse } from './bedrock-converse/descriptor.ts';
import { deepSeek } from './deepseek/descriptor.ts';
import { google } from './google/descriptor.ts';
import { groq } from './groq/descriptor.ts';
import { lmStudio } from './lm-studio/descriptor.ts';
import { mistral } from './mistral/descriptor.ts';
import { moonshot } from './moonshot/descriptor.ts';
import { ollama } from './ollama/descriptor.ts';
import { openAiCompatible } from './openai-compatible/descriptor.ts';
import { openai } from './openai/descriptor.ts';
import { openRouter } from './openrouter/descriptor.ts';
import { vertexGemini } from './vertex-gemini/descriptor.ts';
import { xai } from './xai/descriptor.ts';
import { zai } from './zai/descriptor.ts';
import { bedrock } from './bedrock/descriptor.ts';
import { vertex } from './vertex/descriptor.ts';
import { foundry } from './foundry/descriptor.ts';
import { claudePlatformAws } from './claude-platform-aws/descriptor.ts';
import { deepseekAnthropic } from './deepseek-anthropic/descriptor.ts';
import { moonshotAnthropic } from './moonshot-anthropic/descriptor.ts';
import { zaiAnthropic } from './zai-anthropic/descriptor.ts';
import { minimaxAnthropic } from './minimax-anthropic/descriptor.ts';
import { openrouterAnthropic } from './openrouter-anthropic/descriptor.ts';
import { ollamaAnthropic } from './ollama-anthropic/descriptor.ts';
import { lmStudioAnthropic } from './lm-studio-anthropic/descriptor.ts';
import { claudeGateway } from './claude-gateway/descriptor.ts';
import { bifrost } from './bifrost/descriptor.ts';
import { litellm } from './litellm/descriptor.ts';
import { practice } from './practice/descriptor.ts';
import type { ProviderDescriptor } from './provider.ts';

export const descriptors: readonly ProviderDescriptor[] = [
  anthropic,
  openai,
  azureOpenAi,
  google,
  vertexGemini,
  openRouter,
  mistral,
  xai,
  groq,
  deepSeek,
  moonshot,
  zai,
  bedrockConverse,
  openAiCompatible,
  ollama,
  lmStudio,
  bedrock,
  vertex,
  foundry,
  claudePlatformAws,
  deepseekAnthropic,
  moonshotAnthropic,
  zaiAnthropic,
  minimaxAnthropic,
  openrouterAnthropic,
  ollamaAnthropic,
  lmStudioAnthropic,
  claudeGateway,
  bifrost,
  litellm,
  practice,
];

export const providerTypes: readonly string[] = descriptors.map((descriptor) => descriptor.type);

const byType = new Map(descriptors.map((descriptor) => [descriptor.type, descriptor]));
if (byType.size !== descriptors.length) throw new Error('two provider descriptors share a type');

/** The settings are checked against `providerTypes` on reading, so an unknown type here is a fault of ours. */
export function descriptorOf(type: string): ProviderDescriptor {
  const descriptor = byType.get(type);
  if (descriptor === undefined) throw new Error(`no provider type "${type}"`);
  return descriptor;
}
