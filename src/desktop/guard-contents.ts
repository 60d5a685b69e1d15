// Locks every web page of the app: no navigation away from the gateway, no new windows, no webview, no permissions.
import { mayNavigate, mayOpenOutside, mayUse } from './navigation-policy.ts';

interface Preventable {
  preventDefault(): void;
}

/** What is used of Electron's WebContents. */
export interface GuardableContents {
  on(event: 'will-navigate', listener: (event: Preventable & { readonly url: string }) => void): unknown;
  on(
    event: 'will-frame-navigate',
    listener: (event: Preventable & { readonly url: string }) => void,
  ): unknown;
  on(event: 'will-redirect', listener: (event: Preventable & { readonly url: string }) => void): unknown;
  on(event: 'will-attach-webview', listener: (event: Preventable) => void): unknown;
  setWindowOpenHandler(handler: (details: { readonly url: string }) => { action: 'deny' }): void;
}

/** What is used of Electron's Session. */
export interface GuardableSession {
  setPermissionRequestHandler(
    handler: (
      contents: unknown,
      permission: string,
      callback: (granted: boolean) => void,
      details: { readonly requestingUrl: string },
    ) => void,
  ): void;
  setPermissionCheckHandler(
    handler: (contents: unknown, permission: string, requestingOrigin: string) => boolean,
  ): void;
  setDevicePermissionHandler(handler: () => boolean): void;
}

export interface GuardOptions {
  /** Address of the running gateway, null while there is none; asked anew each time. */
  gatewayUrl(): string | null;
  openExternal(url: string): void;
}

/** Applies to every page, also to ones nobody planned. */
export function guardContents(contents: GuardableContents, options: GuardOptions): void {
  const stay = (event: Preventable & { readonly url: string }): void => {
    if (!mayNavigate(event.url, options.gatewayUrl())) event.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    if (mayOpenOutside(url)) options.openExternal(url);
    return { action: 'deny' };
  });
}

/** Refuses every permission but writing plain text to the clipboard. */
export function guardSession(session: GuardableSession, options: GuardOptions): void {
  session.setPermissionRequestHandler((_contents, permission, callback, details) => {
    callback(mayUse(permission, details.requestingUrl, options.gatewayUrl()));
  });
  session.setPermissionCheckHandler((_contents, permission, requestingOrigin) =>
    mayUse(permission, requestingOrigin, options.gatewayUrl()),
  );
  session.setDevicePermissionHandler(() => false);
}
