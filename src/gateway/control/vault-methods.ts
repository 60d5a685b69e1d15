// The vault, as Control offers it: what is stored (never the secrets themselves), storing, removing.
import type { Control } from '../../contract/control-contract.ts';
import type { VaultView } from '../../contract/vault.ts';
import type { SettingsStore } from '../config/settings-store.ts';
import { GatewayError } from '../gateway-error.ts';
import { acceptSecret } from '../vault/acceptable-secret.ts';
import { secretUsers } from '../vault/secret-users.ts';
import type { Vault } from '../vault/vault.ts';

export type VaultMethods = Pick<Control, 'vault.list' | 'vault.set' | 'vault.remove'>;

export interface VaultMethodParts {
  readonly vault: Vault;
  readonly settings: SettingsStore;
  readonly isLocalKey: (value: string) => boolean;
  readonly stateChanged: () => void;
}

/** A keychain that asks its user is not waited for by a list; what it says later is told by an event. */
const PATIENCE_MS = 1000;

export function vaultMethods(parts: VaultMethodParts): VaultMethods {
  const { vault } = parts;
  return {
    async 'vault.list'() {
      vault.retry();
      viewVault(parts);
      await Promise.race([vault.settled(), new Promise((resolve) => setTimeout(resolve, PATIENCE_MS))]);
      return viewVault(parts);
    },
    async 'vault.set'({ id, secret }) {
      vault.retry();
      await vault.set(id, acceptSecret(secret, parts.isLocalKey));
      parts.stateChanged();
      const view = viewVault(parts);
      const stored = view.secrets.find((one) => one.id === id);
      if (stored === undefined) throw new GatewayError('CONFLICT', `"${id}" was removed again at once.`);
      return { secret: stored, warnings: view.warnings };
    },
    async 'vault.remove'({ id, force }) {
      const users = secretUsers(parts.settings.current).get(id) ?? [];
      if (vault.has(id) && users.length > 0 && force !== true) {
        throw new GatewayError(
          'CONFLICT',
          `"${id}" is the key of ${users.join(', ')}; give it another one first, or force it.`,
        );
      }
      await vault.remove(id);
      parts.stateChanged();
      return viewVault(parts);
    },
  };
}

function viewVault({ vault, settings }: VaultMethodParts): VaultView {
  const users = secretUsers(settings.current);
  return {
    secrets: vault.list((id) => users.get(id) ?? []),
    missing: [...users].filter(([id]) => !vault.has(id)).map(([id, usedBy]) => ({ id, usedBy })),
    warnings: vault.warnings(),
  };
}
