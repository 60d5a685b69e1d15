// The Doctor: everything that is wrong or will be, most severe first, with a mend where one click is safe. A machine
// without findings shows a calm line and what was looked at.
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import type { DoctorReport } from '../../src/contract/doctor.ts';
import { PageHead } from '../components/page.tsx';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { formatClockSeconds } from '../format/time.ts';
import { useGateway, useLive } from '../live/use-live.ts';
import { summarize } from './describe-findings.ts';
import { FeatureTable } from './feature-table.tsx';
import { FindingRow } from './finding-row.tsx';
import styles from './doctor.module.css';

/** The last report; `enabled` false only reads what an earlier run left. */
export function useDoctorReport(enabled: boolean) {
  const { client } = useGateway();
  return useQuery({
    queryKey: ['doctor.run'],
    queryFn: () => client.call('doctor.run', {}),
    enabled,
    gcTime: Infinity,
  });
}

interface Mended {
  readonly title: string;
  readonly notes: readonly string[];
}

function MendedNote({ mended }: { readonly mended: Mended }) {
  const line = useRef<HTMLParagraphElement>(null);
  // The finding and its button are gone; the reader goes on with what was done about it.
  useEffect(() => line.current?.focus(), [mended]);
  return (
    <section className={pageStyles.section}>
      <p ref={line} tabIndex={-1} role="status" className={styles.mended}>
        Mended: {mended.title}.
      </p>
      {mended.notes.map((note) => (
        <p key={note} className={pageStyles.quiet}>
          {note}
        </p>
      ))}
    </section>
  );
}

interface FindingsProps {
  readonly report: DoctorReport;
  readonly onMended: (title: string, notes: readonly string[]) => void;
}

function Findings({ report, onMended }: FindingsProps) {
  return (
    <>
      {report.findings.length > 0 && (
        <section className={pageStyles.section} aria-label="Findings">
          <ul className={pageStyles.rows}>
            {report.findings.map((finding) => (
              <FindingRow key={`${finding.id} ${report.ranAt}`} finding={finding} onMended={onMended} />
            ))}
          </ul>
        </section>
      )}
      <section className={pageStyles.section} aria-labelledby="checked-label">
        <SectionLabel id="checked-label">What was looked at</SectionLabel>
        <ul className={styles.checked}>
          {report.checked.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      </section>
    </>
  );
}

export function DoctorScreen() {
  const report = useDoctorReport(true);
  const isLive = useLive((state) => state.link.kind === 'live');
  const [mended, setMended] = useState<Mended | null>(null);
  const summary = report.data === undefined ? null : summarize(report.data);
  const lead =
    summary === null
      ? report.error === null
        ? 'Looking at Claude Code, its settings and Tollgate.'
        : 'The doctor could not look.'
      : `${summary.text}. Looked at ${formatClockSeconds(report.data?.ranAt ?? 0)}.`;
  return (
    <div className={pageStyles.page}>
      <PageHead
        title="Doctor"
        {...(summary === null ? {} : { dot: summary.dot })}
        lead={lead}
        actions={
          <Button
            disabled={!isLive}
            loading={report.isFetching}
            onClick={() => {
              setMended(null);
              void report.refetch();
            }}
          >
            Look again
          </Button>
        }
      />
      {report.error !== null && (
        <p role="alert" className={pageStyles.section}>
          {explainError(report.error)}
        </p>
      )}
      {mended !== null && <MendedNote mended={mended} />}
      {report.data !== undefined && (
        <>
          <Findings
            report={report.data}
            onMended={(title, notes) => {
              setMended({ title, notes });
              void report.refetch();
            }}
          />
          <FeatureTable claude={report.data.claude} />
        </>
      )}
    </div>
  );
}
