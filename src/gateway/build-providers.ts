// Makes what reaches providers: the providers themselves, the thread for large translations, their models, the router.
import type { GatewayHost } from './gateway-host.ts';
import { dataFolderAt } from './data-folder/data-folder.ts';
import { createGatewayRouter } from './build-router.ts';
import type { GatewayRouter } from './build-router.ts';
import type { Opened } from './build-core.ts';
import type { PriceTable } from './ledger/price-table.ts';
import { ModelCatalogue } from './models/catalogue.ts';
import { modelFileAt } from './models/model-file.ts';
import { Providers } from './providers/providers.ts';
import { TranslationThread } from './providers/translated/translation-thread.ts';

export interface Reach {
  readonly providers: Providers;
  /** Where large requests are translated. */
  readonly translation: TranslationThread;
  readonly models: ModelCatalogue;
  readonly router: GatewayRouter;
}

export function buildProviders(
  host: GatewayHost,
  opened: Opened,
  prices: () => PriceTable,
  onChange: () => void,
): Reach {
  const { settings, vault } = opened;
  const { now, randomBytes, env } = host;
  const translation = new TranslationThread(env);
  const providers = new Providers(
    {
      now,
      randomBytes,
      env,
      limitsOf: (provider, model) => models.limitsOf(provider, model),
      offload: (type, setup, job) => translation.offload(type, setup, job),
    },
    env,
    vault,
  );
  providers.apply(settings.current);
  const models = buildModels(host, opened, providers, () => {
    router.forgetPlans();
    onChange();
  });
  const router = createGatewayRouter({
    settings: () => settings.current,
    providers,
    prices,
    modelsOf: (id) => models.of(id)?.models.keys() ?? [],
    now,
  });
  router.adopt(settings.current);
  // A key that was stored anew has nothing against it.
  vault.onChange(() => {
    router.forgetPlans();
    for (const id of providers.ids)
      for (const key of providers.facts(id)?.keys ?? [])
        if (key.startsWith('vault:')) router.book.forgetKey(key);
  });
  return { providers, translation, models, router };
}

function buildModels(
  { dataDir, now, randomBytes, log }: GatewayHost,
  { settings }: Opened,
  providers: Providers,
  onChange: () => void,
): ModelCatalogue {
  return new ModelCatalogue({
    settings: () => settings.current,
    provider: (id) => providers.get(id),
    credentialOf: ({ id, credential }) =>
      providers.resolveCredential(id, providers.facts(id)?.keys[0] ?? credential),
    file: modelFileAt(dataFolderAt(dataDir).models, () => randomBytes(6).toString('hex')),
    now,
    later(task, milliseconds) {
      const timer = setTimeout(task, milliseconds).unref();
      return () => clearTimeout(timer);
    },
    log,
    onChange,
  });
}
