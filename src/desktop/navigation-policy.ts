// Where a window may go, what it may open outside, and what it may be permitted. Pure decisions; guard-contents.ts
// applies them.

/** Hosts that the window links to. Anything else is refused: a link in shown traffic must not open a browser. */
const externalHosts: ReadonlySet<string> = new Set([
  'claude.com',
  'code.claude.com',
  'docs.claude.com',
  'platform.claude.com',
  'support.claude.com',
  'github.com',
]);

/** A window stays on the gateway's own pages. `gatewayUrl` is null while no gateway runs. */
export function mayNavigate(target: string, gatewayUrl: string | null): boolean {
  if (gatewayUrl === null) return false;
  const gateway = URL.parse(gatewayUrl);
  return gateway !== null && URL.parse(target)?.origin === gateway.origin;
}

/** True for plain https links to the few known hosts, without a user name or a port of their own. */
export function mayOpenOutside(target: string): boolean {
  const url = URL.parse(target);
  return (
    url !== null &&
    url.protocol === 'https:' &&
    url.port === '' &&
    url.username === '' &&
    url.password === '' &&
    externalHosts.has(url.hostname)
  );
}

/** Copying a key to the clipboard is the one thing the window needs; it is allowed to our own pages alone. */
export function mayUse(permission: string, requestingUrl: string, gatewayUrl: string | null): boolean {
  return permission === 'clipboard-sanitized-write' && mayNavigate(requestingUrl, gatewayUrl);
}

/** Who sent an IPC message: one of the gateway's pages, the shell's own local page, or nobody we know. */
export type CallerKind = 'gateway' | 'local-page' | 'stranger';

/**
 * Judges the page in the frame that sent a message. The local page is a data: address, and only the shell itself can
 * load one: pages are locked to the gateway, and Chromium lets no page navigate the top frame to data:.
 */
export function judgeCaller(frameUrl: string, gatewayUrl: string | null): CallerKind {
  if (mayNavigate(frameUrl, gatewayUrl)) return 'gateway';
  return frameUrl.startsWith('data:text/html;') ? 'local-page' : 'stranger';
}
