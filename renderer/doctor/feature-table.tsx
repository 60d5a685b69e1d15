// What Claude Code loses or gains behind a gateway, for the version, sign-in and settings found on this computer.
import type { ClaudeInspection } from '../../src/contract/doctor.ts';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { describeSince, nameFeatureState, sortFeatures } from './describe-findings.ts';
import styles from './doctor.module.css';

export function FeatureTable({ claude }: { readonly claude: ClaudeInspection }) {
  const version = claude.version === null ? 'no version found' : `Claude Code ${claude.version}`;
  return (
    <section className={pageStyles.section} aria-labelledby="features-label">
      <SectionLabel id="features-label" aside={version}>
        What Claude Code loses or gains behind a gateway
      </SectionLabel>
      <table className={styles.features} aria-labelledby="features-label">
        <thead>
          <tr>
            <th scope="col">Feature</th>
            <th scope="col">Here</th>
            <th scope="col">Why</th>
          </tr>
        </thead>
        <tbody>
          {sortFeatures(claude.features).map((feature) => (
            <tr key={feature.id}>
              <th scope="row">{feature.feature}</th>
              <td className={styles.featureState} data-state={feature.state}>
                {nameFeatureState(feature.state)}
              </td>
              <td>
                {feature.why}
                <span className={pageStyles.quiet}>
                  {' '}
                  {[describeSince(feature.since), feature.source].filter((part) => part !== null).join(', ')}
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
