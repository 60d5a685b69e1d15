// Routes, pins, model sizes and the health of providers, as Control offers them: reading and explaining change nothing,
// every change goes into config.json and counts at once.
import type { Control } from '../../contract/control-contract.ts';
import type { ExplainInput, PinSubject, RouteExplanation, RoutesView } from '../../contract/routing.ts';
import type { RoutePin, Settings, TierSettings } from '../../contract/settings.ts';
import type { SettingsEdit, SettingsStore } from '../config/settings-store.ts';
import { GatewayError } from '../gateway-error.ts';
import type { Log } from '../gateway-host.ts';
import type { HealthBook, ListedProvider } from '../health/health-book.ts';
import { defaultProvider } from '../router/choose-route.ts';
import type { RouteKnowledge } from '../router/knowledge.ts';
import { planRoute } from '../router/plan-route.ts';

export type RouteMethods = Pick<
  Control,
  | 'routes.read'
  | 'routes.set'
  | 'routes.explain'
  | 'pins.set'
  | 'pins.remove'
  | 'tiers.set'
  | 'health.read'
  | 'health.reset'
>;

export interface RouteMethodParts {
  readonly settings: SettingsStore;
  readonly knowledge: () => RouteKnowledge;
  readonly health: Pick<HealthBook, 'views' | 'reset'>;
  /** All providers in force, the built-in one included, with their keys. */
  readonly providers: () => readonly ListedProvider[];
  readonly now: () => number;
  readonly log: Log;
  /** Adopts changed settings everywhere and tells all who watch. */
  readonly adopt: () => void;
  /** Something other than the settings changed. */
  readonly stateChanged: () => void;
}

/** Session pins are for sessions that run; older ones make room. */
const MOST_SESSION_PINS = 100;
/** Of a request that is only described: about what Claude Code's own instructions have. */
const USUAL_PROMPT_TOKENS = 20_000;

export function routeMethods(parts: RouteMethodParts): RouteMethods {
  return { ...ruleMethods(parts), ...pinMethods(parts), ...healthMethods(parts) };
}

function ruleMethods({
  settings,
  knowledge,
  now,
  log,
  adopt,
}: RouteMethodParts): Pick<RouteMethods, 'routes.read' | 'routes.set' | 'routes.explain' | 'tiers.set'> {
  const view = (): RoutesView => viewRoutes(settings.current, knowledge().fallback);
  return {
    'routes.read': async () => view(),
    async 'routes.set'({ routes, onlyClaude }) {
      settings.edit(() => [
        { path: ['routes'], value: routes },
        ...(onlyClaude === undefined ? [] : [{ path: ['onlyClaude'], value: onlyClaude }]),
      ]);
      log.info({ routes: routes.length }, 'routes-set');
      adopt();
      return view();
    },
    'routes.explain': async (input) => explainRoute(settings.current, knowledge(), input, now()),
    async 'tiers.set'({ provider, tiers }) {
      settings.edit((before) => planTiers(before, provider, tiers));
      log.info({ provider, tiers }, 'tiers-set');
      adopt();
      return { provider, tiers };
    },
  };
}

function pinMethods({
  settings,
  log,
  adopt,
}: RouteMethodParts): Pick<RouteMethods, 'pins.set' | 'pins.remove'> {
  const change = (plan: (pins: readonly RoutePin[], settings: Settings) => readonly RoutePin[]) => {
    settings.edit((before) => [{ path: ['pins'], value: plan(before.pins, before) }]);
    log.info({ pins: settings.current.pins.length }, 'pins-changed');
    adopt();
    return { pins: settings.current.pins };
  };
  return {
    'pins.set': async (pin) =>
      change((pins, before) => {
        needProvider(before, pin.to.provider);
        return withPin(pins, pin);
      }),
    'pins.remove': async (subject) =>
      change((pins) => {
        const left = pins.filter((pin) => !isSameSubject(pin, subject));
        if (left.length === pins.length)
          throw new GatewayError('UNKNOWN_NAME', `${saySubject(subject)} is not pinned.`);
        return left;
      }),
  };
}

function healthMethods({
  health,
  providers,
  now,
  log,
  stateChanged,
}: RouteMethodParts): Pick<RouteMethods, 'health.read' | 'health.reset'> {
  const view = () => ({ providers: health.views(providers(), now()) });
  return {
    'health.read': async () => view(),
    async 'health.reset'({ provider }) {
      const known = providers().map(({ id }) => id);
      if (provider !== undefined && !known.includes(provider)) throw unknownProvider(provider, known);
      health.reset(provider);
      log.info({ provider: provider ?? 'all' }, 'health-reset');
      stateChanged();
      return view();
    },
  };
}

export function viewRoutes(settings: Settings, fallback: string): RoutesView {
  const { routes, pins, onlyClaude } = settings;
  return { routes, pins, onlyClaude, current: defaultProvider(settings, fallback) };
}

/** Where such a request would go. */
export function explainRoute(
  settings: Settings,
  knowledge: RouteKnowledge,
  input: ExplainInput,
  now: number,
): RouteExplanation {
  const { model, project, session, agent, requestClass, promptTokens, thinking, at } = input;
  const { candidates, skipped, reason, rule } = planRoute(
    settings,
    {
      model,
      requestClass: requestClass ?? null,
      agentId: agent ?? null,
      project: project ?? null,
      sessionId: session ?? null,
      promptTokens: promptTokens ?? USUAL_PROMPT_TOKENS,
      thinking: thinking ?? false,
      at: at ?? now,
    },
    knowledge,
  );
  return { candidates: [...candidates], skipped: [...skipped], reason, rule };
}

function planTiers(settings: Settings, provider: string, tiers: TierSettings): readonly SettingsEdit[] {
  const index = settings.providers.findIndex(({ id }) => id === provider);
  if (index === -1)
    throw unknownProvider(
      provider,
      settings.providers.map(({ id }) => id),
    );
  const isEmpty = Object.values(tiers).every((model) => model === undefined);
  if (isEmpty && settings.providers[index]?.tiers === undefined) return [];
  return [{ path: ['providers', index, 'tiers'], value: isEmpty ? undefined : tiers }];
}

/** The new pin goes last; it takes the place of the one for the same project or session. Pure. */
function withPin(pins: readonly RoutePin[], pin: RoutePin): readonly RoutePin[] {
  const all = [...pins.filter((one) => !isSameSubject(one, pin)), pin];
  const sessions = all.filter(({ session }) => session !== undefined);
  const dropped = new Set(sessions.slice(0, Math.max(sessions.length - MOST_SESSION_PINS, 0)));
  return all.filter((one) => !dropped.has(one));
}

const isSameSubject = (a: PinSubject, b: PinSubject): boolean =>
  a.project === b.project && a.session === b.session;

const saySubject = ({ project, session }: PinSubject): string =>
  project === undefined ? `The session ${session ?? ''}` : `The project ${project}`;

function needProvider({ providers }: Settings, id: string): void {
  const known = [...providers.map((provider) => provider.id), 'practice'];
  if (!known.includes(id)) throw unknownProvider(id, [...new Set(known)]);
}

function unknownProvider(id: string, known: readonly string[]): GatewayError {
  return new GatewayError(
    'UNKNOWN_NAME',
    `There is no provider "${id}"; known: ${known.length === 0 ? 'none' : known.join(', ')}.`,
  );
}
