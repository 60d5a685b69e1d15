// Names the program behind a base URL that is not Tollgate's, by the ports and marks such programs use, so that a
// take-over can say whose place it takes. Pure.
import { isLoopbackAddress } from './loopback-address.ts';

const byPort = new Map<string, string>([
  ['15721', 'cc-switch'],
  ['3456', 'Claude Code Router'],
  ['37123', 'AIO Coding Hub'],
  ['8787', 'Headroom'],
  ['8080', 'better-ccflare'],
  ['4000', 'LiteLLM'],
]);

/** The program that most likely answers at the address; null when there is no telling. */
export function nameGateway(address: string, token: string | null): string | null {
  if (token === 'PROXY_MANAGED') return 'cc-switch';
  if (token !== null && /^(?:sk-)?ccr-/.test(token)) return 'Claude Code Router';
  if (token !== null && /aio[-_ ]?coding[-_ ]?hub/i.test(token)) return 'AIO Coding Hub';
  if (!isLoopbackAddress(address)) return null;
  return byPort.get(URL.parse(address)?.port ?? '') ?? null;
}
