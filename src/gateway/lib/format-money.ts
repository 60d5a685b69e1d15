// Money as people read it: four decimals below a dollar, two from a dollar, none from a thousand. Rounded before the
// decimals are chosen, so that $0.99999 reads "$1.00".

const NANO_PER_USD = 1_000_000_000;

/** `amount` in nano-dollars, not negative. What is too small for four decimals was still not free. */
export function formatMoney(amount: number): string {
  if (amount === 0) return '$0.00';
  const fine = roundTo(amount, 4);
  if (fine === 0) return '<$0.0001';
  if (fine < 10_000) return `$0.${String(fine).padStart(4, '0')}`;
  const cents = roundTo(amount, 2);
  if (cents < 100_000) return `$${Math.floor(cents / 100)}.${String(cents % 100).padStart(2, '0')}`;
  return `$${roundTo(amount, 0).toLocaleString('en-US')}`;
}

/** `amount` in whole units of 10^-`decimals` dollars, half rounded up. */
function roundTo(amount: number, decimals: number): number {
  const unit = NANO_PER_USD / 10 ** decimals;
  return Math.floor((amount + unit / 2) / unit);
}
