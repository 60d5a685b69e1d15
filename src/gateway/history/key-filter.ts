// Says quickly that a key was certainly not written yet, which spares the first import a look-up per message. A Bloom
// filter of one megabyte; when it fills up it says "perhaps" more often, and is never wrong about "no".

const BITS = 2 ** 23;

export interface KeyFilter {
  /** Adds a key; false when it certainly was not added before. */
  addAndTest(key: number): boolean;
}

/** For a table that is empty now. */
export function createKeyFilter(): KeyFilter {
  const bits = new Uint8Array(BITS / 8);
  const setBit = (place: number): boolean => {
    const byte = bits[place >>> 3] ?? 0;
    const bit = 1 << (place & 7);
    bits[place >>> 3] = byte | bit;
    return (byte & bit) !== 0;
  };
  return {
    addAndTest(key) {
      const hadFirst = setBit(key % BITS);
      return setBit(Math.floor(key / BITS) % BITS) && hadFirst;
    },
  };
}

/** For a table that has rows already. */
export const noFilter: KeyFilter = { addAndTest: () => true };
