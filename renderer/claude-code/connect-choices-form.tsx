// What the user may choose when connecting: which credential Claude Code shows, and what comes along.
import type { ConnectChoices, ConnectOptions } from '../../src/contract/connect.ts';
import { Choice, ChoiceGroup } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import styles from './take-over.module.css';

type Extra = Exclude<keyof ConnectChoices, 'credential'>;

const extras: readonly { readonly key: Extra; readonly label: string; readonly explanation: string }[] = [
  {
    key: 'mcp',
    label: 'MCP endpoint',
    explanation: 'All MCP servers that Tollgate has come to Claude Code through one entry.',
  },
  {
    key: 'sessionHook',
    label: 'Hook at session start',
    explanation:
      'Takes the address out of the settings should Tollgate no longer answer, so that no session is stranded.',
  },
  {
    key: 'statusLine',
    label: 'Status line',
    explanation: "The session's cost, today's cost and the provider, under Claude Code's prompt.",
  },
  {
    key: 'vscode',
    label: 'VS Code',
    explanation: 'The same variables in the settings of VS Code and editors built from it.',
  },
];

interface ConnectChoicesFormProps {
  readonly chosen: ConnectChoices;
  /** Why a local key would be refused; null when it is fine. */
  readonly keyForbidden: string | null;
  readonly mismatch: string | null;
  readonly onChange: (change: ConnectOptions) => void;
}

export function ConnectChoicesForm({ chosen, keyForbidden, mismatch, onChange }: ConnectChoicesFormProps) {
  return (
    <div className={styles.choices}>
      <ChoiceGroup legend="How Claude Code identifies itself">
        <Choice
          type="radio"
          name="credential"
          label="With a local key"
          explanation={
            keyForbidden ?? 'The usual way. The key opens this gateway on this computer and nothing else.'
          }
          checked={chosen.credential === 'key'}
          disabled={keyForbidden !== null}
          onChange={() => onChange({ credential: 'key' })}
        />
        <Choice
          type="radio"
          name="credential"
          label="With its own Claude login"
          explanation="For a Pro or Max plan. The login passes through to Anthropic alone and is neither stored nor logged; its cost is shown as list-price equivalent."
          checked={chosen.credential === 'login'}
          onChange={() => onChange({ credential: 'login' })}
        />
        {mismatch !== null && (
          <p role="alert" className={pageStyles.alert}>
            {mismatch}
          </p>
        )}
      </ChoiceGroup>
      <ChoiceGroup legend="What comes along">
        {extras.map((extra) => (
          <Choice
            key={extra.key}
            type="checkbox"
            label={extra.label}
            explanation={extra.explanation}
            checked={chosen[extra.key]}
            onChange={(checked) => onChange({ [extra.key]: checked })}
          />
        ))}
      </ChoiceGroup>
    </div>
  );
}
