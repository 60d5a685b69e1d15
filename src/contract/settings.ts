// The schema of config.json: strict, so that a typing error is refused with its path and never ignored.
// Keys that a later version will understand are refused too: a limit that is not enforced must not look accepted.
import { z } from 'zod';
import { BudgetRules, BudgetSettings } from './budgets.ts';
import { McpServers } from './mcp.ts';

const identifier = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,63}$/,
    'use 1 to 64 of a–z, 0–9, ".", "_", "-", starting with a letter or digit',
  );

/** Where the secret is, never the secret itself. `client` passes the caller's own credential on. */
export const CredentialReference = z
  .string()
  .regex(
    /^(vault:[a-z0-9][a-z0-9._-]{0,63}|env:[A-Za-z_][A-Za-z0-9_]*|file:.+|client|none)$/,
    'say where the secret is: "vault:ID", "env:NAME", "file:PATH", "client" or "none"; never write the secret itself here',
  );

/** The header that carries the secret upstream; without one, the provider type's own. */
export const KeyHeader = z.enum(['x-api-key', 'authorization']);
export type KeyHeader = z.infer<typeof KeyHeader>;

const httpUrl = z.string().refine((text) => {
  const url = URL.parse(text);
  return (
    url !== null &&
    (url.protocol === 'https:' || url.protocol === 'http:') &&
    url.username === '' &&
    url.search === '' &&
    url.hash === ''
  );
}, 'must be an http:// or https:// address without user name, query or fragment');

/** Where a caller's own Anthropic login may be passed on; loopback is allowed for one's own relays. */
function mayReceiveClientCredential({
  type,
  baseUrl,
}: {
  type: string;
  baseUrl?: string | undefined;
}): boolean {
  // The addresses of all other types are other companies'.
  if (type !== 'anthropic') return false;
  const url = URL.parse(baseUrl ?? 'https://api.anthropic.com');
  if (url === null) return false;
  if (url.protocol === 'https:' && url.hostname === 'api.anthropic.com') return true;
  return ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

const seconds = z.number().positive().max(3600);
const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,128}$/, 'not a header name');

/** How connections are made: for all providers under `network`, for one in its own `http`. */
export const HttpSettings = z.strictObject({
  /** `http://…` or `https://…` of a proxy, user name and password allowed; `none` goes directly; absent: the environment's. */
  proxy: z
    .string()
    .refine((text) => text === 'none' || /^https?:$/.test(URL.parse(text)?.protocol ?? ''), {
      message: 'an http:// or https:// address of a proxy, or "none"; SOCKS is not spoken',
    })
    .optional(),
  /** Hosts that are reached directly: names, `.suffixes`, addresses, `*`. Loopback always is. */
  noProxy: z.array(z.string().min(1)).optional(),
  /** A PEM file with further certificate authorities. */
  caFile: z.string().min(1).optional(),
  /** Headers added to every request, after the client's own. */
  headers: z.record(headerName, z.string().max(4096)).optional(),
  /** Seconds until a connection stands. */
  connectSeconds: seconds.optional(),
  /** Seconds until an answer begins. */
  headersSeconds: seconds.optional(),
  /** Seconds of silence inside an answer. */
  silenceSeconds: seconds.optional(),
});
export type HttpSettings = z.infer<typeof HttpSettings>;

/** What the user says of one model of a provider. */
export const ModelSettings = z.strictObject({
  /** The name the provider knows it by, where that differs: an Azure deployment, an inference profile. */
  deployment: z.string().min(1).optional(),
  /** Tokens. */
  contextWindow: z.number().int().positive().optional(),
  maxOutputTokens: z.number().int().positive().optional(),
  /** Shown in Claude Code's model list. */
  label: z.string().min(1).max(80).optional(),
});
export type ModelSettings = z.infer<typeof ModelSettings>;

/** Which of a provider's models stand in for Claude's sizes. */
export const TierSettings = z.strictObject({
  opus: z.string().min(1).optional(),
  sonnet: z.string().min(1).optional(),
  haiku: z.string().min(1).optional(),
  /** Claude Code's small calls beside the conversation. */
  background: z.string().min(1).optional(),
});
export type TierSettings = z.infer<typeof TierSettings>;

export const ProviderSettings = z
  .strictObject({
    id: identifier,
    /** One of the registry's provider types; the gateway checks it against the list it was built with. */
    type: identifier,
    label: z.string().min(1).max(80).optional(),
    baseUrl: httpUrl.optional(),
    credential: CredentialReference.optional(),
    /** Further keys of the same account type, tried when the first is refused or throttled. */
    credentials: z.array(CredentialReference).max(16).optional(),
    keyHeader: KeyHeader.optional(),
    /** What the type wants to know besides: region, deployment, API version … */
    options: z.record(z.string().min(1), z.string().min(1).max(1024)).optional(),
    models: z.record(z.string().min(1), ModelSettings).optional(),
    tiers: TierSettings.optional(),
    /** False leaves tool arguments as the model wrote them; by default known slips are mended and noted. */
    repairToolCalls: z.boolean().optional(),
    /** Texts in a 400 answer that mean "try the next provider". */
    failOverOn: z.array(z.string().min(1)).optional(),
    http: HttpSettings.optional(),
  })
  .refine((provider) => provider.credential !== 'client' || mayReceiveClientCredential(provider), {
    path: ['credential'],
    message: 'your own Claude login is passed to https://api.anthropic.com only, never to another address',
  })
  .refine((provider) => provider.credentials?.includes('client') !== true, {
    path: ['credentials'],
    message:
      'your own Claude login cannot stand in for a key; name it as the only "credential" of a provider',
  })
  .refine((provider) => provider.id !== 'practice' || provider.type === 'practice', {
    path: ['id'],
    message: 'the name "practice" belongs to the built-in practice provider',
  });
