// Wires what the window and the command line may ask: each method gets the parts it works with, and says when the state
// that they show has changed.
import { dirname } from 'node:path';
import type { LingeringSession } from '../contract/rows.ts';
import { claudeSettingsPath } from './claude-code/claude-folder.ts';
import { diskMachine, rememberAnswers } from './claude-code/inspect/disk-machine.ts';
import type { Machine } from './claude-code/inspect/machine.ts';
import { budgetMethods } from './control/budget-methods.ts';
import { claudeMethods } from './control/claude-methods.ts';
import { doctorMethods } from './control/doctor-methods.ts';
import type { ControlParts } from './control/control.ts';
import { dataFolderAt } from './data-folder/data-folder.ts';
import { readStatus } from './control/read-status.ts';
import { firstRunMethods } from './control/first-run-methods.ts';
import { sendOneRequest, sendPracticeRequest } from './control/send-practice.ts';
import { mcpMethods } from './control/mcp-methods.ts';
import { routeMethods } from './control/route-methods.ts';
import type { ListedProvider } from './health/health-book.ts';
import { createModelMethods } from './control/model-methods.ts';
import { vaultMethods } from './control/vault-methods.ts';
import { spendFactsOf } from './exchange/prepare-attempt.ts';
import type { GatewayHost } from './gateway-host.ts';
import { createHistoryService } from './history/history-service.ts';
import type { HistoryService, HistorySources } from './history/history-service.ts';
import { createPriceTable } from './ledger/price-table.ts';
import { PRACTICE } from './providers/providers.ts';
import { defaultProvider } from './router/choose-route.ts';
import { PAUSED_FACT } from './build-core.ts';
import type { Core } from './build-core.ts';

/** How long what a program of the system said is taken for true. */
const REMEMBER_MS = 60_000;

/** Those of exchanges in flight included: a stream may run for many minutes. */
function listRecentSessions({ host, live, sessions }: Core): LingeringSession[] {
  const now = host.now();
  for (const exchange of live.exchanges) sessions.see(exchange.toRow(), now);
  return sessions.list(now);
}

export function buildControlParts(
  core: Core,
  stateChanged: () => void,
  historyChanged: HistorySources['onChange'],
): ControlParts {
  const { host, opened, state, providers, ledger, meter, live, url } = core;
  const settingsPath = claudeSettingsPath(host.claudeFolder);
  const applySettings = (): void => {
    providers.apply(opened.settings.current);
    core.router.adopt(opened.settings.current);
    core.mcp.apply(opened.settings.current);
    core.models.apply();
    state.prices = createPriceTable(opened.settings.current.prices);
    adoptBudgets(core);
  };
  opened.vault.onChange(stateChanged);
  core.mcp.onChange(stateChanged);
  const adopt = (): void => {
    applySettings();
    stateChanged();
  };
  const machine = buildMachine(host);
  const claude = claudeMethods({
    settingsPath,
    dataDir: host.dataDir,
    url,
    key: () => opened.keys.firstClientKey(),
    now: host.now,
    program: host.program,
    env: host.env,
    onApplied: stateChanged,
  });
  return {
    ...opened,
    applySettings,
    secrets: secretMethods(core, settingsPath, applySettings, stateChanged),
    providers,
    ledger,
    now: host.now,
    status: statusReader(core, settingsPath, machine),
    meter: () =>
      meter.view(live.exchanges.reduce((sum, exchange) => sum + exchange.toEntry().costNanoUsd, 0)),
    liveRows: () => live.exchanges.map((exchange) => exchange.toRow()).reverse(),
    setPaused(paused) {
      state.paused = paused;
      ledger.setFact(PAUSED_FACT, String(paused));
    },
    sendPractice: () => sendPracticeRequest(url(), opened.keys.firstClientKey()),
    sendRequest: () => sendOneRequest(url(), opened.keys.firstClientKey()),
    createWindowLink: core.windowLink,
    claude,
    budgets: core.budgets,
    budgetMethods: budgetMethods({ budgets: core.budgets, settings: opened.settings, log: host.log, adopt }),
    mcp: mcpMethods({ mcp: core.mcp, settings: opened.settings, adopt }),
    ...routingParts(core, adopt, stateChanged),
    doctor: buildDoctor(core, machine, claude),
    history: buildHistory(core, historyChanged),
    stateChanged,
  };
}

