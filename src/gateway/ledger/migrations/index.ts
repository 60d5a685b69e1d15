// All schema changes in order. Numbers rise by ten, so that a fix can be slipped between; a released file never changes.
import { migration0010 } from './0010-exchanges.ts';

export interface Migration {
  readonly number: number;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [migration0010];
