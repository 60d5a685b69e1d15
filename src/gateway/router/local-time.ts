// The local time of an instant, for rules that hold at certain hours and for sentences that name a time. The zone is the
// process's own.
import type { Day, LocalTime } from './knowledge.ts';

export const days: readonly Day[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

export function localTime(at: number): LocalTime {
  const date = new Date(at);
  return { minutes: date.getHours() * 60 + date.getMinutes(), day: days[date.getDay()] ?? 'sun' };
}

/** `22:05` for 1325. */
export function clockText(minutes: number): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  return `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}