function routingParts(
  core: Core,
  adopt: () => void,
  stateChanged: () => void,
): Pick<ControlParts, 'health' | 'routing' | 'models'> {
  const { host, opened, router, models, state } = core;
  const providers = (): readonly ListedProvider[] => listedProviders(core);
  return {
    health: () => ({ providers: router.book.views(providers(), host.now()) }),
    routing: routeMethods({
      settings: opened.settings,
      knowledge: () => router.knowledge,
      health: router.book,
      providers,
      now: host.now,
      log: host.log,
      adopt,
      stateChanged,
    }),
    models: createModelMethods({
      models,
      settings: () => opened.settings.current,
      prices: () => state.prices,
      now: host.now,
    }),
  };
}

/** The providers in force with the keys they may use. */
function listedProviders({ providers }: Core): readonly ListedProvider[] {
  return providers.ids.flatMap((id) => {
    const facts = providers.facts(id);
    return facts === null ? [] : [{ id, keys: facts.keys }];
  });
}

/** Requests that were sent already count on new budgets, too. */
function adoptBudgets({ budgets, live, providers }: Core): void {
  const sent = live.exchanges.flatMap((exchange) => {
    const provider = exchange.provider === null ? null : providers.get(exchange.provider);
    if (provider === null || exchange.attempts === 0) return [];
    return [{ exchange: exchange.id, facts: spendFactsOf(exchange), startedAt: exchange.startedAt }];
  });
  budgets.adopt(sent);
}

function statusReader(core: Core, settingsPath: string, machine: Machine): ControlParts['status'] {
  const { host, opened, state, providers, url } = core;
  const startedAt = host.now();
  return () =>
    readStatus({
      host,
      settings: opened.settings.current,
      providers,
      settingsPath,
      machine,
      url: url(),
      paused: state.paused,
      warnings: [...opened.vault.warnings(), ...state.notices],
      startedAt,
      recentSessions: listRecentSessions(core),
    });
}

/** The computer as the host's environment describes it; without a home there, that of Claude Code's folder. */
function buildMachine(host: GatewayHost): Machine {
  const home = host.env['HOME'] ?? host.env['USERPROFILE'] ?? dirname(host.claudeFolder);
  return rememberAnswers(diskMachine(host.env, home), REMEMBER_MS, host.now);
}

function buildDoctor(core: Core, machine: Machine, claude: ControlParts['claude']): ControlParts['doctor'] {
  const { host, opened, state, providers, url } = core;
  return doctorMethods({
    host,
    machine,
    url,
    keys: opened.keys,
    paused: () => state.paused,
    providers: () => providers.views(defaultProvider(opened.settings.current, PRACTICE)),
    claude,
  });
}

function buildHistory({ host, opened, ledger }: Core, onChange: HistorySources['onChange']): HistoryService {
  const folder = dataFolderAt(host.dataDir);
  return createHistoryService({
    claudeFolder: host.claudeFolder,
    historyPath: folder.history,
    ledgerPath: folder.ledger,
    ledger: opened.db,
    flush: () => ledger.flush(),
    prices: () => opened.settings.current.prices,
    now: host.now,
    onChange,
  });
}

function secretMethods(
  core: Core,
  settingsPath: string,
  applySettings: () => void,
  stateChanged: () => void,
): ControlParts['secrets'] {
  const { host, opened, providers, isLocalKey, url } = core;
  const shared = { vault: opened.vault, settings: opened.settings, isLocalKey, stateChanged };
  return {
    ...vaultMethods(shared),
    ...firstRunMethods({
      ...shared,
      host,
      providers,
      claudeSettingsPath: settingsPath,
      ownUrl: url,
      applySettings,
    }),
  };
}
