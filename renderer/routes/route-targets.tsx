// The places a rule sends to, in order: a provider each and, where it shall not be the name asked for, a model.
import { ActionIcon, Button } from '@mantine/core';
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react';
import { SelectField } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import { ModelChoice } from '../models/model-choice.tsx';
import { useModelLists } from '../models/use-models.ts';
import type { TargetDraft } from './route-draft.ts';
import { dropItem, moveItem, putItem } from './route-list.ts';
import { useProviderNames } from './use-routes.ts';
import styles from './routes.module.css';

interface RouteTargetsProps {
  readonly targets: readonly TargetDraft[];
  readonly problem: string | undefined;
  readonly onChange: (targets: readonly TargetDraft[]) => void;
}

const icon = { size: 16, stroke: 1.5 };

export function RouteTargets({ targets, problem, onChange }: RouteTargetsProps) {
  const { providers } = useProviderNames();
  const lists = useModelLists().data ?? [];
  const options = providers.map(({ id, label }) => ({ value: id, label }));
  const add = (): void => {
    const unused = providers.find(({ id }) => !targets.some(({ provider }) => provider === id));
    const provider = unused?.id ?? providers[0]?.id ?? '';
    const key = Math.max(-1, ...targets.map((target) => target.key)) + 1;
    onChange([...targets, { key, provider, model: '' }]);
  };
  return (
    <fieldset className={styles.targets}>
      <legend className={styles.legend}>It goes to</legend>
      {targets.map((target, index) => {
        const isKnown = options.some(({ value }) => value === target.provider);
        const put = (part: Partial<TargetDraft>): void =>
          onChange(putItem(targets, index, { ...target, ...part }));
        const place = `place ${index + 1}`;
        return (
          <div key={target.key} className={styles.target} role="group" aria-label={`Place ${index + 1}`}>
            <SelectField
              label={index === 0 ? 'Provider' : 'Then'}
              options={isKnown ? options : [...options, { value: target.provider, label: target.provider }]}
              value={target.provider}
              problem={isKnown ? undefined : problem}
              onChange={(provider) => put({ provider, model: '' })}
            />
            <ModelChoice
              label="Model"
              value={target.model}
              placeholder="as asked, or by its sizes"
              models={lists.find(({ provider }) => provider === target.provider)?.models ?? []}
              onCommit={(model) => put({ model })}
            />
            <div className={styles.targetActions}>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Move ${place} up`}
                disabled={index === 0}
                onClick={() => onChange(moveItem(targets, index, index - 1))}
              >
                <IconArrowUp {...icon} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Move ${place} down`}
                disabled={index === targets.length - 1}
                onClick={() => onChange(moveItem(targets, index, index + 1))}
              >
                <IconArrowDown {...icon} />
              </ActionIcon>
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={`Take ${place} out`}
                onClick={() => onChange(dropItem(targets, index))}
              >
                <IconX {...icon} />
              </ActionIcon>
            </div>
          </div>
        );
      })}
      {problem !== undefined && <p role="alert">{problem}</p>}
      {targets.length === 0 && <p className={pageStyles.quiet}>No place yet.</p>}
      <div>
        <Button onClick={add}>
          {targets.length === 0 ? 'Add a provider' : 'Add another to fall back on'}
        </Button>
      </div>
    </fieldset>
  );
}
