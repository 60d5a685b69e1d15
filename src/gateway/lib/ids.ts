// Ids of exchanges: sortable by time, impossible to guess. Randomness is drawn in blocks, since each draw costs more than
// all the rest of making an id.

const RANDOM_BYTES = 8;
const IDS_PER_DRAW = 128;

/** Returns a maker of ids like `ex_mwrsw36cb61570a1dba96368`. `now` in milliseconds since the epoch. */
export function createIdSource(now: () => number, randomBytes: (length: number) => Buffer): () => string {
  let pool: Buffer = Buffer.alloc(0);
  let used = 0;
  return () => {
    if (used >= pool.length) {
      pool = randomBytes(RANDOM_BYTES * IDS_PER_DRAW);
      used = 0;
    }
    const random = pool.toString('hex', used, used + RANDOM_BYTES);
    used += RANDOM_BYTES;
    return `ex_${now().toString(36)}${random}`;
  };
}
