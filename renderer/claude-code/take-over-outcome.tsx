// What was done: each file and command with what became of it, and what it means for sessions that run and sessions to come.
import { Button } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { TakeOverResult } from '../../src/contract/connect.ts';
import pageStyles from '../components/page.module.css';
import { describeFileOutcome, isComplete, type Direction } from './describe-take-over.ts';
import styles from './take-over.module.css';

const words = {
  connect: {
    done: 'Connected.',
    partly: 'Connected, but not everything was done.',
    next: 'New sessions go through Tollgate. One that is running follows with its next message.',
  },
  disconnect: {
    done: 'Disconnected.',
    partly: 'Not everything was given back.',
    next: 'New sessions no longer go through Tollgate. One that is running keeps the old address until it ends; Tollgate goes on answering it.',
  },
} as const;

export interface TakeOverDone {
  readonly direction: Direction;
  readonly result: TakeOverResult;
}

interface TakeOverOutcomeProps extends TakeOverDone {
  readonly onClose: () => void;
  readonly closeLabel?: string;
}

export function TakeOverOutcome({ direction, result, onClose, closeLabel = 'Close' }: TakeOverOutcomeProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  // The button that was pressed is gone; the reader goes on with what it did.
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className={styles.plan} data-testid="take-over-outcome">
      <h2 ref={heading} tabIndex={-1} className={styles.done}>
        {isComplete(result) ? words[direction].done : words[direction].partly}
      </h2>
      <p>{words[direction].next}</p>
      <ul className={pageStyles.rows}>
        {result.files.map((file) => (
          <li key={file.path} className={styles.outcome}>
            <span className={pageStyles.path}>{file.path}</span>
            <span>{describeFileOutcome(file)}</span>
            {file.problem !== null && <span className={styles.keyReason}>{file.problem}</span>}
          </li>
        ))}
        {result.commands.map((command) => (
          <li key={command.line} className={styles.outcome}>
            <span className={pageStyles.path}>{command.line}</span>
            <span>{command.applied ? 'done' : 'did not work'}</span>
          </li>
        ))}
      </ul>
      {result.notes.map((note) => (
        <p key={note} className={pageStyles.quiet}>
          {note}
        </p>
      ))}
      <div className={styles.actions}>
        <Button variant="filled" onClick={onClose}>
          {closeLabel}
        </Button>
      </div>
    </div>
  );
}
