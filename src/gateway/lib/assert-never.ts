// Marks a switch as exhaustive: the compiler rejects a call that can be reached.

/** Throws when a value the types exclude arrives all the same. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}
