// What was tried on the way to an answer, and what a translation could not express.

export const migration0040 = {
  number: 40,
  sql: `
    ALTER TABLE exchanges ADD COLUMN ladder TEXT;
    ALTER TABLE exchanges ADD COLUMN dropped TEXT;`,
} as const;
