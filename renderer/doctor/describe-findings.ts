// Words for the doctor's findings and for what Claude Code loses or gains behind a gateway. Pure.
import type { DoctorReport, FeatureView, Finding, Severity } from '../../src/contract/doctor.ts';
import type { DotKind } from '../shell/describe-state.ts';

const severityDots: Record<Severity, DotKind> = { error: 'stopped', warning: 'asks', notice: 'off' };
const severityWords: Record<Severity, string> = {
  error: 'does not work',
  warning: 'likely to fail',
  notice: 'good to know',
};

export function dotOf(severity: Severity): DotKind {
  return severityDots[severity];
}

export function nameSeverity(severity: Severity): string {
  return severityWords[severity];
}

/** The first line of the page. Notices alone do not spoil a calm state. */
export function summarize(report: Pick<DoctorReport, 'findings'>): {
  readonly dot: DotKind;
  readonly text: string;
} {
  const count = (severity: Severity): number =>
    report.findings.filter((finding) => finding.severity === severity).length;
  const errors = count('error');
  const warnings = count('warning');
  const notices = count('notice');
  const parts = [
    errors === 0 ? null : `${errors} ${errors === 1 ? 'thing does' : 'things do'} not work`,
    warnings === 0 ? null : `${warnings} ${warnings === 1 ? 'thing is' : 'things are'} likely to fail`,
    notices === 0 ? null : `${notices} good to know`,
  ].filter((part) => part !== null);
  const dot = errors > 0 ? 'stopped' : warnings > 0 ? 'asks' : 'ready';
  if (errors + warnings === 0) {
    return { dot, text: notices === 0 ? 'All is well' : `All is well, ${parts.join('')}` };
  }
  return { dot, text: parts.join(', ') };
}

/** True when a finding wants the user: the rail shows a dot then. */
export function needsUser(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity !== 'notice');
}

const stateOrder: readonly FeatureView['state'][] = ['lost', 'gained', 'unknown', 'kept'];

/** Losses first, then gains; within a state as they came. */
export function sortFeatures(features: readonly FeatureView[]): readonly FeatureView[] {
  return stateOrder.flatMap((state) => features.filter((feature) => feature.state === state));
}

const stateWords: Record<FeatureView['state'], string> = {
  lost: 'lost',
  gained: 'gained',
  unknown: 'depends',
  kept: 'kept',
};

export function nameFeatureState(state: FeatureView['state']): string {
  return stateWords[state];
}

/** `2.1.273` → `from 2.1.273 on`; null stays null. */
export function describeSince(since: string | null): string | null {
  return since === null ? null : `from ${since} on`;
}
