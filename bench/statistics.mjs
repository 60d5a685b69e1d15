// The few statistics the bench needs; all ignore null and undefined, which stand for "not measured here".
const numbers = (values) => values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b);

/** The value at `share` (0 to 1) of the sorted values; null when there are none. */
export function quantile(values, share) {
  const sorted = numbers(values);
  return sorted.length === 0 ? null : sorted[Math.round((sorted.length - 1) * share)];
}

export function median(values) {
  const sorted = numbers(values);
  if (sorted.length === 0) return null;
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `{ median, min, max }` of what was measured, or null. */
export function spread(values) {
  const sorted = numbers(values);
  return sorted.length === 0 ? null : { median: median(sorted), min: sorted[0], max: sorted.at(-1) };
}

/** Least-squares slope of `points` ([x, y] each); null with fewer than two. */
export function slope(points) {
  if (points.length < 2) return null;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / points.length;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / points.length;
  const across = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const along = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return along === 0 ? null : across / along;
}
