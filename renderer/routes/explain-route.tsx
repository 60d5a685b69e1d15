// "Where would this go?": a request described in a few fields, and the gateway's answer: the sentence, the order of trial,
// and what was left out and why. Sends nothing.
import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type FormEvent } from 'react';
import type { ExplainInput, RouteExplanation } from '../../src/contract/routing.ts';
import { SelectField, TextField } from '../components/field.tsx';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { formatClock } from '../format/time.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import { readQuestion, type Question, type QuestionProblems } from './explain-question.ts';
import { classOptions, thinkingOptions } from './route-conditions.tsx';
import { useProviderNames } from './use-routes.ts';
import styles from './routes.module.css';

function Explanation({ explanation }: { readonly explanation: RouteExplanation }) {
  const { labelOf } = useProviderNames();
  const { candidates, skipped, reason } = explanation;
  return (
    <div role="status" className={styles.explanation} data-testid="route-explanation">
      <p>{reason}</p>
      {candidates.length > 0 && (
        <ol className={styles.order}>
          {candidates.map(({ provider, model, key }, index) => (
            <li key={`${provider} ${model} ${key}`}>
              {index === 0 ? '' : 'then '}
              <strong>{labelOf(provider)}</strong> {model}
              {candidates.filter((one) => one.provider === provider && one.model === model).length > 1 && (
                <span className={pageStyles.quiet}> with {key}</span>
              )}
            </li>
          ))}
        </ol>
      )}
      {skipped.map(({ provider, why, until }) => (
        <p key={`${provider} ${why}`} className={pageStyles.quiet}>
          Left out: {labelOf(provider)}, {why}
          {until !== null && `, until ${formatClock(until)}`}
        </p>
      ))}
    </div>
  );
}

/** What the newest exchange asked for, else what Claude Code asks for most. */
function useUsualModel(): string {
  return useLive(
    (state) => state.rows.find(({ modelAsked }) => modelAsked !== null)?.modelAsked ?? 'claude-opus-5-5',
  );
}

export function ExplainRoute() {
  const { client } = useGateway();
  const isLive = useLive((state) => state.link.kind === 'live');
  const usual = useUsualModel();
  const [question, setQuestion] = useState<Question>({
    model: usual,
    requestClass: '',
    project: '',
    agent: '',
    promptTokens: '',
    thinking: '',
    time: '',
  });
  const [problems, setProblems] = useState<QuestionProblems>({});
  const explain = useMutation({ mutationFn: (input: ExplainInput) => client.call('routes.explain', input) });
  const text = (label: string, key: 'model' | 'project' | 'agent' | 'promptTokens', placeholder?: string) => (
    <TextField
      label={label}
      placeholder={placeholder}
      value={question[key]}
      problem={problems[key]}
      onChange={(value) => setQuestion({ ...question, [key]: value })}
    />
  );
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const read = readQuestion(question, Date.now());
    setProblems(read.problems);
    if (read.input !== null) explain.mutate(read.input);
  };
  return (
    <section className={pageStyles.section} aria-labelledby="explain-label">
      <SectionLabel id="explain-label" aside="nothing is sent">
        Where would this go?
      </SectionLabel>
      <form className={styles.form} onSubmit={submit} autoComplete="off" aria-labelledby="explain-label">
        {text('Model asked for', 'model')}
        <SelectField
          label="What asks"
          options={classOptions('')}
          value={question.requestClass}
          onChange={(requestClass) => setQuestion({ ...question, requestClass })}
        />
        {text('Project folder', 'project', 'any')}
        <details className={styles.more}>
          <summary>More about the request</summary>
          <div className={styles.form}>
            {text('Prompt size', 'promptTokens', '20k tokens')}
            {text('Sub-agent', 'agent', 'none')}
            <SelectField
              label="Thinking"
              options={thinkingOptions.slice(1)}
              value={question.thinking === '' ? 'off' : question.thinking}
              onChange={(value) => setQuestion({ ...question, thinking: value === 'on' ? 'on' : 'off' })}
            />
            <TextField
              label="Time of day"
              type="time"
              explanation="Empty means now."
              value={question.time}
              problem={problems['time']}
              onChange={(time) => setQuestion({ ...question, time })}
            />
          </div>
        </details>
        <div>
          <Button type="submit" disabled={!isLive} loading={explain.isPending}>
            Explain
          </Button>
        </div>
      </form>
      {explain.error !== null && <p role="alert">{explainError(explain.error)}</p>}
      {explain.data !== undefined && <Explanation explanation={explain.data} />}
    </section>
  );
}