export type ProviderSettings = z.infer<typeof ProviderSettings>;

export const RouteTarget = z.strictObject({
  provider: identifier,
  /** Sent upstream instead of the name asked for. */
  model: z.string().min(1).optional(),
});
export type RouteTarget = z.infer<typeof RouteTarget>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'a time of day like "22:00"');

/** `priority`: in the order given; `cheapest`: by price and the session's cache; `fastest`: by recent time to first token. */
export const RouteStrategy = z.enum(['priority', 'cheapest', 'fastest']);
export type RouteStrategy = z.infer<typeof RouteStrategy>;

/** A project or a session held to one target, whatever the rules say. */
export const RoutePin = z
  .strictObject({
    project: z.string().min(1).optional(),
    session: z.string().min(1).optional(),
    to: RouteTarget,
  })
  .refine(({ project, session }) => (project === undefined) !== (session === undefined), {
    message: 'pin either a "project" or a "session"',
  });
export type RoutePin = z.infer<typeof RoutePin>;

export const RouteSettings = z.strictObject({
  match: z.strictObject({
    /** Glob over the model asked for; `*` stands for any run of characters. */
    model: z.string().min(1).optional(),
    requestClass: z.string().min(1).optional(),
    /** Glob over the sub-agent's id; `*` means any sub-agent. */
    agent: z.string().min(1).optional(),
    /** The folder itself or one inside it. */
    project: z.string().min(1).optional(),
    /** Estimated prompt size. */
    promptTokens: z
      .strictObject({
        atLeast: z.number().int().nonnegative().optional(),
        below: z.number().int().positive().optional(),
      })
      .optional(),
    /** Whether the request has thinking switched on. */
    thinking: z.boolean().optional(),
    /** Local time of day; `from` after `to` spans midnight. */
    time: z
      .strictObject({
        from: timeOfDay,
        to: timeOfDay,
        days: z
          .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
          .min(1)
          .optional(),
      })
      .optional(),
  }),
  strategy: RouteStrategy.optional(),
  /** False chooses anew for every request; by default a session stays where it is, so that its prompt cache holds. */
  sticky: z.boolean().optional(),
  to: z.array(RouteTarget).min(1),
});
export type RouteSettings = z.infer<typeof RouteSettings>;

/** USD per million tokens as a decimal string, so that no binary rounding enters a price. */
const usdPerMillion = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,9})?$/, 'USD per million tokens as a string, like "0.50"');

export const PriceOverride = z.strictObject({
  input: usdPerMillion,
  output: usdPerMillion,
  cacheRead: usdPerMillion.optional(),
  cacheWrite5m: usdPerMillion.optional(),
  cacheWrite1h: usdPerMillion.optional(),
});
export type PriceOverride = z.infer<typeof PriceOverride>;

export const Settings = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    providers: z.array(ProviderSettings).default([]),
    routes: z.array(RouteSettings).default([]),
    pins: z.array(RoutePin).default([]),
    /** Projects that are never answered by anything but Claude. */
    onlyClaude: z.array(z.string().min(1)).default([]),
    network: HttpSettings.default({}),
    budgets: z.array(BudgetSettings).default([]),
    budgetRules: BudgetRules.default({}),
    prices: z.record(z.string().min(1), PriceOverride).default({}),
    mcpServers: McpServers.default({}),
  })
  .superRefine((settings, context) => {
    const seen = new Set<string>();
    settings.providers.forEach((provider, index) => {
      if (seen.has(provider.id)) {
        context.addIssue({
          code: 'custom',
          path: ['providers', index, 'id'],
          message: `"${provider.id}" is used twice`,
        });
      }
      seen.add(provider.id);
    });
    const budgetIds = new Set<string>();
    settings.budgets.forEach(({ id }, index) => {
      if (budgetIds.has(id)) {
        context.addIssue({
          code: 'custom',
          path: ['budgets', index, 'id'],
          message: `"${id}" is used twice`,
        });
      }
      budgetIds.add(id);
    });
    seen.add('practice');
    const checkTarget = (target: RouteTarget, path: (string | number)[]): void => {
      if (seen.has(target.provider)) return;
      const message = `there is no provider "${target.provider}"; known: ${[...seen].join(', ')}`;
      context.addIssue({ code: 'custom', path, message });
    };
    settings.routes.forEach((route, routeIndex) => {
      route.to.forEach((target, index) =>
        checkTarget(target, ['routes', routeIndex, 'to', index, 'provider']),
      );
    });
    settings.pins.forEach(({ to }, index) => checkTarget(to, ['pins', index, 'to', 'provider']));
  });
export type Settings = z.infer<typeof Settings>;

/** Keys of the agreed config.json that this version does not act on yet. */
export const notYetSupportedKeys: readonly string[] = ['logging', 'team'];
