// Which kind of provider to add: a search field over groups of types. One Tab stop for the list; arrows move, Enter picks.
import { useRef, useState, type KeyboardEvent } from 'react';
import type { ProviderTypeView } from '../../src/contract/providers.ts';
import { TextField } from '../components/field.tsx';
import { moveFocus } from '../components/move-focus.ts';
import pageStyles from '../components/page.module.css';
import { monogram } from '../format/names.ts';
import { groupTypes } from './describe-types.ts';
import styles from './type-picker.module.css';

interface TypePickerProps {
  readonly types: readonly ProviderTypeView[];
  readonly onPick: (type: ProviderTypeView) => void;
}

export function TypePicker({ types, onPick }: TypePickerProps) {
  const list = useRef<HTMLDivElement>(null);
  const [search, setSearch] = useState('');
  const groups = groupTypes(types, search);
  const first = groups[0]?.types[0];
  const buttons = (): HTMLButtonElement[] => [...(list.current?.querySelectorAll('button') ?? [])];

  const onListKey = (event: KeyboardEvent): void => {
    const from = buttons().findIndex((button) => button === document.activeElement);
    const next = from < 0 ? null : moveFocus(event.key, from, buttons().length);
    if (next === null) return;
    event.preventDefault();
    buttons()[next]?.focus();
  };
  const onSearchKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') {
      event.preventDefault();
      buttons()[0]?.focus();
    } else if (event.key === 'Enter' && first !== undefined && search.trim() !== '') {
      event.preventDefault();
      onPick(first);
    }
  };

  return (
    <div className={styles.picker}>
      <div role="search" onKeyDown={onSearchKey}>
        <TextField
          label="What to add"
          type="search"
          placeholder="Search, such as azure, kimi or local"
          value={search}
          onChange={setSearch}
        />
      </div>
      <div
        ref={list}
        className={styles.groups}
        onKeyDown={onListKey}
        role="group"
        aria-label="Provider types"
      >
        {groups.map((group) => (
          <section key={group.title} aria-label={group.title}>
            <h3 className={styles.title}>{group.title}</h3>
            <p className={pageStyles.quiet}>{group.why}</p>
            <ul className={styles.types}>
              {group.types.map((type) => (
                <li key={type.type}>
                  <button
                    type="button"
                    className={styles.type}
                    data-type={type.type}
                    tabIndex={type === first ? 0 : -1}
                    title={type.help}
                    onClick={() => onPick(type)}
                  >
                    <span className={styles.monogram} aria-hidden="true">
                      {monogram(type.label)}
                    </span>
                    {type.label}
                  </button>
                </li>
              ))}
            </ul>
          </section>
        ))}
      </div>
      <p role="status" className={pageStyles.quiet}>
        {groups.length === 0 &&
          `Nothing is called “${search.trim()}”. A server with an OpenAI-compatible or Anthropic API can be added all the same: choose “OpenAI-compatible server” or “Anthropic” and give its address.`}
      </p>
    </div>
  );
}
