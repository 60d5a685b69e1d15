// The two shapes of the window: a single column as in the popover, and rail plus columns from 900 px.
import { useMediaQuery } from '@mantine/hooks';

/** True from 900 px (56.25 em, so that a larger text size counts as a narrower window). */
export function useWide(): boolean {
  return useMediaQuery('(min-width: 56.25em)', undefined, { getInitialValueInEffect: false });
}
