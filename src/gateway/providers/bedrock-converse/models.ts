// Models of other makers than Anthropic on Amazon Bedrock.
import { known } from '../translated/define-translated.ts';

export const bedrockModels = [
  known('us.amazon.nova-premier-v1:0', 'Nova Premier', 1_000_000, 32_000),
  known('us.amazon.nova-2-lite-v1:0', 'Nova 2 Lite', 1_000_000, 65_535),
  known('us.amazon.nova-micro-v1:0', 'Nova Micro', 128_000, 10_000),
  known('openai.gpt-5.5', 'GPT-5.5', 272_000, 128_000),
  known('openai.gpt-oss-120b-1:0', 'GPT-OSS 120B', 128_000, 16_384),
  known('openai.gpt-oss-20b-1:0', 'GPT-OSS 20B', 128_000, 16_384),
  known('qwen.qwen3-coder-480b-a35b-v1:0', 'Qwen3 Coder 480B', 131_072, 65_536),
  known('deepseek.v3.2', 'DeepSeek V3.2', 163_840, 81_920),
  known('zai.glm-5', 'GLM-5', 202_752, 101_376),
  known('moonshotai.kimi-k2.5', 'Kimi K2.5', 262_143, 16_000),
  known('mistral.mistral-large-3-675b-instruct', 'Mistral Large 3', 256_000, 8_192),
];
