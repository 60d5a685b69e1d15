// Choices and text fields: native controls, each with its explanation tied to it.
import { useId, type ReactNode, type Ref } from 'react';
import styles from './field.module.css';

interface ChoiceProps {
  readonly type: 'radio' | 'checkbox';
  /** Groups radios. */
  readonly name?: string;
  readonly label: string;
  readonly explanation?: ReactNode;
  readonly checked: boolean;
  readonly disabled?: boolean;
  readonly onChange: (checked: boolean) => void;
}

export function Choice({ type, name, label, explanation, checked, disabled = false, onChange }: ChoiceProps) {
  const id = useId();
  return (
    <div className={styles.choice} data-disabled={disabled ? true : undefined}>
      <input
        id={id}
        type={type}
        name={name}
        checked={checked}
        disabled={disabled}
        aria-describedby={explanation === undefined ? undefined : `${id}-why`}
        onChange={(event) => onChange(event.currentTarget.checked)}
      />
      <label htmlFor={id}>{label}</label>
      {explanation !== undefined && (
        <span id={`${id}-why`} className={styles.explanation}>
          {explanation}
        </span>
      )}
    </div>
  );
}

interface ChoiceGroupProps {
  readonly legend: string;
  readonly children: ReactNode;
}

export function ChoiceGroup({ legend, children }: ChoiceGroupProps) {
  return (
    <fieldset className={styles.choices}>
      <legend className={styles.legend}>{legend}</legend>
      {children}
    </fieldset>
  );
}

interface TextFieldProps {
  readonly label: string;
  readonly explanation?: string;
  readonly placeholder?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function TextField({ label, explanation, placeholder, value, onChange }: TextFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input
        id={id}
        className={styles.input}
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        aria-describedby={explanation === undefined ? undefined : `${id}-why`}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
      {explanation !== undefined && (
        <span id={`${id}-why`} className={styles.explanation}>
          {explanation}
        </span>
      )}
    </div>
  );
}

interface SecretFieldProps {
  readonly label: string;
  /** What was typed stays in the element alone: it is read for a request and never kept in state. */
  readonly inputRef: Ref<HTMLInputElement>;
}

export function SecretField({ label, inputRef }: SecretFieldProps) {
  const id = useId();
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <input
        id={id}
        ref={inputRef}
        className={styles.input}
        type="password"
        required
        autoComplete="off"
        spellCheck={false}
        maxLength={16_384}
        aria-describedby={`${id}-why`}
      />
      <span id={`${id}-why`} className={styles.explanation}>
        Kept in Tollgate's vault. Only its last four characters are shown again.
      </span>
    </div>
  );
}
