// Holds the live state outside React, so that a stream of events redraws only the components whose slice changed.
import { initialLiveState, reduceLiveState, type LiveEvent, type LiveState } from './live-state.ts';

export interface LiveStore {
  readonly getState: () => LiveState;
  readonly tell: (event: LiveEvent) => void;
  /** Returns the way to stop listening. */
  readonly subscribe: (listener: () => void) => () => void;
}

export function createLiveStore(start: LiveState = initialLiveState): LiveStore {
  let state = start;
  const listeners = new Set<() => void>();
  return {
    getState: () => state,
    tell(event) {
      const next = reduceLiveState(state, event);
      if (next === state) return;
      state = next;
      for (const listener of listeners) listener();
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
