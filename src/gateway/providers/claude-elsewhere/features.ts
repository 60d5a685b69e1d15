// What belongs together in a request: a beta's name and the fields that come with it (P4). Who drops one half drops the
// other, and an upstream's refusal of a field tells which feature to leave out next time (T141, T151).

/** Fields of one feature, by where they stand. */
export interface Feature {
  /** As it is shown to the user. */
  readonly name: string;
  /** Betas without their dates. */
  readonly betas: readonly string[];
  /** Top-level fields. */
  readonly top?: readonly string[];
  /** Fields inside `output_config`. */
  readonly outputConfig?: readonly string[];
  /** Fields of a message. */
  readonly message?: readonly string[];
  /** Fields of a tool. */
  readonly tool?: readonly string[];
  /** Tools that are nothing without it, by type or name. */
  readonly tools?: RegExp;
  /** Fields inside any `cache_control`. */
  readonly cacheControl?: readonly string[];
  /** `thinking.display`: with this value, or with any. */
  readonly display?: 'updates' | 'any';
  /** Blocks that point to tools loaded later; they become text. */
  readonly toolReferences?: true;
  /** `system` as a role inside the conversation; it becomes the user's. */
  readonly systemRole?: true;
  /** The refusals that are about it; a feature without these is never left out because of a refusal alone. */
  readonly refusal?: RegExp;
}

export const features: readonly Feature[] = [
  {
    name: 'context_management',
    betas: ['context-management', 'compact'],
    top: ['context_management'],
    refusal: /context_management/,
  },
  {
    name: 'effort',
    betas: ['effort'],
    outputConfig: ['effort'],
    // The field inside a message is another feature.
    refusal: /(?<!messages\.\d+\.)output_config|effort parameter/,
  },
  {
    name: 'structured outputs',
    betas: ['structured-outputs'],
    top: ['output_format'],
    outputConfig: ['format'],
    tool: ['strict'],
  },
  { name: 'task budget', betas: ['task-budgets'], outputConfig: ['task_budget'] },
  {
    name: 'effort per turn',
    betas: ['per-turn-control', 'mid-conversation-output-config'],
    message: ['output_config'],
    refusal: /messages\.\d+\.output_config/,
  },
  {
    name: 'system messages',
    betas: ['mid-conversation-system', 'mid-conversation-tool-changes'],
    systemRole: true,
    refusal: /messages\.\d+\.role|role ['"`]?system|role\W+system/i,
  },
  {
    name: 'tool search',
    betas: ['advanced-tool-use', 'tool-search-tool'],
    tool: ['defer_loading'],
    tools: /^(?:tool_search_tool_|DeferredToolPlaceholder$)/,
    toolReferences: true,
    refusal: /defer_loading|tool_reference|tool[ _]search/i,
  },
  {
    name: 'tool examples',
    betas: ['advanced-tool-use', 'tool-examples'],
    tool: ['input_examples'],
    refusal: /input_examples/,
  },
  {
    name: 'tool callers',
    betas: ['advanced-tool-use'],
    tool: ['allowed_callers'],
    refusal: /allowed_callers/,
  },
  {
    name: 'fine-grained tool streaming',
    betas: ['fine-grained-tool-streaming'],
    tool: ['eager_input_streaming'],
    refusal: /eager_input_streaming/,
  },
  {
    name: 'cache scope',
    betas: ['prompt-caching-scope'],
    cacheControl: ['scope'],
    refusal: /cache_control(?:\.\w+)*\.scope/,
  },
  {
    name: 'cache lifetime',
    betas: ['extended-cache-ttl'],
    cacheControl: ['ttl'],
    refusal: /cache_control(?:\.\w+)*\.ttl/,
  },
  { name: 'fast mode', betas: ['fast-mode'], top: ['speed'], refusal: /^speed\b|\bspeed: / },
  { name: 'MCP connector', betas: ['mcp-client'], top: ['mcp_servers'], tools: /^mcp_toolset/ },
  { name: 'skills', betas: ['skills'], top: ['container'] },
  { name: 'thinking updates', betas: ['thinking-display-updates'], display: 'updates' },
  { name: 'thinking display', betas: [], display: 'any', refusal: /thinking\.(?:\w+\.)*display/ },
  {
    name: 'safeguards',
    betas: ['dangerous-tool-use', 'afk-mode'],
    top: ['safeguards'],
    refusal: /safeguards/,
  },
];
