// Money for people. Amounts arrive as integer nano-dollars (1e-9 USD) and are rounded here, once, for the eye only;
// nothing that was rounded here is ever added up again.

const nanoPerDollar = 1_000_000_000;

/** Rounds half away from zero to `decimals` places; returns the amount in units of the last place. */
function roundTo(nanoUsd: number, decimals: number): number {
  const unit = nanoPerDollar / 10 ** decimals;
  return Math.floor((Math.abs(nanoUsd) + unit / 2) / unit);
}

function writeDollars(units: number, decimals: number): string {
  const scale = 10 ** decimals;
  const dollars = Math.floor(units / scale)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
  if (decimals === 0) return dollars;
  return `${dollars}.${(units % scale).toString().padStart(decimals, '0')}`;
}

/** Places that still mean something at this size: four below a dollar, two from a dollar, none from a thousand. */
function decimalsFor(nanoUsd: number): 0 | 2 | 4 {
  if (roundTo(nanoUsd, 4) < 10_000) return 4;
  if (roundTo(nanoUsd, 2) < 100_000) return 2;
  return 0;
}

/**
 * `$0.0042`, `$12.38`, `$1,240`. An amount too small for four places is `<$0.0001`, never `$0.0000`, because it was
 * not free.
 */
export function formatMoney(nanoUsd: number): string {
  const sign = nanoUsd < 0 ? '−' : '';
  const decimals = decimalsFor(nanoUsd);
  const units = roundTo(nanoUsd, decimals);
  if (units === 0 && nanoUsd !== 0) return `${sign}<$0.0001`;
  return `${sign}$${writeDollars(units, decimals)}`;
}

/** The hero figure: `main` is set large and dark, `fine` follows it quietly. */
export interface HeroMoney {
  readonly main: string;
  readonly fine: string;
}

/**
 * The hero number ticks, so between one and a hundred dollars it keeps four places (`$4.18` and a quiet `73`): at two
 * it would stand still for minutes. Everywhere else it reads like `formatMoney`.
 */
export function formatHeroMoney(nanoUsd: number): HeroMoney {
  const units = roundTo(nanoUsd, 4);
  if (nanoUsd < 0 || units < 10_000 || units >= 1_000_000) return { main: formatMoney(nanoUsd), fine: '' };
  const text = writeDollars(units, 4);
  return { main: `$${text.slice(0, -2)}`, fine: text.slice(-2) };
}
