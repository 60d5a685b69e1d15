// Durations for people: `180 ms`, `0.8 s`, `12 s`, `3 m 04 s`, `1 h 02 m`.

function twoDigits(value: number): string {
  return value.toString().padStart(2, '0');
}

/** `milliseconds` may be fractional; below 200 ms it is given in milliseconds, since tenths of a second hide all of it. */
export function formatDuration(milliseconds: number): string {
  const whole = Math.max(0, milliseconds);
  if (Math.round(whole) < 200) return `${Math.round(whole)} ms`;
  const tenths = Math.round(whole / 100);
  if (tenths < 100) return `${(tenths / 10).toFixed(1)} s`;
  const seconds = Math.round(whole / 1_000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} m ${twoDigits(seconds % 60)} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${twoDigits(minutes % 60)} m`;
}
