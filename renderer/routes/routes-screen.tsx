// Routes: which request goes where. The rules in words and in order, what stands above them, and an answer to "Where
// would this go?".
import { PageHead } from '../components/page.tsx';
import pageStyles from '../components/page.module.css';
import { SectionLabel } from '../components/section-label.tsx';
import { explainError } from '../control-actions.tsx';
import { ExplainRoute } from './explain-route.tsx';
import { OnlyClaude, PinList } from './held-to.tsx';
import { Rules } from './rules.tsx';
import { useRoutes } from './use-routes.ts';

export function RoutesScreen() {
  const routes = useRoutes();
  return (
    <div className={pageStyles.page} data-columns>
      <PageHead title="Routes" />
      <div>
        <section className={pageStyles.section} aria-labelledby="rules-label">
          <SectionLabel id="rules-label" aside="the first that fits decides">
            Rules
          </SectionLabel>
          {routes.error !== null && <p role="alert">{explainError(routes.error)}</p>}
          {routes.isPending && <p>Reading the rules.</p>}
          {routes.data !== undefined && <Rules view={routes.data} />}
        </section>
      </div>
      <div className={pageStyles.side}>
        <ExplainRoute />
        {routes.data !== undefined && (
          <>
            <OnlyClaude view={routes.data} />
            <PinList view={routes.data} />
          </>
        )}
      </div>
    </div>
  );
}
