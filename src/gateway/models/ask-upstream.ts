// One request to an upstream that is not an exchange: a model list, a test message. The whole answer is gathered up to a
// limit, nothing is followed and nothing is kept.
import { ByteParts } from '../lib/byte-parts.ts';
import type { Upstream } from '../providers/provider.ts';
import { headerValue } from '../providers/request-headers.ts';

export interface UpstreamQuestion {
  readonly path: string;
  /** Sent as JSON with POST; null asks with GET. */
  readonly body: { readonly model: string; readonly [more: string]: unknown } | null;
  /** Headers that carry the secret. */
  readonly credential: readonly string[];
  /** Null for a provider that takes none. */
  readonly secret: string | null;
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
export function askUpstream(
  upstream: Upstream,
  question: UpstreamQuestion,
  signal: AbortSignal,
): Promise<ProviderAnswer> {
  return new Promise<ProviderAnswer>((resolve) => {
    if (signal.aborted) {
      resolve({ kind: 'aborted' });
      return;
    }
    let head: { status: number; headers: readonly string[] } | null = null;
    const parts: Buffer[] = [];
    let length = 0;
    const finish = (): void => {
      signal.removeEventListener('abort', onAbort);
      if (head === null) return;
      resolve({
        kind: 'answered',
        status: head.status,
        contentType: headerValue(head.headers, 'content-type') ?? '',
        location: headerValue(head.headers, 'location'),
        body: Buffer.concat(parts).toString('utf8'),
      });
    };
    const onAbort = (): void => {
      resolve({ kind: 'aborted' });
      call.abort();
    };
    const { body } = question;
    const bytes = body === null ? null : ByteParts.of(Buffer.from(JSON.stringify(body)));
    const call = upstream.send(
      {
        method: bytes === null ? 'GET' : 'POST',
        path: question.path,
        headers: headersOf(question),
        body: bytes,
        secret: question.secret,
        asked: body?.model ?? null,
        model: body?.model ?? null,
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
        onError(error) {
          signal.removeEventListener('abort', onAbort);
          resolve({ kind: 'failed', error });
        },
      },
    );
    signal.addEventListener('abort', onAbort);
  });
}

function headersOf({ body, credential }: UpstreamQuestion): string[] {
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
    ...credential,
  ];
}
