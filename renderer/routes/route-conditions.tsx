// The conditions of a rule: all that are filled in must hold; what is left empty does not count.
import { Choice, ChoiceGroup, SelectField, TextField } from '../components/field.tsx';
import { useLive } from '../live/use-live.ts';
import { days, requestClasses, type Day } from './describe-route.ts';
import type { RouteDraft, RouteProblems } from './route-draft.ts';
import styles from './routes.module.css';

interface RouteConditionsProps {
  readonly draft: RouteDraft;
  readonly problems: RouteProblems;
  readonly onChange: (part: Partial<RouteDraft>) => void;
}

/** Claude Code's classes, and one that somebody wrote into the config by hand. */
export function classOptions(current: string): { value: string; label: string }[] {
  const known = requestClasses.map(({ value, label }) => ({ value, label }));
  const own = current === '' || known.some(({ value }) => value === current);
  return [{ value: '', label: 'Any' }, ...known, ...(own ? [] : [{ value: current, label: current }])];
}

export const thinkingOptions = [
  { value: '', label: 'Either way' },
  { value: 'on', label: 'Thinking is on' },
  { value: 'off', label: 'Thinking is off' },
];

/** The folder of the newest exchange that has one, as an example. */
function useExampleProject(): string {
  return useLive((state) => state.rows.find(({ project }) => project !== null)?.project ?? '/home/me/acme');
}

function TimeFields({ draft, problems, onChange }: RouteConditionsProps) {
  const toggle = (day: Day, isOn: boolean): void => {
    const chosen = days
      .map((one) => one.day)
      .filter((one) => (one === day ? isOn : draft.days.includes(one)));
    onChange({ days: chosen });
  };
  return (
    <>
      <div className={styles.pair}>
        <TextField
          label="From"
          type="time"
          value={draft.from}
          problem={problems['from']}
          onChange={(from) => onChange({ from })}
        />
        <TextField
          label="Until"
          type="time"
          explanation="Before the beginning, it ends on the next day."
          value={draft.to}
          problem={problems['to']}
          onChange={(to) => onChange({ to })}
        />
      </div>
      <div className={styles.wide}>
        <ChoiceGroup legend="On these days (none: every day)">
          <div className={styles.days}>
            {days.map(({ day, label }) => (
              <Choice
                key={day}
                type="checkbox"
                label={label}
                checked={draft.days.includes(day)}
                onChange={(isOn) => toggle(day, isOn)}
              />
            ))}
          </div>
        </ChoiceGroup>
      </div>
    </>
  );
}

export function RouteConditions(props: RouteConditionsProps) {
  const { draft, problems, onChange } = props;
  const example = useExampleProject();
  return (
    <fieldset className={styles.conditions}>
      <legend className={styles.legend}>When all of this holds</legend>
      <TextField
        label="Model asked for"
        placeholder="claude-*haiku*"
        explanation="* stands for any characters."
        value={draft.model}
        problem={problems['model']}
        onChange={(model) => onChange({ model })}
      />
      <SelectField
        label="What asks"
        options={classOptions(draft.requestClass)}
        value={draft.requestClass}
        onChange={(requestClass) => onChange({ requestClass })}
      />
      <TextField
        label="Project folder"
        placeholder={example}
        explanation="The folder and all inside it."
        value={draft.project}
        onChange={(project) => onChange({ project })}
      />
      <TextField
        label="Sub-agent"
        placeholder="*"
        explanation="* for any of them, or a part of an id with *."
        value={draft.agent}
        onChange={(agent) => onChange({ agent })}
      />
      <TextField
        label="Prompt of at least"
        placeholder="120k tokens"
        value={draft.atLeast}
        problem={problems['atLeast']}
        onChange={(atLeast) => onChange({ atLeast })}
      />
      <TextField
        label="Prompt of fewer than"
        placeholder="200k tokens"
        value={draft.below}
        problem={problems['below']}
        onChange={(below) => onChange({ below })}
      />
      <SelectField
        label="Thinking"
        options={thinkingOptions}
        value={draft.thinking}
        onChange={(value) => onChange({ thinking: value === 'on' || value === 'off' ? value : '' })}
      />
      <TimeFields {...props} />
    </fieldset>
  );
}
