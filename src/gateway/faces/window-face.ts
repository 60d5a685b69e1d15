// Serves the built window from its folder: one page and its assets, with a strict content policy. Nothing outside of
// that folder can be named.
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { GatewayError } from '../gateway-error.ts';
import type { Call, RouteEntry } from './route-table.ts';

const contentTypes: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

const securityHeaders = {
  'content-security-policy':
    "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
};

const notBuilt =
  '<!doctype html><meta charset="utf-8"><title>Tollgate</title><p>The gateway runs, but its window is not built here. Run <code>npm run build</code> and reload.</p>';

export function windowRoutes(folder: string): readonly RouteEntry[] {
  return [
    { method: 'GET', path: '/', access: 'window', handle: ({ response }) => sendPage(folder, response) },
    { method: 'GET', path: '/assets/*', access: 'window', handle: (call) => sendAsset(folder, call) },
  ];
}

async function sendPage(folder: string, response: ServerResponse): Promise<void> {
  const page = await readFile(join(folder, 'index.html')).catch(() => Buffer.from(notBuilt));
  response.writeHead(200, {
    ...securityHeaders,
    'content-type': contentTypes['.html'],
    'content-length': page.length,
    'cache-control': 'no-cache',
  });
  response.end(page);
}

async function sendAsset(folder: string, call: Call): Promise<void> {
  const name = call.path.slice('/assets/'.length);
  // The build puts all assets into one flat folder: a plain file name is all that is ever asked for.
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) throw missing(name);
  const path = join(folder, 'assets', name);
  const size = await stat(path).then(
    (entry) => (entry.isFile() ? entry.size : null),
    () => null,
  );
  if (size === null) throw missing(name);
  call.response.writeHead(200, {
    ...securityHeaders,
    'content-type': contentTypes[extname(name)] ?? 'application/octet-stream',
    'content-length': size,
    // Built names carry a hash of their content.
    'cache-control': 'private, max-age=31536000, immutable',
  });
  await pipeline(createReadStream(path), call.response);
}

const missing = (name: string): GatewayError =>
  new GatewayError('NOT_FOUND', `The window has no file ${name.slice(0, 200)}.`);
