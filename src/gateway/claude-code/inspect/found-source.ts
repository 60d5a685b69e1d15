// One value that was found somewhere, as it stands there: the inner form of what the inspection shows. Values are in
// clear here and leave this folder masked only.
import type { SourceKind } from '../../../contract/doctor.ts';

export interface FoundSource {
  readonly kind: SourceKind;
  readonly name: string;
  /** As it stands; null when a program works it out. */
  readonly value: string | null;
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
  /** Folder of the project for which alone it counts. */
  readonly project: string | null;
  /**
   * What limits it, when it does not simply count in every session: another shell's file, an alias or a function, a
   * guest of this computer. It then never wins.
   */
  readonly only: string | null;
}

/** `/home/me/.zshrc, line 3, column 8`. */
export function sayPlace(source: {
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
}): string {
  const line = source.line === null ? '' : `, line ${source.line}`;
  const column = source.column === null ? '' : `, column ${source.column}`;
  return `${source.path}${line}${column}`;
}

/** Line and column of an offset, both counted from 1. */
export function lineAt(text: string, offset: number): { readonly line: number; readonly column: number } {
  const before = text.slice(0, offset).split(/\r\n|\n|\r/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
