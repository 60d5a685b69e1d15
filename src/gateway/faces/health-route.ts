// `GET /healthz`: is somebody there, and, on request, is it the Tollgate that holds this control key? Port numbers are given
// out again, so a program must not be sent the control key before it has shown that it knows it already.
import { createHmac } from 'node:crypto';
import type { RouteEntry } from './route-table.ts';

/** Long enough to be fresh, short enough to cost nothing. */
const NONCE = /^[A-Za-z0-9_-]{16,128}$/;

/** What only a holder of the control key can answer to a nonce: HMAC-SHA-256 in hex. It opens nothing. */
export function healthProof(controlKey: string, nonce: string): string {
  return createHmac('sha256', controlKey).update(`healthz:${nonce}`).digest('hex');
}

/** With `?nonce=` of 16 to 128 letters, digits, `_` or `-` the answer carries `proof`. */
export function healthRoute(controlKey: () => string): RouteEntry {
  return {
    method: 'GET',
    path: '/healthz',
    access: 'open',
    handle({ request, response }) {
      const nonce = /[?&]nonce=([^&#]*)/.exec((request.url ?? '').slice(0, 1024))?.[1] ?? '';
      const proof = NONCE.test(nonce) ? { proof: healthProof(controlKey(), nonce) } : {};
      response
        .writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' })
        .end(JSON.stringify({ ok: true, ...proof }));
    },
  };
}
