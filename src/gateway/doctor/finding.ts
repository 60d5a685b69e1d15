// Makes findings: their ids, which stay the same as long as what was found does, and what a mend may be.
import { createHash } from 'node:crypto';
import type { Finding, Severity } from '../../contract/doctor.ts';

/** What one click may do. `private`: take permissions of others away from our own files. */
export type MendAction =
  | { readonly kind: 'connect' }
  | { readonly kind: 'disconnect' }
  | { readonly kind: 'private'; readonly paths: readonly string[] };

/** A finding with the way to mend it, which the outside knows by its label only. */
export interface Diagnosis {
  readonly finding: Finding;
  readonly action: MendAction | null;
}

export interface FindingInput {
  readonly code: string;
  /** What tells findings of one sort apart, such as a path; null when there is only one. */
  readonly about?: string | null;
  readonly severity: Severity;
  readonly title: string;
  readonly cause: string;
  readonly evidence: readonly string[];
  readonly whatToDo: string;
  readonly mend?: { readonly label: string; readonly explains: string; readonly action: MendAction } | null;
}

export function makeFinding(input: FindingInput): Diagnosis {
  const { code, about, severity, title, cause, evidence, whatToDo, mend } = input;
  const id = about === undefined || about === null ? code : `${code}-${shortHash(about)}`;
  return {
    finding: {
      id,
      code,
      severity,
      title,
      cause,
      evidence: [...evidence],
      whatToDo,
      mend:
        mend === undefined || mend === null
          ? null
          : { label: mend.label, explains: mend.explains, hasDiff: mend.action.kind !== 'private' },
    },
    action: mend?.action ?? null,
  };
}

export const connectMend = (label: string, explains: string): NonNullable<FindingInput['mend']> => ({
  label,
  explains,
  action: { kind: 'connect' },
});

export const giveBackMend: NonNullable<FindingInput['mend']> = {
  label: 'Give the settings back',
  explains: "Claude Code's settings become what they were before Tollgate; your own edits since stay.",
  action: { kind: 'disconnect' },
};

function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
