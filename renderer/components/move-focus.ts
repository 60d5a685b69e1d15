// Arrow keys in a list with one Tab stop: where a key leads. Pure.

/** Index that an arrow, Home or End leads to in a list of `count`; null for any other key. Wraps at both ends. */
export function moveFocus(key: string, from: number, count: number): number | null {
  switch (key) {
    case 'ArrowDown':
    case 'ArrowRight':
      return (from + 1) % count;
    case 'ArrowUp':
    case 'ArrowLeft':
      return (from - 1 + count) % count;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}
