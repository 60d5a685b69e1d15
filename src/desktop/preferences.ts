// What the shell itself remembers between starts. The gateway's settings are in config.json and none of its business.
import type { Rectangle } from 'electron';
import { z } from 'zod';
import type { OnQuit } from '../preload/desktop-api.ts';

const windowBounds = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});

const onQuit = z.enum(['ask', 'keep', 'give-back']);

type PreferenceName = 'windowBounds' | 'onQuit' | 'loginOffered';

/** What is used of electron-store. */
export interface PreferenceStore {
  get(key: PreferenceName): unknown;
  set(key: PreferenceName, value: unknown): void;
}

/** Null when nothing sound was saved: a broken preference must never keep the app from starting. */
export function readWindowBounds(store: PreferenceStore): Rectangle | null {
  const saved = windowBounds.safeParse(store.get('windowBounds'));
  return saved.success ? saved.data : null;
}

export function saveWindowBounds(store: PreferenceStore, bounds: Rectangle): void {
  store.set('windowBounds', windowBounds.parse(bounds));
}

/** `ask` until the user wished otherwise. */
export function readOnQuit(store: PreferenceStore): OnQuit {
  const saved = onQuit.safeParse(store.get('onQuit'));
  return saved.success ? saved.data : 'ask';
}

export function saveOnQuit(store: PreferenceStore, choice: OnQuit): void {
  store.set('onQuit', choice);
}

/** Whether the start at login was offered before; it is offered once. */
export function wasLoginOffered(store: PreferenceStore): boolean {
  return store.get('loginOffered') === true;
}

export function setLoginOffered(store: PreferenceStore): void {
  store.set('loginOffered', true);
}
