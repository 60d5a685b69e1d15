// Which proxy stands between here and an address: the settings' own, else the environment's, and none for loopback or an
// exempt host. Pure.
import { BlockList, isIP } from 'node:net';
import type { HttpSettings } from '../../../contract/settings.ts';
import { GatewayError } from '../../gateway-error.ts';

export interface Proxy {
  /** TLS on the way to the proxy itself. */
  readonly secure: boolean;
  readonly host: string;
  readonly port: number;
  /** Host and port, and who named it; for sentences, so never with its user name or password. */
  readonly name: string;
  /** The value of Proxy-Authorization; null when its address has no user name. */
  readonly authorization: string | null;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Small letters first, as other tools do; https falls back on the proxy for http, as Claude Code does. */
const variables: Readonly<Record<string, readonly string[]>> = {
  'https:': ['https_proxy', 'HTTPS_PROXY', 'http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
  'http:': ['http_proxy', 'HTTP_PROXY', 'all_proxy', 'ALL_PROXY'],
};

/** Null: go directly. Throws PROVIDER_UNUSABLE for a proxy that cannot be meant. */
export function chooseProxy(url: URL, http: HttpSettings, env: Environment): Proxy | null {
  const host = plainHost(url.hostname);
  if (isLoopback(host)) return null;
  const found = findProxy(url.protocol, http, env);
  if (found === null) return null;
  const exempt = [...(http.noProxy ?? []), ...splitList(env['no_proxy'] || env['NO_PROXY'] || '')];
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  if (exempt.some((entry) => matchesEntry(host, port, entry))) return null;
  return readProxy(found.address, found.source);
}

function findProxy(
  protocol: string,
  http: HttpSettings,
  env: Environment,
): { address: string; source: string } | null {
  const own = http.proxy?.trim() ?? '';
  if (own.toLowerCase() === 'none') return null;
  if (own !== '') return { address: own, source: 'the settings' };
  for (const name of variables[protocol] ?? []) {
    const address = env[name]?.trim() ?? '';
    if (address !== '') return { address, source: name };
  }
  return null;
}

function readProxy(address: string, source: string): Proxy {
  const url = URL.parse(address.includes('://') ? address : `http://${address}`);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:') || url.hostname === '') {
    // The address may hold a password, so it is not repeated.
    throw new GatewayError(
      'PROVIDER_UNUSABLE',
      `The proxy named by ${source} is not an http:// or https:// address${url?.protocol.startsWith('socks') === true ? ' (SOCKS is not supported)' : ''}. Write it like "http://proxy.example.com:8080" under network.proxy, or "none" to go directly.`,
    );
  }
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  const credentials = `${decode(url.username)}:${decode(url.password)}`;
  return {
    secure,
    host: plainHost(url.hostname),
    port,
    name: `${url.hostname}:${port} (from ${source})`,
    authorization:
      credentials === ':' ? null : `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`,
  };
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
// As a destination, the unspecified address is this machine too.
loopback.addAddress('0.0.0.0', 'ipv4');
loopback.addAddress('::', 'ipv6');
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  const family = isIP(host);
  if (family === 0) return host === 'localhost' || host.endsWith('.localhost');
  return loopback.check(host, family === 6 ? 'ipv6' : 'ipv4');
}

/** Small letters, without brackets and final dot. */
function plainHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

const splitList = (text: string): string[] => text.split(/[\s,;]+/).filter((entry) => entry !== '');

function matchesEntry(host: string, port: string, written: string): boolean {
  const entry = written.trim().toLowerCase();
  // "name:port" or "[address]:port"; a bare IPv6 address has more colons than one.
  const withPort = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry);
  if (withPort !== null && withPort[2] !== port) return false;
  const pattern = plainHost(withPort?.[1] ?? entry);
  if (pattern === '') return false;
  const subnet = /^([^/]+)\/(\d{1,3})$/.exec(pattern);
  if (subnet !== null) return isInSubnet(host, subnet[1] ?? '', Number(subnet[2]));
  if (isIP(pattern) !== 0) return isInSubnet(host, pattern, isIP(pattern) === 6 ? 128 : 32);
  const name = pattern.replace(/^\*?\./, '');
  if (!name.includes('*')) return host === name || host.endsWith(`.${name}`);
  const glob = name.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${glob.join('.*')}$`).test(host);
}

function isInSubnet(host: string, address: string, bits: number): boolean {
  const family = isIP(host);
  const network = isIP(address);
  if (family === 0 || network === 0 || bits > (network === 6 ? 128 : 32)) return false;
  const list = new BlockList();
  list.addSubnet(address, bits, network === 6 ? 'ipv6' : 'ipv4');
  return list.check(host, family === 6 ? 'ipv6' : 'ipv4');
}
