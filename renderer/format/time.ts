// Points in time for people: relative under an hour, then the clock, then the date; all in the zone of this computer.

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

function twoDigits(value: number): string {
  return value.toString().padStart(2, '0');
}

/** `14:02`. */
export function formatClock(at: number): string {
  const date = new Date(at);
  return `${twoDigits(date.getHours())}:${twoDigits(date.getMinutes())}`;
}

/** `14:02:11`. */
export function formatClockSeconds(at: number): string {
  return `${formatClock(at)}:${twoDigits(new Date(at).getSeconds())}`;
}

function formatDate(at: number, now: number): string {
  const date = new Date(at);
  const day = `${date.getDate()} ${months[date.getMonth()] ?? ''}`;
  return date.getFullYear() === new Date(now).getFullYear() ? day : `${day} ${date.getFullYear()}`;
}

/**
 * `just now`, `4 m ago`, then `14:02` on the same day, then `21 Nov`, then `21 Nov 2025`. Minutes are the finest step,
 * so that a list does not flicker; a clock that runs ahead of ours reads `just now`.
 */
export function formatTime(at: number, now: number): string {
  const minutes = Math.floor((now - at) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} m ago`;
  if (new Date(at).toDateString() === new Date(now).toDateString()) return formatClock(at);
  return formatDate(at, now);
}

/** For titles and the side panel: `21 Nov 2026, 14:02:11`. */
export function formatFullTime(at: number): string {
  const date = new Date(at);
  const day = `${date.getDate()} ${months[date.getMonth()] ?? ''} ${date.getFullYear()}`;
  return `${day}, ${formatClockSeconds(at)}`;
}

/** Start of the local day that holds `at`, in milliseconds since the epoch. */
export function startOfDay(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Start of the next local day; 23 or 25 hours away on the days when the clocks change. */
export function endOfDay(at: number): number {
  const date = new Date(at);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
}
