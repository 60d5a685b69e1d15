// All schema changes in order. Numbers rise by ten, so that a fix can be slipped between; a released file never changes.
import { migration0010 } from './0010-exchanges.ts';
import { migration0012 } from './0012-session-index.ts';
import { migration0020 } from './0020-mcp-calls.ts';
import { migration0030 } from './0030-budgets.ts';
import { migration0040 } from './0040-ladder.ts';

export interface Migration {
  readonly number: number;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  migration0010,
  migration0012,
  migration0020,
  migration0030,
  migration0040,
];
