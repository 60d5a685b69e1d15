// MiniMax's Messages endpoint; the key is a bearer token. It ignores top_k, stop_sequences, service_tier, mcp_servers,
// context_management and container (https://platform.minimax.io/docs/api-reference/text-anthropic-api).
import { defineCompatible, knownModel } from '../claude-elsewhere/define-compatible.ts';

export const minimaxAnthropic = defineCompatible({
  type: 'minimax-anthropic',
  label: 'MiniMax (Anthropic endpoint)',
  group: 'no-translation',
  help: 'MiniMax’s own endpoint for Claude Code; in China use https://api.minimaxi.com/anthropic as the address.',
  keysUrl: 'https://platform.minimax.io/user-center/basic-information/interface-key',
  baseUrl: 'https://api.minimax.io/anthropic',
  credential: 'env:MINIMAX_API_KEY',
  keyHeader: 'authorization',
  models: [
    knownModel('MiniMax-M3', 'MiniMax-M3', 1_000_000, 128_000),
    knownModel('MiniMax-M2.7', 'MiniMax-M2.7', 204_800, 131_072),
    knownModel('MiniMax-M2.7-highspeed', 'MiniMax-M2.7-highspeed', 204_800, 131_072),
    knownModel('MiniMax-M2.5', 'MiniMax-M2.5', 204_800, 131_072),
  ],
  tiers: {
    opus: 'MiniMax-M3',
    sonnet: 'MiniMax-M2.7',
    haiku: 'MiniMax-M2.7',
    background: 'MiniMax-M2.7',
  },
  listPath: '/v1/models',
});
