// The first schema: opens empty, refuses what the types exclude, and refuses a newer database without touching it.
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { migration0010 } from '../../src/gateway/ledger/migrations/0010-exchanges.ts';
import { openLedgerForReading, openLedgerForWriting } from '../../src/gateway/ledger/open-database.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tollgate-ledger-'));
  path = join(folder, 'ledger.db');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('migration 10', () => {
  it('builds the tables, private to the user, and is not run twice', () => {
    openLedgerForWriting(path, [migration0010]).close();
    const db = openLedgerForWriting(path, [migration0010]);
    expect(db.pragma('user_version', { simple: true })).toBe(10);
    const tables = db
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name`)
      .pluck()
      .all();
    expect(tables).toEqual(['exchanges', 'facts', 'prices', 'rollups']);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    db.close();
  });

  it('keeps money and tokens integers', () => {
    const db = openLedgerForWriting(path);
    const insert = db.prepare('INSERT INTO rollups VALUES (0, ?, 0, ?, ?, 1, 1, 1, 1, 1, 1, ?)');
    expect(() => insert.run('p', 'm', 'x', 0.5)).toThrow(/cannot store REAL value in INTEGER column/);
    db.close();
  });

  it('lets a failed step leave the database as it was', () => {
    openLedgerForWriting(path).close();
    const broken = [{ number: 9000, sql: 'CREATE TABLE half (a INTEGER) STRICT; CREATE TABLE nonsense (' }];
    expect(() => openLedgerForWriting(path, broken)).toThrow(/cannot be opened/);
    const db = openLedgerForReading(path);
    expect(db?.prepare(`SELECT count(*) FROM sqlite_schema WHERE name = 'half'`).pluck().get()).toBe(0);
    db?.close();
  });

  it('refuses a database of a newer Tollgate, for writing and for reading (trap 80)', () => {
    const newer = new Database(path);
    newer.pragma('user_version = 9990');
    newer.close();
    const before = readFileSync(path);
    expect(() => openLedgerForWriting(path)).toThrow(/newer Tollgate/);
    expect(() => openLedgerForReading(path)).toThrow(/newer Tollgate/);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('says so when the file is no database', () => {
    writeFileSync(path, 'not a database at all, but long enough to be looked at as one'.repeat(20));
    expect(() => openLedgerForWriting(path)).toThrow(/cannot be opened/);
  });

  it('has nothing to read before there is a ledger', () => {
    expect(openLedgerForReading(join(folder, 'none.db'))).toBe(null);
  });
});
