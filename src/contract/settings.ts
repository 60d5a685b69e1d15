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

/** The address where a caller's own Anthropic login may be passed on; loopback is allowed for one's own relays. */
function mayReceiveClientCredential(baseUrl: string | undefined): boolean {
  const url = URL.parse(baseUrl ?? 'https://api.anthropic.com');
  if (url === null) return false;
  if (url.protocol === 'https:' && url.hostname === 'api.anthropic.com') return true;
  return ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
}

export const ProviderSettings = z
  .strictObject({
    id: identifier,
    /** One of the registry's provider types; the gateway checks it against the list it was built with. */
    type: identifier,
    label: z.string().min(1).max(80).optional(),
    baseUrl: httpUrl.optional(),
    credential: CredentialReference.optional(),
    keyHeader: KeyHeader.optional(),
  })
  .refine((provider) => provider.credential !== 'client' || mayReceiveClientCredential(provider.baseUrl), {
    path: ['credential'],
    message: 'your own Claude login is passed to https://api.anthropic.com only, never to another address',
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

export const RouteSettings = z.strictObject({
  match: z.strictObject({
    /** Glob over the model asked for; `*` stands for any run of characters. */
    model: z.string().min(1).optional(),
    requestClass: z.string().min(1).optional(),
    project: z.string().min(1).optional(),
  }),
  strategy: z.literal('priority').optional(),
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
    settings.routes.forEach((route, routeIndex) => {
      route.to.forEach((target, index) => {
        if (seen.has(target.provider)) return;
        context.addIssue({
          code: 'custom',
          path: ['routes', routeIndex, 'to', index, 'provider'],
          message: `there is no provider "${target.provider}"; known: ${[...seen].join(', ')}`,
        });
      });
    });
  });
export type Settings = z.infer<typeof Settings>;

/** Keys of the agreed config.json that this version does not act on yet. */
export const notYetSupportedKeys: readonly string[] = ['logging', 'team'];
