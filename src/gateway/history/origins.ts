// Where messages stand and what they are of: file, model, project, session, agent. A number stands for each combination
// in the messages' rows. New ones are made in memory and written with the messages that need them.
import type { ReadableDb, WritableDb } from '../ledger/open-database.ts';
import type { ReportPlace } from './compare-reports.ts';
import type { TranscriptState } from './transcript-state.ts';

export interface Origin {
  /** Row of the file in the index. */
  readonly file: number;
  /** Empty text stands for none. */
  readonly model: string;
  readonly project: string;
  readonly session: string;
  readonly agent: string;
}

export interface Origins {
  /** Finds or makes the number of an origin. */
  idOf(origin: Origin): number;
  placeOf(id: number): ReportPlace;
  /** Writes those made since the last call; within the transaction that writes their messages. */
  writeNew(): void;
}

/** Files without any time in them count as begun last. */
const NEVER = Number.MAX_SAFE_INTEGER;

export function openOrigins(db: WritableDb, fileOf: (id: number) => TranscriptState | undefined): Origins {
  const byId = readOrigins(db);
  const ids = new Map([...byId].map(([id, origin]) => [keyOf(origin), id]));
  const add = db.prepare(
    'INSERT INTO origins (id, file, model, project, session, agent) VALUES (@id, @file, @model, @project, @session, @agent)',
  );
  let nextId = Math.max(0, ...byId.keys()) + 1;
  let made: (Origin & { readonly id: number })[] = [];
  let last: Origin | null = null;
  let lastId = 0;
  const findOrMake = (origin: Origin): number => {
    const key = keyOf(origin);
    const known = ids.get(key);
    if (known !== undefined) return known;
    const id = nextId++;
    ids.set(key, id);
    byId.set(id, origin);
    made.push({ ...origin, id });
    return id;
  };
  return {
    idOf(origin) {
      // Neighbouring lines mostly have the same one.
      if (last === null || !isSame(last, origin)) lastId = findOrMake(origin);
      last = origin;
      return lastId;
    },
    placeOf(id) {
      const origin = byId.get(id);
      if (origin === undefined) throw new Error(`history.db has a message of an unknown origin (${id})`);
      const file = fileOf(origin.file);
      return { ...origin, begunAt: file?.begunAt ?? NEVER, path: file?.path ?? '' };
    },
    writeNew() {
      for (const origin of made) add.run(origin);
      made = [];
    },
  };
}

export function readOrigins(db: ReadableDb): Map<number, Origin> {
  const rows = db.prepare('SELECT id, file, model, project, session, agent FROM origins').all();
  return new Map((rows as (Origin & { id: number })[]).map(({ id, ...origin }) => [id, origin]));
}

const isSame = (a: Origin, b: Origin): boolean =>
  a.file === b.file &&
  a.model === b.model &&
  a.session === b.session &&
  a.agent === b.agent &&
  a.project === b.project;

const keyOf = ({ file, model, project, session, agent }: Origin): string =>
  `${file}\n${model}\n${session}\n${agent}\n${project}`;
