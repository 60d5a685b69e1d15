// What Claude on Google Cloud takes of a Messages body (T150–T152).
import { untouched } from '../claude-elsewhere/body-rules.ts';
import type { BodyRules } from '../claude-elsewhere/body-rules.ts';

export const vertexRules: BodyRules = {
  ...untouched,
  placeName: 'Google Cloud',
  version: 'vertex-2023-10-16',
  withoutModel: true,
  withoutBillingBlock: true,
  withoutFeatures: ['tool examples', 'tool callers'],
  betas: {
    known: [
      'claude-code',
      'compact',
      'computer-use',
      'context-1m',
      'context-management',
      'dangerous-tool-use',
      'interleaved-thinking',
      'per-turn-control',
      'thinking-binding-controls',
      'thinking-display-updates',
      'tool-search-tool',
      'web-search',
    ],
    refused: [
      'advisor-tool',
      'code-execution',
      'fast-mode',
      'files-api',
      'mcp-client',
      'mcp-servers',
      'oauth',
      'output-128k',
      'prompt-caching-scope',
      'redact-thinking',
      'skills',
      'structured-outputs',
      'token-efficient-tools',
      'web-fetch',
    ],
    silent: ['effort', 'extended-cache-ttl', 'fine-grained-tool-streaming', 'token-counting'],
    renamed: { 'advanced-tool-use': 'tool-search-tool-2025-10-19' },
    unknown: 'send',
  },
  serverTools: {
    refused: ['web_fetch_', 'code_execution_'],
    renamed: { web_search_20260209: 'web_search_20250305' },
    leftOutBeside: { code_execution_: 'web_search_' },
  },
};
