// Opens the vault of a data folder with what the host lends.
import type { GatewayHost } from '../gateway-host.ts';
import { Vault } from './vault.ts';
import { VaultFiles } from './vault-files.ts';

/** A keychain that asks its user stays silent that long before others hear of it. */
const KEYCHAIN_LIMIT_MS = 6000;

export function openVault(host: GatewayHost, folder: string): Vault {
  const { keychain, now, randomBytes, log } = host;
  const files = new VaultFiles(folder, () => randomBytes(6).toString('hex'));
  return new Vault({ files, keychain, keychainLimitMs: KEYCHAIN_LIMIT_MS, now, randomBytes, log });
}
