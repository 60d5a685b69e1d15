// One model, picked from a provider's list by typing or arrows, or typed in full: a provider may serve what it does not
// list. What was picked counts at once, what was typed with Enter or on leaving; Escape takes it back.
import { Autocomplete } from '@mantine/core';
import { useState } from 'react';
import type { ModelView } from '../../src/contract/models.ts';
import { describeModel } from './describe-models.ts';
import styles from './models.module.css';

/** More than a person scrolls through; typing narrows the list. */
const mostOptions = 80;

interface ModelChoiceProps {
  readonly label: string;
  /** The label stands elsewhere on the page already. */
  readonly isLabelHidden?: boolean;
  readonly value: string;
  readonly placeholder: string;
  readonly models: readonly ModelView[];
  readonly disabled?: boolean;
  readonly onCommit: (model: string) => void;
}

export function ModelChoice(props: ModelChoiceProps) {
  const { label, isLabelHidden = false, value, placeholder, models, disabled = false, onCommit } = props;
  const [typed, setTyped] = useState<string | null>(null);
  const shown = typed ?? value;
  const commit = (model: string): void => {
    setTyped(null);
    if (model.trim() !== value) onCommit(model.trim());
  };
  const byId = new Map(models.map((model) => [model.id, model]));
  const search = shown.trim().toLowerCase();
  // What stands there already is no search: the whole list is offered.
  const found =
    typed === null || search === value.toLowerCase()
      ? models
      : models.filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(search));
  return (
    <Autocomplete
      {...(isLabelHidden ? { 'aria-label': label } : { label })}
      classNames={{ root: styles.choice ?? '', label: styles.choiceLabel ?? '' }}
      value={shown}
      placeholder={placeholder}
      disabled={disabled}
      data={found.slice(0, mostOptions).map(({ id }) => id)}
      filter={({ options }) => options}
      renderOption={({ option }) => {
        const model = byId.get(option.value);
        return (
          <span className={styles.option}>
            <span>{option.value}</span>
            {model !== undefined && <span className={styles.quiet}>{describeModel(model)}</span>}
          </span>
        );
      }}
      onChange={setTyped}
      onOptionSubmit={commit}
      onBlur={() => commit(shown)}
      onKeyDown={(event) => {
        if (event.key === 'Escape') setTyped(null);
        if (event.key === 'Enter' && event.currentTarget.getAttribute('aria-activedescendant') === null) {
          event.preventDefault();
          commit(shown);
        }
      }}
      spellCheck={false}
      autoComplete="off"
    />
  );
}
