// The parts of a plan: each key with its reason, each file with its exact lines, each command as it is run.
import type { TakeOverCommand, TakeOverFile, TakeOverKey } from '../../src/contract/connect.ts';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { describeValue, nameChange, nameSurface } from './describe-take-over.ts';
import { describeFileChange, DiffView } from './diff-view.tsx';
import styles from './take-over.module.css';

export function KeyRows({ keys }: { readonly keys: readonly TakeOverKey[] }) {
  return (
    <ul className={pageStyles.rows}>
      {keys.map((key) => (
        <li key={`${key.surface} ${key.name}`} className={styles.key}>
          <span className={styles.keyName}>{key.name}</span>
          <span className={styles.keyChange} data-change={key.change}>
            {nameChange(key.change)}
          </span>
          {/* "removed" says all there is to say of a value that is gone. */}
          <span className={styles.keyValue} title={key.value ?? undefined}>
            {key.change === 'removed' ? '' : describeValue(key.value)}
          </span>
          <span className={styles.keyReason}>{key.reason}</span>
        </li>
      ))}
    </ul>
  );
}

interface PlannedFilesProps {
  readonly id: string;
  readonly files: readonly TakeOverFile[];
}

/** Files with lines to show or a problem to tell; one that stays as it is is not worth a word. */
export function PlannedFiles({ id, files }: PlannedFilesProps) {
  return files
    .filter((file) => file.diff !== '' || file.problem !== null)
    .map((file, index) => {
      const fileChange = describeFileChange(file.diff);
      const name = nameSurface(file.surface);
      return (
        <section key={file.path} aria-labelledby={`${id}-file-${index}`} className={styles.file}>
          <SectionLabel id={`${id}-file-${index}`}>{name}</SectionLabel>
          <p className={pageStyles.path}>{file.path}</p>
          {file.problem !== null && (
            <p role="alert" className={pageStyles.alert}>
              {file.problem}
            </p>
          )}
          {file.diff !== '' && <DiffView diff={file.diff} label={`Lines that change: ${name}`} />}
          {fileChange !== null && <p className={pageStyles.quiet}>{fileChange}</p>}
        </section>
      );
    });
}

interface PlannedCommandsProps {
  readonly id: string;
  readonly commands: readonly TakeOverCommand[];
}

export function PlannedCommands({ id, commands }: PlannedCommandsProps) {
  if (commands.length === 0) return null;
  return (
    <section aria-labelledby={`${id}-commands`} className={styles.file}>
      <SectionLabel id={`${id}-commands`}>
        {commands.length === 1 ? 'The command that is run' : 'The commands that are run, in this order'}
      </SectionLabel>
      {commands.map((command) => (
        <div key={command.line} className={styles.file}>
          <pre className={styles.command}>{command.line}</pre>
          <p className={pageStyles.quiet}>{command.reason}</p>
        </div>
      ))}
    </section>
  );
}
