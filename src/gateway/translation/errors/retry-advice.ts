// When to try again, from whatever a rate limit says of it: headers of many names, a field of the body, the sentence.
import type { ProviderError } from './read-error.ts';

const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600, d: 86_400 };

/** Value for a `retry-after` header: seconds, or the provider's own date; null when nothing was said. */
export function retryAfter(error: ProviderError): string | null {
  const own = error.headers.get('retry-after')?.trim();
  if (own !== undefined && own !== '') return /^\d*\.\d+$/.test(own) ? String(Math.ceil(Number(own))) : own;
  const inMs = Number(error.headers.get('retry-after-ms'));
  const seconds =
    inMs > 0 ? inMs / 1000 : (fromBody(error) ?? fromSentence(error.message) ?? fromResets(error));
  return seconds === null ? null : String(Math.max(1, Math.ceil(seconds)));
}

/** Google's RetryInfo, like `"retryDelay": "34s"`. */
function fromBody(error: ProviderError): number | null {
  const found = /"retryDelay":\s*"([\d.]+)s"/.exec(error.text);
  return found === null ? null : Number(found[1]);
}

/** "Please try again in 6m0.5s", "retry in 34.07s", "after 20 seconds". */
function fromSentence(message: string): number | null {
  const found =
    /(?:try again|retry|wait)(?: \w+)? (?:in|after|for) ((?:\d+(?:\.\d+)?\s*(?:ms|milliseconds?|s|sec(?:onds?)?|m|min(?:utes?)?|h|hours?|d)\b\s*)+|(?:\d+(?:\.\d+)?(?:ms|[smhd]))+)/i.exec(
      message,
    );
  return found?.[1] === undefined ? null : durationOf(found[1]);
}

/** The longest reset among the allowances that are used up; of all when none says so. */
function fromResets(error: ProviderError): number | null {
  const resets = [...error.headers]
    .filter(([name]) => /^(?:x-)?ratelimit.*reset/.test(name))
    .map(([name, value]) => ({
      seconds: durationOf(value),
      left: error.headers.get(name.replace('reset', 'remaining')),
    }))
    .filter((reset): reset is { seconds: number; left: string | undefined } => reset.seconds !== null);
  const usedUp = resets.filter((reset) => reset.left === '0');
  const relevant = usedUp.length > 0 ? usedUp : resets;
  return relevant.length === 0 ? null : Math.max(...relevant.map((reset) => reset.seconds));
}

/** A bare number above this is a point in time, which says nothing without a clock. */
const LONGEST_WAIT = 86_400;

/** Seconds of "1m30.5s", "250ms", "20 seconds" or a bare number of seconds. */
function durationOf(text: string): number | null {
  const bare = Number(text);
  if (text.trim() !== '' && Number.isFinite(bare)) return bare >= 0 && bare <= LONGEST_WAIT ? bare : null;
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*(ms|milli|s|m|h|d)/gi)];
  if (parts.length === 0) return null;
  return parts.reduce((sum, [, count, unit]) => {
    const name = (unit ?? 's').toLowerCase();
    return sum + Number(count) * (SECONDS[name === 'milli' ? 'ms' : name] ?? 0);
  }, 0);
}
