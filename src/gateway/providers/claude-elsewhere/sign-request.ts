// Signs a request for AWS (Signature Version 4) with AWS's own signer over Node's own hashes. Only the headers that must be
// are signed, so that a proxy may add its own.
import { createHash, createHmac } from 'node:crypto';
import type { AwsKeys } from './aws-keys.ts';
import type { WireRequest } from './place.ts';

export interface SigningPlace {
  readonly origin: URL;
  readonly region: string;
  /** AWS's name of the service, like `bedrock`. */
  readonly service: string;
  readonly now: () => number;
}

type Bytes = string | ArrayBuffer | ArrayBufferView;

/** SHA-256 and its keyed form, in the shape the signer wants. */
class Sha256 {
  #parts: Buffer[] = [];
  readonly #key: Bytes | undefined;

  constructor(key?: Bytes) {
    this.#key = key;
  }

  update(part: Bytes): void {
    this.#parts.push(toBuffer(part));
  }

  async digest(): Promise<Uint8Array> {
    const hash = this.#key === undefined ? createHash('sha256') : createHmac('sha256', toBuffer(this.#key));
    for (const part of this.#parts) hash.update(part);
    return new Uint8Array(hash.digest());
  }

  reset(): void {
    this.#parts = [];
  }
}

function toBuffer(bytes: Bytes): Buffer {
  if (typeof bytes === 'string') return Buffer.from(bytes);
  if (bytes instanceof ArrayBuffer) return Buffer.from(bytes);
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Headers that carry the signature. `wire.path` follows the origin's own path. */
export async function signRequest(wire: WireRequest, keys: AwsKeys, place: SigningPlace): Promise<string[]> {
  const { SignatureV4 } = await import('@smithy/signature-v4');
  const signer = new SignatureV4({
    credentials: keys,
    region: place.region,
    service: place.service,
    sha256: Sha256,
  });
  const [path = '/', query = ''] = (place.origin.pathname.replace(/\/+$/, '') + wire.path).split('?', 2);
  const signed = await signer.sign(
    {
      method: wire.method,
      protocol: place.origin.protocol,
      hostname: place.origin.hostname,
      path,
      query: Object.fromEntries(new URLSearchParams(query)),
      headers: { host: place.origin.host },
      ...(wire.body === null ? {} : { body: wire.body.whole() }),
    },
    { signingDate: new Date(place.now()) },
  );
  return Object.entries(signed.headers).flatMap(([name, value]) => (name === 'host' ? [] : [name, value]));
}
