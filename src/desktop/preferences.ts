// What the shell itself remembers between starts. The gateway's settings are in config.json and none of its business.
import type { Rectangle } from 'electron';
import { z } from 'zod';

const windowBounds = z.object({
  x: z.number().int(),
  y: z.number().int(),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
});

/** What is used of electron-store. */
export interface PreferenceStore {
  get(key: 'windowBounds'): unknown;
  set(key: 'windowBounds', value: unknown): void;
}

/** Null when nothing sound was saved: a broken preference must never keep the app from starting. */
export function readWindowBounds(store: PreferenceStore): Rectangle | null {
  const saved = windowBounds.safeParse(store.get('windowBounds'));
  return saved.success ? saved.data : null;
}

export function saveWindowBounds(store: PreferenceStore, bounds: Rectangle): void {
  store.set('windowBounds', windowBounds.parse(bounds));
}
