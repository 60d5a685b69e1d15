// How components read the live state and reach the gateway: one context with the store, the client and the clock.
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { GatewayClient } from '../gateway-client.ts';
import type { LiveState } from './live-state.ts';
import type { LiveStore } from './live-store.ts';

export interface Gateway {
  readonly client: GatewayClient;
  readonly store: LiveStore;
}

export const GatewayContext = createContext<Gateway | null>(null);

export function useGateway(): Gateway {
  const gateway = useContext(GatewayContext);
  if (gateway === null)
    throw new Error('A component that reads the gateway must stand inside GatewayContext.');
  return gateway;
}

/** A slice of the live state; `select` must return the same object for the same state. */
export function useLive<T>(select: (state: LiveState) => T): T {
  const { store } = useGateway();
  const read = (): T => select(store.getState());
  return useSyncExternalStore(store.subscribe, read, read);
}
