// Lets a number travel to its new value in 150 ms instead of jumping there; off when the system asks for less motion.
import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useRef, useState } from 'react';

const travelMs = 150;

/** Position of an eased journey: `elapsedMs` after the start, between `from` and `to`; never beyond either. */
export function easeBetween(from: number, to: number, elapsedMs: number): number {
  if (elapsedMs >= travelMs) return to;
  const rest = 1 - Math.max(0, elapsedMs) / travelMs;
  return Math.round(to - (to - from) * rest ** 3);
}

/** The value to draw now. A change of `key` (another figure altogether) jumps, a change of `target` travels. */
export function useCountUp(target: number, key: string): number {
  const still = useReducedMotion();
  const [shown, setShown] = useState({ key, value: target });
  const drawn = useRef(target);
  useEffect(() => {
    const from = drawn.current;
    let frame = 0;
    let start: number | null = null;
    const step = (time: number): void => {
      start ??= time;
      const value = still || shown.key !== key ? target : easeBetween(from, target, time - start);
      drawn.current = value;
      setShown({ key, value });
      if (value !== target) frame = requestAnimationFrame(step);
    };
    if (from !== target || shown.key !== key) frame = requestAnimationFrame(step);
    return () => cancelAnimationFrame(frame);
  }, [target, key, still, shown.key]);
  return shown.key === key ? shown.value : target;
}
