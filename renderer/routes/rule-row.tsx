// One rule in words with what can be done to it: moved by button or Alt and an arrow, changed in place, removed.
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { KeyboardEvent, ReactNode } from 'react';
import type { RouteSettings } from '../../src/contract/settings.ts';
import pageStyles from '../components/page.module.css';
import { describeMatch, describeTargets } from './describe-route.ts';
import styles from './routes.module.css';

interface RuleWordsProps {
  readonly route: RouteSettings;
  readonly labelOf: (id: string) => string;
  readonly note?: string | undefined;
}

export function RuleWords({ route, labelOf, note }: RuleWordsProps) {
  return (
    <div className={styles.words}>
      <span>{describeMatch(route.match)}</span>
      <span>
        <span aria-hidden="true">→ </span>
        <strong>{describeTargets(route, labelOf)}</strong>
      </span>
      {route.sticky === false && <span className={pageStyles.quiet}>every request chooses anew</span>}
      {note !== undefined && <span className={pageStyles.quiet}>{note}</span>}
    </div>
  );
}

interface RuleRowProps {
  readonly route: RouteSettings;
  readonly index: number;
  readonly count: number;
  readonly labelOf: (id: string) => string;
  readonly disabled: boolean;
  readonly onMove: (to: number) => void;
  readonly onEdit: () => void;
  readonly onRemove: () => void;
  /** The form, while this rule is changed. */
  readonly form: ReactNode;
}

const icon = { size: 16, stroke: 1.5 };

export function RuleRow(props: RuleRowProps) {
  const { route, index, count, labelOf, disabled, onMove, onEdit, onRemove, form } = props;
  const name = `rule ${index + 1}`;
  const onKeyDown = (event: KeyboardEvent): void => {
    if (!event.altKey || disabled || (event.key !== 'ArrowUp' && event.key !== 'ArrowDown')) return;
    event.preventDefault();
    onMove(event.key === 'ArrowUp' ? index - 1 : index + 1);
  };
  return (
    <li className={styles.rule} data-rule={index}>
      <span className={styles.number} aria-hidden="true">
        {index + 1}
      </span>
      <RuleWords route={route} labelOf={labelOf} />
      <div className={styles.ruleActions} role="group" aria-label={`Rule ${index + 1}`} onKeyDown={onKeyDown}>
        <ActionIcon
          variant="subtle"
          color="gray"
          data-move="up"
          aria-label={`Move ${name} up`}
          title="Up (Alt and arrow up)"
          disabled={disabled || index === 0}
          onClick={() => onMove(index - 1)}
        >
          <IconArrowUp {...icon} />
        </ActionIcon>
        <ActionIcon
          variant="subtle"
          color="gray"
          data-move="down"
          aria-label={`Move ${name} down`}
          title="Down (Alt and arrow down)"
          disabled={disabled || index === count - 1}
          onClick={() => onMove(index + 1)}
        >
          <IconArrowDown {...icon} />
        </ActionIcon>
        <Button
          data-edit
          disabled={disabled}
          aria-label={`Edit ${name}`}
          aria-expanded={form !== null}
          onClick={onEdit}
        >
          Edit
        </Button>
        <Button disabled={disabled} aria-label={`Remove ${name}`} onClick={onRemove}>
          Remove
        </Button>
      </div>
      {form !== null && <div className={styles.ruleForm}>{form}</div>}
    </li>
  );
}
