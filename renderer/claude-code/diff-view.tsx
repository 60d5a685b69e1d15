// A unified diff for people: added and removed lines carry their sign, so that nothing is told by colour alone.
import styles from './take-over.module.css';

export type DiffLineKind = 'added' | 'removed' | 'context' | 'header';

export interface DiffLine {
  readonly kind: DiffLineKind;
  readonly text: string;
}

/** Splits a unified diff into lines of a kind; file names and hunk headers are `header`. */
export function readDiff(diff: string): readonly DiffLine[] {
  const lines = diff.endsWith('\n') ? diff.slice(0, -1).split('\n') : diff.split('\n');
  return lines.map((text) => {
    if (/^(---|\+\+\+|@@|Index:|diff )/.test(text)) return { kind: 'header', text };
    if (text.startsWith('+')) return { kind: 'added', text };
    if (text.startsWith('-')) return { kind: 'removed', text };
    return { kind: 'context', text };
  });
}

export function DiffView({ diff }: { readonly diff: string }) {
  return (
    <pre className={styles.diff} tabIndex={0} role="region" aria-label="Lines that change">
      {readDiff(diff).map((line, index) => (
        <span key={index} className={styles.diffLine} data-kind={line.kind}>
          {line.text === '' ? ' ' : line.text}
        </span>
      ))}
    </pre>
  );
}
