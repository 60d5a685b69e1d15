// Money as the tray writes it, by the same rule as the window: four decimals below a dollar, two from a dollar, none
// from a thousand.

const nanoPerDollar = 1_000_000_000;

/** `amount` in whole units of 10^-`decimals` dollars, half rounded up. */
function roundTo(amount: number, decimals: number): number {
  const unit = nanoPerDollar / 10 ** decimals;
  return Math.floor((amount + unit / 2) / unit);
}

/**
 * `amount` in nano-dollars, not negative. Rounds before it chooses the decimals, so that $0.99999 reads "$1.00"; what
 * is too small for four of them was still not free.
 */
export function formatSpend(amount: number): string {
  if (amount === 0) return '$0.00';
  const fine = roundTo(amount, 4);
  if (fine === 0) return '<$0.0001';
  if (fine < 10_000) return `$0.${String(fine).padStart(4, '0')}`;
  const cents = roundTo(amount, 2);
  if (cents < 100_000) return `$${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  return `$${roundTo(amount, 0).toLocaleString('en-US')}`;
}
