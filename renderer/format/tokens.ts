// Token counts and shares for people: `812`, `12.4k`, `3.1M`, `96 %`.

/** `812`, `12.4k`, `124k`, `3.1M`, `310M`, `1.2B`: at most three digits that mean something, and one unit letter. */
export function formatTokens(count: number): string {
  if (count < 1_000) return String(count);
  const steps = [
    { size: 1_000, unit: 'k' },
    { size: 1_000_000, unit: 'M' },
    { size: 1_000_000_000, unit: 'B' },
  ];
  for (const { size, unit } of steps) {
    const tenths = Math.round((count * 10) / size);
    if (tenths < 1_000) return `${(tenths / 10).toFixed(1)}${unit}`;
    const whole = Math.round(count / size);
    if (whole < 1_000) return `${whole}${unit}`;
  }
  return `${Math.round(count / 1_000_000_000)}B`;
}

/** The exact count with separators, for titles: `12,412`. */
export function formatExactCount(count: number): string {
  return count.toString().replace(/\B(?=(\d{3})+$)/g, ',');
}

/** A share between 0 and 1 as whole per cent; only a full share is `100 %` and only nothing is `0 %`. */
export function formatShare(share: number): string {
  if (share > 0 && share < 0.005) return '<1 %';
  if (share < 1 && share > 0.99) return '99 %';
  return `${Math.round(share * 100)} %`;
}
