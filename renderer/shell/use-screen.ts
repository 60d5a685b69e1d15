// Which screen is shown, kept in the address after `#/`, so that reload and the back button work.
import { useSyncExternalStore } from 'react';

export const screens = [
  'overview',
  'setup',
  'activity',
  'past-spend',
  'claude-code',
  'providers',
  'routes',
  'doctor',
] as const;
export type Screen = (typeof screens)[number];

/** The screen an address names; anything unknown is the Overview. */
export function readScreen(hash: string): Screen {
  const name = hash.replace(/^#\/?/, '');
  return screens.find((screen) => screen === name) ?? 'overview';
}

function subscribe(listener: () => void): () => void {
  window.addEventListener('hashchange', listener);
  return () => window.removeEventListener('hashchange', listener);
}

export function useScreen(): Screen {
  return useSyncExternalStore(
    subscribe,
    () => readScreen(window.location.hash),
    () => 'overview',
  );
}
