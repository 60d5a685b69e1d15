// Asks a running gateway for one thing: POST /control/<method>, both directions checked against the contract.
import {
  ControlError,
  controlMethods,
  type ControlInput,
  type ControlMethod,
  type ControlOutput,
} from '../contract/control-contract.ts';
import type { GatewayAddress } from './running-gateway.ts';

const callTimeoutMs = 10_000;

/**
 * Calls one method of Control.
 * @throws Error with one sentence for the user: the gateway's own words, or that it could not be reached.
 */
export async function callControl<M extends ControlMethod>(
  address: GatewayAddress,
  method: M,
  input: ControlInput<M>,
): Promise<ControlOutput<M>> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(new URL(`/control/${method}`, address.url), {
      method: 'POST',
      redirect: 'error',
      headers: { authorization: `Bearer ${address.controlKey}`, 'content-type': 'application/json' },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(callTimeoutMs),
    });
    body = await answer.json();
  } catch (error) {
    throw new Error(`The gateway at ${address.url} did not answer. Try again, or restart it.`, {
      cause: error,
    });
  }
  if (!answer.ok) {
    const refusal = ControlError.safeParse(body);
    throw new Error(refusal.success ? refusal.data.error.message : `The gateway answered ${answer.status}.`);
  }
  const output: unknown = controlMethods[method].output.parse(body);
  return output as ControlOutput<M>;
}
