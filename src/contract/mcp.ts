// The MCP gateway: servers as config.json has them, what the window and the command line see of them, and what may be
// asked. Secrets stand in the settings as references only.
import { z } from 'zod';

/** What may happen with a tool: use it, ask the user first, or keep it hidden and refuse it. */
export const ToolRule = z.enum(['allow', 'ask', 'deny']);
export type ToolRule = z.infer<typeof ToolRule>;

export const McpServerName = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/,
    'a server’s name has 1 to 32 of A–Z, a–z, 0–9, "_", "-" and begins with a letter or digit',
  );

const secretHint =
  'write "vault:ID" or "${NAME}"; this looks like the secret itself, which does not belong here';

/** Beginnings that keys of well-known services have; a secret in the file would be readable by every program. */
const looksLikeSecret = (text: string): boolean =>
  /^(Bearer\s+)?(sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|xox[abprs]-[\w-]{16,}|AKIA[A-Z0-9]{16}|glpat-[\w-]{16,})/.test(
    text,
  );
const valueText = z
  .string()
  .max(32_768)
  .refine((text) => !looksLikeSecret(text), secretHint);

const noControlCharacters = z
  .string()
  .min(1)
  .refine((text) => !/\p{Cc}/u.test(text), 'must not contain control characters');

/** Private and link-local ranges may be spoken to in plain; everything else wants https. */
function mayBePlain(host: string): boolean {
  const name = host.replace(/^\[|\]$/g, '');
  return (
    name === 'localhost' ||
    name.endsWith('.localhost') ||
    name === '::1' ||
    /^127\./.test(name) ||
    /^10\./.test(name) ||
    /^192\.168\./.test(name) ||
    /^172\.(1[6-9]|2\d|3[01])\./.test(name)
  );
}

