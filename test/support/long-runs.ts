// How often a property is tried: a little in every test run, much in `npm run test:long`.

export const isLongRun = process.env['TOLLGATE_LONG_TESTS'] === '1';

/** The count for this run. */
export function runs(short: number, long: number): number {
  return isLongRun ? long : short;
}

/** Milliseconds that a test of many runs may take. */
export const patience = isLongRun ? 3_600_000 : 120_000;
