// One real request to a provider's address, for a test: the same connection code as every exchange, the whole answer
// gathered up to a limit, nothing followed and nothing kept.
import { ByteParts } from '../lib/byte-parts.ts';
import type { ProviderDescriptor, UpstreamContext } from '../providers/provider.ts';
import { headerValue } from '../providers/request-headers.ts';

export interface ProviderAddress {
  readonly descriptor: ProviderDescriptor;
  readonly baseUrl: string;
  /** Null for a provider that takes none. */
  readonly secret: string | null;
}

export interface Question {
  readonly path: string;
  /** Sent as JSON with POST; null asks with GET. */
  readonly body: unknown;
}

export type ProviderAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      readonly contentType: string;
      /** Where a redirection points. */
      readonly location: string | null;
      /** At most 1 MiB of it. */
      readonly body: string;
    }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'aborted' };

const LARGEST_ANSWER = 1024 * 1024;

/** Never rejects. */
export function askProvider(
  address: ProviderAddress,
  question: Question,
  context: UpstreamContext,
  signal: AbortSignal,
): Promise<ProviderAnswer> {
  const upstream = address.descriptor.createUpstream(address.baseUrl, context);
  const answer = new Promise<ProviderAnswer>((resolve) => {
    if (signal.aborted) {
      resolve({ kind: 'aborted' });
      return;
    }
    let head: { status: number; headers: readonly string[] } | null = null;
    const parts: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      if (head === null) return;
      resolve({
        kind: 'answered',
        status: head.status,
        contentType: headerValue(head.headers, 'content-type') ?? '',
        location: headerValue(head.headers, 'location'),
        body: Buffer.concat(parts).toString('utf8'),
      });
    };
    const body = question.body === null ? null : ByteParts.of(Buffer.from(JSON.stringify(question.body)));
    const call = upstream.send(
      {
        method: body === null ? 'GET' : 'POST',
        path: question.path,
        headers: headersFor(address, body),
        body,
      },
      {
        onStart: (status, headers) => void (head = { status, headers }),
        onData(chunk) {
          parts.push(chunk);
          length += chunk.length;
          if (length < LARGEST_ANSWER) return;
          finish();
          call.abort();
        },
        onEnd: finish,
        onError: (error) => resolve({ kind: 'failed', error }),
      },
    );
    signal.addEventListener('abort', () => {
      resolve({ kind: 'aborted' });
      call.abort();
    });
  });
  return answer.finally(() => void upstream.destroy().catch(() => undefined));
}

function headersFor({ descriptor, secret }: ProviderAddress, body: ByteParts | null): string[] {
  return [
    'accept',
    'application/json',
    'accept-encoding',
    'identity',
    'user-agent',
    'tollgate',
    'anthropic-version',
    '2023-06-01',
    ...(body === null ? [] : ['content-type', 'application/json']),
    ...(secret === null ? [] : descriptor.authorize(secret)),
  ];
}
