// How the command line writes money, counts and tables for people.

const NANO_PER_USD = 1_000_000_000;

/** Four decimals below a dollar, two from a dollar, none from a thousand. */
export function formatUsd(nanoUsd: number): string {
  const usd = nanoUsd / NANO_PER_USD;
  const decimals = Math.abs(usd) < 1 ? 4 : Math.abs(usd) < 1000 ? 2 : 0;
  return `$${usd.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals })}`;
}

export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** Columns padded to their widest cell; the first one left, the others right aligned. */
export function formatTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((cell, index) => (widths[index] = Math.max(widths[index] ?? 0, cell.length)));
  return rows
    .map((row) =>
      row
        .map((cell, index) =>
          index === 0 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
