// Choices, text fields and lists to choose from: native controls, each with its explanation, and with what is wrong in
// it, tied to it.
import { IconAlertCircle } from '@tabler/icons-react';
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

interface FieldFrameProps {
  readonly id: string;
  readonly label: string;
  readonly explanation?: ReactNode;
  readonly problem?: string | undefined;
  readonly children: ReactNode;
}

/** Label above, explanation and problem below; the control names both by `describedBy`. */
function FieldFrame({ id, label, explanation, problem, children }: FieldFrameProps) {
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      {children}
      {problem !== undefined && (
        <span id={`${id}-problem`} className={styles.problem} role="alert">
          <IconAlertCircle size={16} stroke={1.5} aria-hidden="true" />
          <span>{problem}</span>
        </span>
      )}
      {explanation !== undefined && (
        <span id={`${id}-why`} className={styles.explanation}>
          {explanation}
        </span>
      )}
    </div>
  );
}

/** Ids of what explains a control, for `aria-describedby`. */
function describedBy(id: string, explanation: unknown, problem: string | undefined): string | undefined {
  const ids = [
    ...(problem === undefined ? [] : [`${id}-problem`]),
    ...(explanation === undefined ? [] : [`${id}-why`]),
  ];
  return ids.length === 0 ? undefined : ids.join(' ');
}

interface TextFieldProps {
  readonly label: string;
  readonly explanation?: ReactNode;
  readonly placeholder?: string | undefined;
  /** What is wrong with the value, in one sentence. */
  readonly problem?: string | undefined;
  readonly type?: 'text' | 'search' | 'time';
  readonly inputMode?: 'numeric';
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function TextField(props: TextFieldProps) {
  const { label, explanation, placeholder, problem, type = 'text', inputMode, value, onChange } = props;
  const id = useId();
  return (
    <FieldFrame id={id} label={label} explanation={explanation} problem={problem}>
      <input
        id={id}
        className={styles.input}
        type={type}
        inputMode={inputMode}
        value={value}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={describedBy(id, explanation, problem)}
        onChange={(event) => onChange(event.currentTarget.value)}
      />
    </FieldFrame>
  );
}

interface SelectFieldProps {
  readonly label: string;
  readonly explanation?: ReactNode;
  readonly problem?: string | undefined;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function SelectField({ label, explanation, problem, options, value, onChange }: SelectFieldProps) {
  const id = useId();
  return (
    <FieldFrame id={id} label={label} explanation={explanation} problem={problem}>
      <select
        id={id}
        className={styles.input}
        value={value}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={describedBy(id, explanation, problem)}
        onChange={(event) => onChange(event.currentTarget.value)}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.label}
          </option>
        ))}
      </select>
    </FieldFrame>
  );
}

interface SecretFieldProps {
  readonly label: string;
  /** What was typed stays in the element alone: it is read for a request and never kept in state. */
  readonly inputRef: Ref<HTMLInputElement>;
  readonly problem?: string | undefined;
}

export function SecretField({ label, inputRef, problem }: SecretFieldProps) {
  const id = useId();
  const explanation = "Kept in Tollgate's vault. Only its last four characters are shown again.";
  return (
    <FieldFrame id={id} label={label} explanation={explanation} problem={problem}>
      <input
        id={id}
        ref={inputRef}
        className={styles.input}
        type="password"
        required
        autoComplete="off"
        spellCheck={false}
        maxLength={16_384}
        aria-invalid={problem === undefined ? undefined : true}
        aria-describedby={describedBy(id, explanation, problem)}
      />
    </FieldFrame>
  );
}
