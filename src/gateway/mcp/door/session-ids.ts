// Ids of legacy sessions. An id carries its own proof, bound to the client's key and the address it was made for: after a
// restart of Tollgate a running client goes on with the id it has, and an id of anyone else is unknown (R47).
import { createHmac, timingSafeEqual } from 'node:crypto';
import { legacyVersions } from '../wire/protocol.ts';

/** What an id says about its session. */
export interface SessionFacts {
  /** Id of the local key's client. */
  readonly client: string;
  /** The one server of `/mcp/s/<server>`; null for all. */
  readonly scope: string | null;
  /** Negotiated revision. */
  readonly version: string;
}

const RANDOM_BYTES = 18;
const PATTERN = /^tg(\d)-([\w-]{24})-([\w-]{22})$/;

export interface SessionIds {
  make(facts: SessionFacts): string;
  /** The revision an id was made for, when it is genuine for this client and scope; else null. */
  check(id: string, client: string, scope: string | null): string | null;
}

/** `secret`: anything that stays the same for this data folder. */
export function createSessionIds(secret: string, randomBytes: (length: number) => Buffer): SessionIds {
  const key = createHmac('sha256', secret).update('mcp-sessions').digest();
  const proofOf = (facts: SessionFacts, random: string): Buffer =>
    createHmac('sha256', key)
      .update(JSON.stringify([facts.client, facts.scope, facts.version, random]))
      .digest()
      .subarray(0, 16);
  return {
    make(facts) {
      const random = randomBytes(RANDOM_BYTES).toString('base64url');
      const proof = proofOf(facts, random).toString('base64url');
      return `tg${legacyVersions.indexOf(facts.version)}-${random}-${proof}`;
    },
    check(id, client, scope) {
      const match = PATTERN.exec(id);
      const version = match === null ? undefined : legacyVersions[Number(match[1])];
      if (match === null || version === undefined) return null;
      const proof = Buffer.from(match[3] ?? '', 'base64url');
      const wanted = proofOf({ client, scope, version }, match[2] ?? '');
      return proof.length === wanted.length && timingSafeEqual(proof, wanted) ? version : null;
    },
  };
}
