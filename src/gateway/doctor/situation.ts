// Short questions that several checks ask of the facts. Pure.
import { localKeyIn, pointsAtTollgate } from '../claude-code/env-keys.ts';
import { isLoopbackAddress, isSameAddress } from '../claude-code/loopback-address.ts';
import type { FoundSource } from '../claude-code/inspect/found-source.ts';
import { effectiveValue } from '../claude-code/inspect/rank-sources.ts';
import { BASE_URL } from '../claude-code/inspect/route-names.ts';
import type { AddressFacts, DoctorFacts } from './doctor-facts.ts';

/** Where Tollgate listens unless told otherwise. */
export const USUAL_PORT = 8655;
export const USUAL_URL = `http://127.0.0.1:${USUAL_PORT}`;

/** True for the address of the gateway that runs. */
export function isOurs(facts: DoctorFacts, address: string | null): boolean {
  const { url } = facts.gateway;
  return url !== null && address !== null && isSameAddress(url, address);
}

/** The value in the user's own settings file, which is the one that Tollgate writes. */
export function userValue(facts: DoctorFacts, name: string): string | null {
  return facts.inspection.settings.sources.find((source) => source.name === name)?.value ?? null;
}

/** True when the user's settings name a Tollgate, running or not. */
export function isConnected(facts: DoctorFacts): boolean {
  const { document } = facts.inspection.settings;
  return (document !== null && pointsAtTollgate(document)) || isOurs(facts, userValue(facts, BASE_URL));
}

/** True when an address was put there for a Tollgate: by the key beside it, or because our record says so. */
export function isTollgateSource(facts: DoctorFacts, source: FoundSource): boolean {
  const { value } = source;
  if (value === null || !isLoopbackAddress(value)) return false;
  if (isOurs(facts, value)) return true;
  const { writtenUrl } = facts.takeOver;
  if (writtenUrl !== null && isSameAddress(writtenUrl, value)) return true;
  const beside = facts.inspection.sources.filter(({ path }) => path === source.path);
  return localKeyIn((name) => beside.find((other) => other.name === name)?.value ?? null) !== null;
}

/** The local key that sessions send, outside of projects or inside one. */
export function localKeyInForce(facts: DoctorFacts, project: string | null = null): string | null {
  return localKeyIn((name) => effectiveValue(facts.inspection.sources, name, project));
}

export function sayProgram(answer: AddressFacts): string {
  if (answer.program === null) return 'A program whose name the system does not tell';
  return answer.pid === null ? answer.program : `${answer.program} (process ${answer.pid})`;
}
