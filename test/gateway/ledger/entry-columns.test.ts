// The written-out list of cells and the list of columns are one list: a cell in the wrong place would be a wrong record.
import { expect, test } from 'vitest';
import { cellsOf, columnNames, columns, rowFrom } from '../../../src/gateway/ledger/entry-columns.ts';
import type { LedgerEntry } from '../../../src/gateway/ledger/ledger-entry.ts';

test('every column holds the cell of its own field', () => {
  const entry = Object.fromEntries(
    columns.map(([, field, kind], index) => {
      if (kind === 'json') return [field, [`cell ${index}`]];
      return [field, kind === 'flag' ? index % 2 === 0 : `cell ${index}`];
    }),
  ) as unknown as LedgerEntry;
  const cells = cellsOf(entry, (rows) => rows.length);
  expect(cells).toEqual(
    columns.map(([, field, kind], index) => {
      if (kind === 'flag') return index % 2 === 0 ? 1 : 0;
      if (kind === 'json') return JSON.stringify(entry[field]);
      return kind === 'price' ? (entry[field] as string).length : entry[field];
    }),
  );
  const record = Object.fromEntries(columnNames.map((name, index) => [name, cells[index]]));
  expect(entry).toMatchObject(rowFrom(record));
});
