// A request as the answer side sees it, with the few things a test wants otherwise.
import type { AnswerSetup } from '../../../../src/gateway/translation/answer/answer-setup.ts';
import type { ModelTraits, ReasoningReplay, Target } from '../../../../src/gateway/translation/types.ts';

const traits: ModelTraits = {
  images: true,
  imagesInToolResults: true,
  pdf: true,
  tools: true,
  toolChoice: 'all',
  temperature: true,
  topP: true,
  topK: true,
  stopSequences: 4,
  structuredOutput: true,
  reasoning: { kind: 'fixed' },
  replay: 'none',
  laterSystem: 'user',
  prefill: false,
  plainSchemas: false,
  toolNameLength: 64,
  webSearch: () => null,
};

export function targetWith(changes: Partial<Target> = {}): Target {
  return {
    provider: 'p',
    account: 'account-1',
    asked: 'claude-asked',
    model: 'gpt-true',
    contextWindow: 200_000,
    maxOutputTokens: null,
    traits,
    ...changes,
  };
}

interface SetupChanges {
  readonly target?: Partial<Target>;
  readonly replay?: ReasoningReplay;
  readonly tools?: Readonly<Record<string, readonly string[]>>;
  readonly sentNames?: Readonly<Record<string, string>>;
  readonly stopSequences?: readonly string[];
  readonly promptTokens?: number;
  readonly showThinking?: boolean;
  readonly repairs?: boolean;
  readonly webSearch?: boolean;
}

export function setupWith(changes: SetupChanges = {}): AnswerSetup {
  const original = new Map(Object.entries(changes.sentNames ?? {}));
  const tools = changes.tools ?? { Read: ['file_path', 'pages'], Bash: ['command'] };
  return {
    id: 'msg_1',
    target: targetWith({ traits: { ...traits, replay: changes.replay ?? 'none' }, ...changes.target }),
    repairs: changes.repairs ?? false,
    request: {
      names: { sent: (name) => name, original: (sent) => original.get(sent) ?? sent },
      promptTokens: changes.promptTokens ?? 1000,
      stopSequences: changes.stopSequences ?? [],
      toolProperties: new Map(Object.entries(tools).map(([name, keys]) => [name, new Set(keys)])),
      wish: {
        effort: null,
        thinkingBudget: null,
        showThinking: changes.showThinking ?? true,
        parallelTools: null,
        cacheKey: null,
        user: null,
        serviceTier: null,
      },
      options: {
        prompt: [],
        maxOutputTokens: 32_000,
        ...(changes.webSearch === true
          ? { tools: [{ type: 'provider', id: 'openai.web_search', name: 'web_search', args: {} }] }
          : {}),
      },
    },
  };
}
