// What was found about Claude Code on this computer: folder, version, sign-in, managed settings, and everything that
// decides where its requests go.
import type { ClaudeInspection } from '../../src/contract/doctor.ts';
import { FactList } from '../components/fact-list.tsx';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import {
  describeFolder,
  describeProjects,
  describeSetting,
  describeStanding,
  describeVersion,
  groupByPlace,
  type RoutePlace,
} from './describe-found.ts';
import styles from './take-over.module.css';

function Folders({ inspection }: { readonly inspection: ClaudeInspection }) {
  const folders = [...inspection.folders].sort((left, right) => Number(right.current) - Number(left.current));
  return folders.map((folder) => (
    <span key={folder.path} className={styles.fact}>
      <span className={pageStyles.path}>{folder.path}</span>
      <span className={pageStyles.quiet}>
        {folder.current ? describeFolder(folder) : `also there: ${describeFolder(folder)}`}
        {folder.note !== null && ` ${folder.note}`}
      </span>
    </span>
  ));
}

function Programs({ inspection }: { readonly inspection: ClaudeInspection }) {
  return (
    <>
      <span>{describeVersion(inspection)}</span>
      {inspection.programs.map((program) => (
        <span key={program.path} className={pageStyles.quiet}>
          {program.path}
          {inspection.programs.length > 1 && program.version !== null && `, ${program.version}`}
          {program.first && inspection.programs.length > 1 && ', started first'}
          {program.problem !== null && ` ${program.problem}`}
        </span>
      ))}
    </>
  );
}

function ManagedRules({ inspection }: { readonly inspection: ClaudeInspection }) {
  const { rules, places } = inspection.managed;
  if (places.length === 0) return 'none on this computer';
  return (
    <>
      {places.map((place) => (
        <span key={place} className={pageStyles.path}>
          {place}
        </span>
      ))}
      {rules.length === 0 && <span>Nothing in them stands in the way.</span>}
      {rules.map((rule) => (
        <span key={`${rule.place} ${rule.name}`}>
          <strong>{rule.name}</strong>: {rule.why}
        </span>
      ))}
    </>
  );
}

function Place({ place }: { readonly place: RoutePlace }) {
  return (
    <li className={styles.route}>
      <span className={pageStyles.path}>{place.path}</span>
      <ul className={styles.routeNames}>
        {place.routes.map((route) => {
          const standing = describeStanding(route);
          return (
            <li key={`${route.name} ${route.project ?? ''}`} data-wins={route.wins ? true : undefined}>
              <span className={styles.routeName}>{describeSetting(route)}</span>
              {standing !== null && <p className={pageStyles.quiet}>{standing}</p>}
            </li>
          );
        })}
      </ul>
    </li>
  );
}

export function FoundFacts({ inspection }: { readonly inspection: ClaudeInspection }) {
  const projects = describeProjects(inspection);
  return (
    <>
      <SectionLabel id="found-label">What was found</SectionLabel>
      <FactList
        facts={[
          { label: 'Folder', value: <Folders inspection={inspection} /> },
          { label: 'Version', value: <Programs inspection={inspection} /> },
          { label: 'Signed in', value: inspection.signIn.note },
          { label: 'Managed', value: <ManagedRules inspection={inspection} /> },
          ...(projects === null ? [] : [{ label: 'Projects', value: projects }]),
        ]}
      />
      <section aria-labelledby="routes-label" className={styles.routes}>
        <SectionLabel id="routes-label">Who routes it, strongest first</SectionLabel>
        {inspection.routes.length === 0 ? (
          <p className={pageStyles.quiet}>Nobody: Claude Code uses its own defaults.</p>
        ) : (
          <ul className={pageStyles.rows}>
            {groupByPlace(inspection.routes).map((place) => (
              <Place key={place.path} place={place} />
            ))}
          </ul>
        )}
      </section>
      {inspection.gaps.map((gap) => (
        <p key={gap} className={pageStyles.quiet}>
          Not looked at: {gap}
        </p>
      ))}
    </>
  );
}
