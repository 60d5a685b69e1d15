// When the set-up shows by itself: once, on a machine where nothing is configured, until it is left. Leaving is
// remembered in this browser; the address `#/setup` brings it back at any time.
import { useLocalStorage } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useLive } from '../live/use-live.ts';
import { isNewMachine } from './setup-state.ts';

export function useSetupLeft() {
  return useLocalStorage<boolean>({
    key: 'tollgate-setup-left',
    defaultValue: false,
    getInitialValueInEffect: false,
    deserialize: (text) => text === 'true',
  });
}

/** Leads a window that was opened without an address of its own to the set-up; looked at once, with the first figures. */
export function useFirstRun(): void {
  const looked = useRef(false);
  const [left] = useSetupLeft();
  const status = useLive((state) => state.status);
  const rows = useLive((state) => state.rows);
  useEffect(() => {
    if (status === null || looked.current) return;
    looked.current = true;
    if (left || window.location.hash !== '' || !isNewMachine(status, rows)) return;
    window.location.replace('#/setup');
  }, [status, rows, left]);
}
