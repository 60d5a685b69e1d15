// Says in plain words why no connection could be made: an unknown certificate authority, a proxy that is down, refuses
// or wants a password. Each is half a sentence that follows "no answer from X:". Pure.
import { UpstreamError } from './connection.ts';
import type { Proxy } from './choose-proxy.ts';

const unknownAuthority: ReadonlySet<string> = new Set([
  'UNABLE_TO_GET_ISSUER_CERT',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'CERT_UNTRUSTED',
  'INVALID_CA',
]);

/** The same code with a helpful message; null when the error is not about TLS. `host`: whose certificate it is. */
export function explainTls(error: Error, host: string): UpstreamError | null {
  const code = codeOf(error);
  const say = (sentence: string): UpstreamError => new UpstreamError(code, sentence, error);
  if (unknownAuthority.has(code))
    return say(
      `the certificate of ${host} is signed by an authority this machine does not know (${code}); behind a company proxy, name its certificate file under network.caFile`,
    );
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID')
    return say(
      `the certificate of ${host} ${code === 'CERT_HAS_EXPIRED' ? 'has expired' : 'is not valid yet'}; check this machine’s clock, else its operator must renew it`,
    );
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return say(`the certificate of ${host} was made for another name; check the address`);
  if (code === 'EPROTO' || code.startsWith('ERR_SSL_'))
    return say(
      `${host} and Tollgate found no common way to encrypt (${code}); check https:// or http:// and the port`,
    );
  return /^(?:CERT_|ERR_TLS_)/.test(code)
    ? say(`the certificate of ${host} was not accepted (${code})`)
    : null;
}

/** The proxy itself could not be reached, or broke off before the way through it stood. */
export function explainProxy(error: Error, proxy: Proxy): Error {
  if (error instanceof UpstreamError && error.code === 'UPSTREAM_PROXY') return error;
  const tls = explainTls(error, `the proxy ${proxy.name}`);
  if (tls !== null) return tls;
  switch (codeOf(error)) {
    case 'ECONNREFUSED':
      return proxyError(
        proxy,
        'refused the connection; check that it runs, or name another under network.proxy',
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return proxyError(proxy, 'has a name that could not be resolved; check network.proxy and the network');
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UPSTREAM_CLOSED':
      return proxyError(
        proxy,
        'closed the connection without an answer; check whether it takes http:// or https://',
      );
    case 'UPSTREAM_PROTOCOL':
      return proxyError(
        proxy,
        `did not answer as an HTTP proxy does (${error.message}); check network.proxy`,
      );
    default:
      return proxyError(
        proxy,
        `could not be reached (${codeOf(error) || error.message}); check that it runs, or name another under network.proxy`,
      );
  }
}

/** The proxy had opened the way, and it broke before it was encrypted. */
export function explainBrokenTunnel(error: Error, proxy: Proxy, host: string): UpstreamError {
  return proxyError(
    proxy,
    `opened the way to ${host}, which was closed before it could be encrypted (${codeOf(error) || error.message}); check the address and the port`,
  );
}

/** The proxy answered, but not with a way to `target`. `headers` are its own. */
export function explainRefusal(
  status: number,
  headers: readonly string[],
  proxy: Proxy,
  target: string,
): UpstreamError {
  if (status !== 407)
    return proxyError(
      proxy,
      status >= 500
        ? `could not reach ${target} (status ${status}); check the address, or list it under network.noProxy`
        : `does not let Tollgate through to ${target} (status ${status}); ask its operator to allow it, or list it under network.noProxy`,
    );
  const schemes = schemesOf(headers);
  if (schemes.length > 0 && !schemes.includes('basic'))
    return proxyError(
      proxy,
      `wants a login of the kind ${schemes.join(', ')}, which Tollgate does not speak (status 407); put a local proxy that does in between and name it under network.proxy`,
    );
  return proxyError(
    proxy,
    proxy.authorization === null
      ? 'wants a user name and password (status 407); write them into its address, like "http://USER:PASSWORD@HOST:PORT"'
      : 'did not accept the user name and password in its address (status 407); correct them there',
  );
}

function schemesOf(headers: readonly string[]): string[] {
  const schemes: string[] = [];
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (headers[index]?.toLowerCase() !== 'proxy-authenticate') continue;
    const scheme = /^[A-Za-z][A-Za-z0-9-]{0,31}/.exec(headers[index + 1] ?? '')?.[0].toLowerCase();
    if (scheme !== undefined && !schemes.includes(scheme)) schemes.push(scheme);
  }
  return schemes;
}

function proxyError(proxy: Proxy, what: string): UpstreamError {
  return new UpstreamError('UPSTREAM_PROXY', `the proxy ${proxy.name} ${what}`);
}

const codeOf = (error: Error): string => (error as NodeJS.ErrnoException).code ?? '';
