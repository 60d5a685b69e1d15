// Says in plain words why a provider gave no answer to a test. Pure.
import type { Verdict } from './judge-answer.ts';

const tlsCodes =
  /^(?:CERT_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|HOSTNAME_MISMATCH|ERR_TLS_|ERR_SSL_|EPROTO$)|^(?:INVALID_CA|CERTIFICATE)/;

/** `host`: where it was asked, with port. `local`: the program of the user's own that is to run there, or null. */
export function judgeFailure(error: Error, host: string, local: string | null): Verdict {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  if (tlsCodes.test(code)) return say('tls', null, sayTls(code, host));
  switch (code) {
    case 'ECONNREFUSED':
      if (local !== null) {
        return unreachable(
          `${local} does not run at ${host} (connection refused): start it, or check address and port.`,
        );
      }
      return unreachable(
        `Nothing listens at ${host} (connection refused). Check address and port, and whether the program there runs.`,
      );
    // Our own words name the proxy, or what is wrong with the settings.
    case 'UPSTREAM_PROXY':
    case 'PROVIDER_UNUSABLE':
      return unreachable(asSentence(error.message));
    case 'ADDRESS_UNUSABLE':
      return say('wrong-address', null, `There is no usable address for ${host}: enter it, or mend it.`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return unreachable(`The name ${host} could not be found. Check the address and the network.`);
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'ENETDOWN':
      return unreachable(`There is no way to ${host} from this computer. Check the network.`);
    case 'ETIMEDOUT':
    case 'UPSTREAM_CONNECT_TIMEOUT':
      return say(
        'timeout',
        null,
        `${host} did not take the connection in time. Check the address and the network.`,
      );
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UPSTREAM_CLOSED':
      return unreachable(
        `${host} closed the connection without an answer. If it expects https://, or a VPN or firewall is on the way, look there.`,
      );
    default:
      return say(
        'not-anthropic',
        null,
        `What answers at ${host} is not a web server that Tollgate understands. Check http:// or https:// and the port.`,
      );
  }
}

function sayTls(code: string, host: string): string {
  if (code === 'CERT_HAS_EXPIRED')
    return `The certificate of ${host} has expired. Check this computer's clock; else its operator must renew it.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID')
    return `The certificate of ${host} is for another name. Check the address.`;
  if (/^(?:EPROTO|ERR_SSL_)/.test(code))
    return `${host} does not speak TLS as expected. If it is a server of your own without a certificate, use http://.`;
  return `The certificate of ${host} is not trusted here (${code}). Behind a company proxy, its certificate authority must be known to Tollgate: name its certificate file under network.caFile in config.json.`;
}

const asSentence = (text: string): string =>
  `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

const unreachable = (sentence: string): Verdict => say('unreachable', null, sentence);

function say(outcome: Verdict['outcome'], status: null, sentence: string): Verdict {
  return { outcome, status, sentence };
}
