// What a model's context window means for Claude Code, in one sentence. Claude Code takes names that it does not know,
// and Claude's own, for models of a million tokens; where the true window is smaller it compacts too late. Pure.

/** What Claude Code assumes. */
const ASSUMED_WINDOW = 1_000_000;
/** The least that CLAUDE_CODE_AUTO_COMPACT_WINDOW takes. */
const LEAST_COMPACT_WINDOW = 100_000;

export interface AdvisedModel {
  readonly id: string;
  /** Tokens; null when unknown. */
  readonly contextWindow: number | null;
  /** It answers under the names of Claude's models. */
  readonly standsIn: boolean;
}

/** Null when there is nothing to do. */
export function adviseWindow({ id, contextWindow, standsIn }: AdvisedModel): string | null {
  if (contextWindow === null) {
    return `Its context window is not known: set models["${id}"].contextWindow in the provider's settings, so that a conversation that has grown too long is compacted.`;
  }
  if (contextWindow >= ASSUMED_WINDOW) return null;
  const window = contextWindow.toLocaleString('en-US');
  if (contextWindow < LEAST_COMPACT_WINDOW) {
    return `${window} tokens are little for Claude Code, whose own prompt and tools take some 30,000: it compacts only after the model has refused a prompt, so choose a larger model for longer work.`;
  }
  // Claude Code heeds CLAUDE_CODE_MAX_CONTEXT_TOKENS only for names that are not Claude's.
  const variable = standsIn ? 'CLAUDE_CODE_AUTO_COMPACT_WINDOW' : 'CLAUDE_CODE_MAX_CONTEXT_TOKENS';
  return `Claude Code takes it for a model of 1,000,000 tokens: set ${variable}=${contextWindow} in the "env" of its settings, so that it compacts before ${window} tokens are reached.`;
}
