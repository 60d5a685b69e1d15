// The way of an exchange in words: what was tried or left out, in order, and what its translation dropped. Pure.
import type { AttemptStep } from '../../src/contract/rows.ts';
import { formatDuration } from '../format/duration.ts';
import { shortModelName } from '../format/names.ts';

function after({ milliseconds }: AttemptStep): string {
  return milliseconds === null ? '' : ` after ${formatDuration(milliseconds)}`;
}

/** `529 Overloaded`; a reason that names its status already says it once. */
function describeFailure({ status, reason }: AttemptStep): string {
  if (status === null) return reason ?? 'no answer';
  if (reason === null) return `status ${status}`;
  return reason.includes(String(status)) ? reason : `${status} ${reason}`;
}

/** `Anthropic opus-5.5: 529 Overloaded after 1.2 s`, `Azure: left out, rests after 529`. */
export function describeStep(step: AttemptStep, labelOf: (id: string) => string): string {
  const place = [labelOf(step.provider), step.model === null ? '' : shortModelName(step.model)]
    .filter((part) => part !== '')
    .join(' ');
  switch (step.outcome) {
    case 'answered':
      return `${place}: answered${after(step)}`;
    case 'skipped':
      return `${place}: left out${step.reason === null ? '' : `, ${step.reason}`}`;
    case 'refused':
    case 'failed':
      return `${place}: ${describeFailure(step)}${after(step)}`;
  }
}
