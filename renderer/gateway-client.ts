// The window's only way to the gateway: typed calls and one event stream over the control contract, same origin, with
// the session cookie that the one-time address has set. Everything that arrives is parsed.
import {
  ControlError,
  controlMethods,
  type ControlInput,
  type ControlMethod,
  type ControlOutput,
} from '../src/contract/control-contract.ts';

/** Why a call failed, in words for the user; `code` is `locked`, `unreachable`, `mismatch` or the gateway's own. */
export class GatewayError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GatewayError';
    this.code = code;
  }
}

export interface GatewayClient {
  /** Rejects with a `GatewayError` whose message can be shown as it is. `signal` ends the call; its code is then `ended`. */
  call<M extends ControlMethod>(
    method: M,
    input: ControlInput<M>,
    signal?: AbortSignal,
  ): Promise<ControlOutput<M>>;
  openEvents(): EventSource;
}

/** An answer that is slower than this is no answer; the gateway is on this computer. */
const answerWithinMs = 10_000;
/** What waits for somebody else: a program that is run, a provider, a keychain that asks its user. */
const patienceMs: Partial<Record<ControlMethod, number>> = {
  'claude.connect': 60_000,
  'claude.disconnect': 60_000,
  'claude.inspect': 60_000,
  'doctor.run': 60_000,
  'doctor.mend': 60_000,
  'history.scan': 60_000,
  'history.remove': 60_000,
  'keys.find': 30_000,
  'keys.import': 120_000,
  'models.refresh': 60_000,
  'provider.test': 30_000,
  'request.send': 60_000,
  'vault.set': 120_000,
};

async function readRefusal(response: Response): Promise<GatewayError> {
  if (response.status === 401) {
    return new GatewayError(
      'locked',
      'This window is no longer signed in. Run "tollgate status" and open the address it prints.',
    );
  }
  const body = ControlError.safeParse(await response.json().catch(() => null));
  if (body.success) return new GatewayError(body.data.error.code, body.data.error.message);
  return new GatewayError(
    'unexpected',
    `The gateway answered with status ${response.status} and no reason. Its log has the details.`,
  );
}

async function send(method: ControlMethod, input: unknown, signal?: AbortSignal): Promise<Response> {
  const patience = AbortSignal.timeout(patienceMs[method] ?? answerWithinMs);
  try {
    return await fetch(`control/${method}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(input),
      cache: 'no-store',
      signal: signal === undefined ? patience : AbortSignal.any([signal, patience]),
    });
  } catch (cause) {
    if (signal?.aborted === true) throw new GatewayError('ended', 'Stopped.', { cause });
    if (cause instanceof DOMException && cause.name === 'TimeoutError') {
      throw new GatewayError(
        'slow',
        'The gateway has not answered in time and may still be at it. Reload the window to see what holds now.',
        { cause },
      );
    }
    throw new GatewayError(
      'unreachable',
      'The gateway does not answer. If it was stopped, start Tollgate again; nothing was changed.',
      { cause },
    );
  }
}

/** A client of the gateway that served this page. */
export function createGatewayClient(): GatewayClient {
  return {
    async call(method, input, signal) {
      const response = await send(method, input, signal);
      if (!response.ok) throw await readRefusal(response);
      const output = controlMethods[method].output.safeParse(await response.json().catch(() => null));
      if (!output.success) {
        throw new GatewayError(
          'mismatch',
          'The gateway answered in a form this window does not know. Reload the window.',
          { cause: output.error },
        );
      }
      return output.data as ControlOutput<typeof method>;
    },
    openEvents: () => new EventSource('control/events'),
  };
}
