// Compares gateway addresses as Claude Code would reach them: every spelling of this computer is one host, and a
// trailing slash makes no difference.

const loopbackHosts = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** True for an http address on this computer. */
export function isLoopbackAddress(address: string): boolean {
  const url = URL.parse(address);
  return url !== null && url.protocol === 'http:' && loopbackHosts.has(url.hostname);
}

/** True when requests to both addresses arrive at the same port and path. */
export function isSameAddress(one: string, other: string): boolean {
  const first = canonical(one);
  return first !== null && first === canonical(other);
}

function canonical(address: string): string | null {
  const url = URL.parse(address.trim());
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return null;
  const host = loopbackHosts.has(url.hostname) ? 'loopback' : url.hostname;
  const port = url.port !== '' ? url.port : url.protocol === 'http:' ? '80' : '443';
  return `${url.protocol}//${host}:${port}${url.pathname.replace(/\/+$/, '')}${url.search}`;
}
