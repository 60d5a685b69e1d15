// The certificate authorities that upstreams are checked against: Node's own, the system's (where a company's IT installs
// its own), and the files that the settings and the environment name. Made at the first secure connection, then shared.
import { X509Certificate } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createSecureContext, getCACertificates } from 'node:tls';
import type { SecureContext } from 'node:tls';
import { GatewayError } from '../../gateway-error.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const pemBlock =
  /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[\s\S]+?-----END (?:TRUSTED |X509 )?CERTIFICATE-----/g;

/** What this machine trusts; reading it takes tens of milliseconds, and it is the same for all providers. */
let ofThisMachine: readonly string[] | null = null;
const contexts = new Map<string, { readonly stamp: string; readonly context: SecureContext }>();

/** A changed file counts from the next connection on. Throws PROVIDER_UNUSABLE when `caFile` holds no usable certificate. */
export function trustedAuthorities(caFile: string | undefined, env: Environment): SecureContext {
  const fromEnv = [env['NODE_EXTRA_CA_CERTS'], env['SSL_CERT_FILE']].map((path) => path ?? '');
  const paths = [caFile ?? '', ...fromEnv];
  const key = paths.join('\n');
  const stamp = paths.map(changeTime).join();
  const known = contexts.get(key);
  if (known?.stamp === stamp) return known.context;
  const own = caFile === undefined ? [] : readAuthorities(caFile);
  ofThisMachine ??= readMachine();
  const context = createSecureContext({
    ca: [...new Set([...ofThisMachine, ...fromEnv.flatMap(readLeniently), ...own])],
  });
  contexts.set(key, { stamp, context });
  return context;
}

function readMachine(): string[] {
  return (['default', 'system'] as const).flatMap((kind) => {
    try {
      return getCACertificates(kind).map((pem) => pem.trim());
    } catch {
      // A system whose store cannot be read still has the certificates that come with Node.
      return [];
    }
  });
}

/** A file that only the environment names may be missing: other programs go on as well. */
function readLeniently(path: string): string[] {
  try {
    return path === '' ? [] : (readFileSync(path, 'latin1').match(pemBlock) ?? []);
  } catch {
    return [];
  }
}

function readAuthorities(path: string): string[] {
  const blocks = readText(path).match(pemBlock) ?? [];
  if (blocks.length === 0)
    throw unusable(path, 'holds no certificate in PEM form (a text with "BEGIN CERTIFICATE")');
  for (const block of blocks) {
    try {
      new X509Certificate(block);
    } catch (error) {
      throw unusable(path, 'holds a certificate that cannot be read', error);
    }
  }
  return blocks;
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    throw unusable(path, `cannot be read (${(error as NodeJS.ErrnoException).code ?? 'error'})`, error);
  }
}

function changeTime(path: string): number {
  if (path === '') return 0;
  try {
    return statSync(path).mtimeMs;
  } catch {
    return -1;
  }
}

function unusable(path: string, what: string, cause?: unknown): GatewayError {
  return new GatewayError(
    'PROVIDER_UNUSABLE',
    `The certificate file ${path} ${what}. Name a readable file under network.caFile, or remove that line.`,
    cause,
  );
}
