// A unified diff for people: added and removed lines carry their sign, so that nothing is told by colour alone, and
// the header lines meant for tools are left out.
import styles from './take-over.module.css';

export type DiffLineKind = 'added' | 'removed' | 'context' | 'header';

export interface DiffLine {
  readonly kind: DiffLineKind;
  readonly text: string;
}

function readLine(text: string): DiffLine {
  if (text.startsWith('@@')) return { kind: 'header', text };
  if (text.startsWith('+')) return { kind: 'added', text };
  if (text.startsWith('-')) return { kind: 'removed', text };
  return { kind: 'context', text };
}

/** Splits a unified diff into lines of a kind; `header` is all before the first hunk, and each hunk's own head. */
export function readDiff(diff: string): readonly DiffLine[] {
  const lines = diff.replace(/\n$/, '').split('\n');
  const firstHunk = lines.findIndex((text) => text.startsWith('@@'));
  return lines.map((text, index) => (index < firstHunk ? { kind: 'header', text } : readLine(text)));
}

/** What happens to the file as a whole; null when it is only edited. */
export function describeFileChange(diff: string): string | null {
  const headers = readDiff(diff).filter((line) => line.kind === 'header');
  if (headers.some((line) => line.text === '--- /dev/null'))
    return 'The file does not exist yet and is created.';
  if (headers.some((line) => line.text === '+++ /dev/null')) {
    return 'The file did not exist before and is removed again.';
  }
  return null;
}

/** The file's name stands above; between places in the file a quiet line is enough. */
function isShown(line: DiffLine, index: number, lines: readonly DiffLine[]): boolean {
  if (line.kind !== 'header') return true;
  return line.text.startsWith('@@') && lines.slice(0, index).some((before) => before.kind !== 'header');
}

interface DiffViewProps {
  readonly diff: string;
  /** Names the lines for those who do not see where they stand. */
  readonly label?: string;
}

export function DiffView({ diff, label = 'Lines that change' }: DiffViewProps) {
  return (
    <pre className={styles.diff} tabIndex={0} role="region" aria-label={label}>
      {readDiff(diff)
        .filter(isShown)
        .map((line, index) => (
          <span key={index} className={styles.diffLine} data-kind={line.kind}>
            {line.kind === 'header' ? '…' : line.text === '' ? ' ' : line.text}
          </span>
        ))}
    </pre>
  );
}
