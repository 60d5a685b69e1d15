// Providers, as Control changes them: the one in use, those configured, and the types there are.
import type { Control } from '../../contract/control-contract.ts';
import type { ProviderTypeView } from '../../contract/providers.ts';
import type { ProviderSettings, Settings } from '../../contract/settings.ts';
import { planRemoveProvider, planUseProvider } from '../config/settings-store.ts';
import { GatewayError } from '../gateway-error.ts';
import type { ProviderDescriptor } from '../providers/provider.ts';
import { PRACTICE } from '../providers/providers.ts';
import type { Providers } from '../providers/providers.ts';
import { descriptors } from '../providers/registry.ts';
import { defaultProvider } from '../router/choose-route.ts';
import type { ControlParts } from './control.ts';

export type ProviderMethods = Pick<
  Control,
  'route.use' | 'provider.add' | 'provider.read' | 'provider.change' | 'provider.remove' | 'provider.types'
>;

export function providerMethods(parts: ControlParts): ProviderMethods {
  const current = (): string => defaultProvider(parts.settings.current, PRACTICE);
  const adopt = (): void => {
    parts.applySettings();
    parts.stateChanged();
  };
  const views = (): ReturnType<Providers['views']> => parts.providers.views(current());
  return {
    ...useMethod(parts, current, adopt),
    async 'provider.add'(added) {
      parts.settings.edit((settings) => {
        if (settings.providers.some(({ id }) => id === added.id)) {
          throw new GatewayError(
            'CONFLICT',
            `There is a provider "${added.id}" already; choose another name, or remove it first.`,
          );
        }
        return [{ path: ['providers'], value: [...settings.providers, added] }];
      });
      adopt();
      return { providers: views() };
    },
    async 'provider.read'({ id }) {
      const { http: _http, ...settings } = findProvider(parts.settings.current, id).found;
      return { settings };
    },
    async 'provider.change'(changed) {
      parts.settings.edit((settings) => {
        const { found, index } = findProvider(settings, changed.id);
        const http = changed.http ?? found.http;
        return [
          { path: ['providers', index], value: { ...changed, ...(http === undefined ? {} : { http }) } },
        ];
      });
      adopt();
      return { providers: views() };
    },
    async 'provider.remove'({ id }) {
      parts.settings.edit((settings) => {
        if (!settings.providers.some((provider) => provider.id === id)) {
          throw new GatewayError('UNKNOWN_NAME', `There is no provider "${id}" in the config.`);
        }
        return planRemoveProvider(settings, id);
      });
      adopt();
      return { providers: views() };
    },
    'provider.types': async () => ({ types: descriptors.map(viewType) }),
  };
}

function findProvider({ providers }: Settings, id: string): { found: ProviderSettings; index: number } {
  const index = providers.findIndex((provider) => provider.id === id);
  const found = providers[index];
  if (found === undefined)
    throw new GatewayError('UNKNOWN_NAME', `There is no provider "${id}" in the config.`);
  return { found, index };
}

function useMethod(
  { settings: store }: ControlParts,
  current: () => string,
  adopt: () => void,
): Pick<ProviderMethods, 'route.use'> {
  return {
    async 'route.use'({ provider }) {
      const previous = current();
      store.edit((settings) => {
        const known = [...settings.providers.map(({ id }) => id), PRACTICE];
        if (!known.includes(provider)) {
          throw new GatewayError(
            'UNKNOWN_NAME',
            `There is no provider "${provider}"; known: ${[...new Set(known)].join(', ')}.`,
          );
        }
        return planUseProvider(settings, provider);
      });
      adopt();
      return { previous, current: current() };
    },
  };
}

function viewType(descriptor: ProviderDescriptor): ProviderTypeView {
  const { type, label, group, help, keysUrl, servesClaude, defaultBaseUrl, defaultCredential } = descriptor;
  return {
    type,
    label,
    group,
    help,
    keysUrl,
    translated: descriptor.dialect === 'translated',
    servesClaude,
    defaultBaseUrl,
    defaultCredential,
    fields: descriptor.fields.map(({ choices, ...field }) => ({
      ...field,
      ...(choices === undefined ? {} : { choices: [...choices] }),
    })),
    models: descriptor.models.map((model) => ({ ...model })),
    tiers: { ...descriptor.tiers },
  };
}
