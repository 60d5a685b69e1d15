// What the gateway's thread and the translation thread say to each other about calls with large bodies.
import type { ModelLimits, ProviderSetup } from '../provider.ts';

/** An `UpstreamRequest` whose body is plain bytes. */
export interface PlainRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: readonly string[];
  readonly body: Uint8Array<ArrayBuffer> | null;
  readonly secret: string | null;
  readonly asked: string | null;
  readonly model: string | null;
}

export type ToThread =
  | {
      readonly kind: 'send';
      readonly call: number;
      readonly type: string;
      readonly setup: ProviderSetup;
      readonly request: PlainRequest;
      readonly limits: ModelLimits;
    }
  | { readonly kind: 'pause' | 'resume' | 'abort'; readonly call: number };

export type FromThread =
  | {
      readonly kind: 'start';
      readonly call: number;
      readonly status: number;
      readonly headers: readonly string[];
    }
  | { readonly kind: 'data'; readonly call: number; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'note'; readonly call: number; readonly note: string }
  | { readonly kind: 'end'; readonly call: number }
  | {
      readonly kind: 'error';
      readonly call: number;
      readonly message: string;
      readonly code: string | null;
      readonly reusedSocket: boolean;
    };
