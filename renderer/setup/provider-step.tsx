// Step one: who answers. Keys found on this computer are offered one by one; else a key is entered and tested, or Claude
// Code's own login is passed on, or practice stands in.
import { Button } from '@mantine/core';
import { useState } from 'react';
import { Choice, ChoiceGroup } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import { explainError } from '../control-actions.tsx';
import { useLive } from '../live/use-live.ts';
import { FoundKeys, useFoundKeys } from '../providers/found-keys.tsx';
import { ProviderForm } from '../providers/provider-form.tsx';
import { usePassLoginOn } from '../providers/use-save-provider.ts';
import styles from './setup.module.css';

type Way = 'key' | 'login' | 'practice';

interface StepBodyProps {
  readonly onDone: () => void;
  readonly onSkip: () => void;
}

function LoginWay({ onDone }: Pick<StepBodyProps, 'onDone'>) {
  const providers = useLive((state) => state.status?.providers);
  const isLive = useLive((state) => state.link.kind === 'live');
  const save = usePassLoginOn(onDone);
  const known = providers?.some((provider) => provider.credential === 'client') === true;
  return (
    <div className={pageStyles.stack}>
      <p>
        Tollgate passes the login on to Anthropic alone, and neither stores nor logs it. Connect Claude Code
        next: its own requests carry the login.
      </p>
      {save.error !== null && <p role="alert">{explainError(save.error)}</p>}
      <Button
        variant="filled"
        disabled={!isLive}
        loading={save.isPending}
        onClick={() => (known ? onDone() : save.mutate())}
      >
        Pass the login on
      </Button>
    </div>
  );
}

export function ProviderStep({ onDone, onSkip }: StepBodyProps) {
  const [way, setWay] = useState<Way>('key');
  const found = useFoundKeys(true);
  const keys = (found.data?.keys ?? []).filter((key) => key.problem === null);
  const [imported, setImported] = useState(false);
  return (
    <div className={styles.body}>
      {keys.length > 0 && (
        <section aria-labelledby="setup-found" className={styles.foundKeys}>
          <h4 id="setup-found" className={styles.part}>
            Found on this computer
          </h4>
          <FoundKeys keys={keys} onImported={() => setImported(true)} />
          {imported && (
            <Button variant="filled" onClick={onDone}>
              Go on
            </Button>
          )}
        </section>
      )}
      <ChoiceGroup legend={keys.length > 0 ? 'Or' : 'How Claude is reached'}>
        <Choice
          type="radio"
          name="setup-way"
          label="With an API key"
          explanation="The usual way: exact costs, budgets, any provider."
          checked={way === 'key'}
          onChange={() => setWay('key')}
        />
        <Choice
          type="radio"
          name="setup-way"
          label="With my Claude Pro or Max login"
          explanation="Claude Code keeps its login; what it costs is shown as list-price equivalent."
          checked={way === 'login'}
          onChange={() => setWay('login')}
        />
        <Choice
          type="radio"
          name="setup-way"
          label="Without a key, for practice"
          explanation="The practice provider answers on this computer with made-up text. No money is spent, and everything it answers is marked as practice."
          checked={way === 'practice'}
          onChange={() => setWay('practice')}
        />
      </ChoiceGroup>
      {way === 'key' && <ProviderForm startWith="anthropic" onSaved={onDone} />}
      {way === 'login' && <LoginWay onDone={onDone} />}
      {way === 'practice' && (
        <div>
          <Button variant="filled" onClick={onSkip}>
            Go on with practice
          </Button>
        </div>
      )}
      {way !== 'practice' && (
        <div>
          <Button variant="subtle" onClick={onSkip}>
            Skip this step
          </Button>
        </div>
      )}
    </div>
  );
}
