// Ways to cut bytes into pieces, and a small seeded generator so that a failing cut can be repeated from its seed.

/** Mulberry32: the same numbers in [0, 1) for the same seed, on every machine. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Pieces of random length from 1 to `longest` bytes. */
export function cutAtRandom(bytes: Uint8Array, random: () => number, longest: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = Math.min(bytes.length, start + 1 + Math.floor(random() * longest));
    pieces.push(bytes.subarray(start, end));
    start = end;
  }
  return pieces;
}

/** Two pieces with the border before byte `position`. */
export function cutOnce(bytes: Uint8Array, position: number): Uint8Array[] {
  return [bytes.subarray(0, position), bytes.subarray(position)].filter((piece) => piece.length > 0);
}

/** Pieces of the given length. */
export function cutEvery(bytes: Uint8Array, length: number): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += length)
    pieces.push(bytes.subarray(start, start + length));
  return pieces;
}