const remoteUrl = z.string().refine((text) => {
  if (/\$\{/.test(text)) return true;
  const url = URL.parse(text);
  if (url === null || url.username !== '' || url.password !== '') return false;
  return url.protocol === 'https:' || (url.protocol === 'http:' && mayBePlain(url.hostname));
}, 'must be an https:// address (http:// only on this computer or the local network), without user name');

const common = {
  /** False: the server is kept, but not started and not offered. */
  enabled: z.boolean().optional(),
  /** Pattern over the server’s own tool names → rule; the most exact pattern decides. Without one: allow. */
  tools: z.record(z.string().min(1).max(512), ToolRule).optional(),
  /** How long one call may take in all, in milliseconds. */
  timeout: z.number().int().min(1_000).max(86_400_000).optional(),
};

export const LocalMcpServer = z.strictObject({
  type: z.literal('stdio').optional(),
  command: noControlCharacters,
  args: z.array(z.string().refine((text) => !text.includes('\0'), 'must not contain NUL')).optional(),
  /** `${NAME}`, and `vault:ID` as a whole value, are filled in when the server is started. */
  env: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is no name of a variable'), valueText)
    .optional(),
  cwd: noControlCharacters.optional(),
  ...common,
});

export const RemoteMcpServer = z.strictObject({
  /** `http`: streamable HTTP of either era, or what is found there. `sse`: the transport of revision 2024-11-05. */
  type: z.enum(['http', 'streamable-http', 'sse']),
  url: remoteUrl,
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is no name of a header'), valueText)
    .optional(),
  ...common,
});

export const McpServerSettings = z.union([LocalMcpServer, RemoteMcpServer], {
  error: (issue) => sayServerProblem(issue.input),
});
export type McpServerSettings = z.infer<typeof McpServerSettings>;

/** The union cannot know which form was meant; this can. A message that begins with a dot goes on with the path. */
function sayServerProblem(input: unknown): string {
  const value = typeof input === 'object' && input !== null ? (input as Record<string, unknown>) : {};
  const remote = 'url' in value || (value['type'] !== undefined && value['type'] !== 'stdio');
  if (!remote && !('command' in value)) return 'needs a "command" (a local server) or a "url" (a remote one)';
  if (remote && value['type'] === undefined)
    return '.type: a server with a "url" needs "type": "http" or "type": "sse"';
  const problem = (remote ? RemoteMcpServer : LocalMcpServer).safeParse(input).error?.issues[0];
  if (problem === undefined) return 'is not valid';
  const place = (path: readonly PropertyKey[]): string => path.map((part) => `.${String(part)}`).join('');
  if (problem.code === 'unrecognized_keys')
    return `${place([...problem.path, problem.keys[0] ?? ''])}: there is no such setting`;
  const inner = problem.code === 'invalid_key' ? problem.issues[0]?.message : undefined;
  return `${place(problem.path)}: ${inner ?? problem.message}`;
}

/** Two names that clients could not tell apart are refused. */
export const McpServers = z.record(z.string(), McpServerSettings).superRefine((servers, context) => {
  const seen = new Map<string, string>();
  for (const name of Object.keys(servers)) {
    const checked = McpServerName.safeParse(name);
    if (!checked.success)
      context.addIssue({
        code: 'custom',
        path: [name],
        message: checked.error.issues[0]?.message ?? 'is no name',
      });
    const folded = name.toLowerCase().replaceAll('_', '-');
    const other = seen.get(folded);
    if (other !== undefined) {
      const message = `clients could not tell it from "${other}"; choose another name`;
      context.addIssue({ code: 'custom', path: [name], message });
    }
    seen.set(folded, name);
  }
});
export type McpServers = z.infer<typeof McpServers>;

/**
 * `idle`: not started, and not needed yet. `failed`: the last attempt did not work, another is made when it is needed.
 * `crash-loop`: it ended too often; nothing more is tried until the user says so.
 */
export const McpServerState = z.enum(['disabled', 'idle', 'starting', 'ready', 'failed', 'crash-loop']);
export type McpServerState = z.infer<typeof McpServerState>;

export const McpToolView = z.object({
  /** As the server calls it. */
  name: z.string(),
  /** As clients of `/mcp` see it; null when it is not offered. */
  exposedName: z.string().nullable(),
  title: z.string().nullable(),
  description: z.string().nullable(),
  rule: ToolRule,
  /** The pattern that decided; null for the default. */
  pattern: z.string().nullable(),
  /** Why the definition was set aside; null when it is usable. */
  problem: z.string().nullable(),
});
export type McpToolView = z.infer<typeof McpToolView>;

export const McpServerView = z.object({
  name: z.string(),
  transport: z.enum(['stdio', 'http', 'sse']),
  /** The exact command with its arguments, or the address; references stand as written. */
  target: z.string(),
  enabled: z.boolean(),
  state: McpServerState,
  /** One sentence: what is wrong and what to do; null when nothing is. */
  problem: z.string().nullable(),
  era: z.enum(['modern', 'legacy']).nullable(),
  protocolVersion: z.string().nullable(),
  /** What the server calls itself; not to be trusted. */
  serverName: z.string().nullable(),
  serverVersion: z.string().nullable(),
  pid: z.number().int().nullable(),
  /** The last of what a local server wrote to standard error. */
  stderr: z.string(),
  /** When its lists were last read, milliseconds since the epoch; null when never. */
  learnedAt: z.number().int().nullable(),
  tools: z.array(McpToolView),
  prompts: z.number().int(),
  resources: z.number().int(),
  /** Prompts and resources that were set aside, each with its reason in one sentence. */
  setAside: z.array(z.string()),
});
export type McpServerView = z.infer<typeof McpServerView>;

/** A call that waits for the user. */
export const McpAskView = z.object({
  id: z.string(),
  server: z.string(),
  tool: z.string(),
  /** The arguments as JSON, cut after 16 KiB. */
  arguments: z.string(),
  client: z.string(),
  session: z.string().nullable(),
  askedAt: z.number().int(),
  /** When it counts as refused, milliseconds since the epoch. */
  expiresAt: z.number().int(),
});
export type McpAskView = z.infer<typeof McpAskView>;

export const McpAskAnswer = z.enum(['once', 'session', 'always', 'deny']);
export type McpAskAnswer = z.infer<typeof McpAskAnswer>;

/**
 * `completed`: the server answered. `tool-error`: it answered that the tool failed. `error`: it answered with a protocol
 * error. `denied`: a rule or the user refused. `failed`: no answer. `cancelled`: the client gave up.
 */
export const McpCallOutcome = z.enum(['completed', 'tool-error', 'error', 'denied', 'failed', 'cancelled']);
export type McpCallOutcome = z.infer<typeof McpCallOutcome>;

export const McpCallRow = z.object({
  id: z.string(),
  startedAt: z.number().int(),
  durationMs: z.number(),
  client: z.string(),
  session: z.string().nullable(),
  server: z.string(),
  tool: z.string(),
  /** Id of the model’s `tool_use` block that asked for this call. */
  toolUseId: z.string().nullable(),
  outcome: McpCallOutcome,
  /** Why it was denied or failed. */
  reason: z.string().nullable(),
  argumentBytes: z.number().int(),
  resultBytes: z.number().int(),
});
export type McpCallRow = z.infer<typeof McpCallRow>;

const nothing = z.strictObject({});
const servers = z.object({ servers: z.array(McpServerView) });
const named = z.strictObject({ name: z.string() });

export const mcpMethods = {
  'mcp.list': { input: nothing, output: servers },
  'mcp.add': {
    input: z.strictObject({ name: McpServerName, settings: McpServerSettings }),
    output: servers,
  },
  'mcp.remove': { input: named, output: servers },
  'mcp.enable': { input: z.strictObject({ name: z.string(), enabled: z.boolean() }), output: servers },
  /** Sets the rule of one pattern, or takes it away with null. */
  'mcp.rule': {
    input: z.strictObject({
      name: z.string(),
      pattern: z.string().min(1).max(512),
      rule: ToolRule.nullable(),
    }),
    output: servers,
  },
  /** Starts or reaches the server now, also one in `crash-loop`, and reads its lists. */
  'mcp.test': { input: named, output: z.object({ ok: z.boolean(), server: McpServerView }) },
  /** Calls a tool as the user; `deny` holds, `ask` is answered by calling. `result` is what the server said. */
  'mcp.call': {
    input: z.strictObject({
      name: z.string(),
      tool: z.string(),
      arguments: z.record(z.string(), z.unknown()).optional(),
    }),
    output: z.object({ ok: z.boolean(), result: z.unknown() }),
  },
  'mcp.asks': { input: nothing, output: z.object({ asks: z.array(McpAskView) }) },
  'mcp.answer': {
    input: z.strictObject({ id: z.string(), answer: McpAskAnswer }),
    output: z.object({ asks: z.array(McpAskView) }),
  },
  /** Newest first. */
  'mcp.calls': {
    input: z.strictObject({ limit: z.number().int().min(1).max(500), before: z.string().optional() }),
    output: z.object({ rows: z.array(McpCallRow) }),
  },
} as const;
