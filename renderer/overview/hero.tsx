// The number: what was spent, counting up while an answer streams. A click turns it from today to this session to
// this month. What is settled and what is still an estimate is said beneath it.
import { useLocalStorage } from '@mantine/hooks';
import { IconArrowsExchange } from '@tabler/icons-react';
import { useCountUp } from '../components/use-count-up.ts';
import { formatHeroMoney } from '../format/money.ts';
import { useLive } from '../live/use-live.ts';
import type { MeterView } from '../../src/contract/rows.ts';
import {
  chooseHeroFigure,
  describeOrigin,
  describePractice,
  heroSpans,
  nextSpan,
  type HeroFigure,
  type HeroSpan,
} from './hero-figure.ts';
import { useSessionTotals } from './use-session-totals.ts';
import styles from './hero.module.css';

const spanWords: Record<HeroSpan, string> = { today: 'today', session: 'this session', month: 'this month' };

interface HeroNumberProps {
  readonly figure: HeroFigure;
}

/** `<data value>` carries the exact nano-dollars of what is shown. */
function HeroNumber({ figure }: HeroNumberProps) {
  const target = figure.settledNanoUsd + figure.liveNanoUsd;
  const shown = useCountUp(target, figure.span);
  const money = formatHeroMoney(shown);
  return (
    <data className={styles.number} value={shown} data-testid="hero-number">
      {money.main}
      {money.fine !== '' && <span className={styles.fine}>{money.fine}</span>}
    </data>
  );
}

export function Hero({ meter }: { readonly meter: MeterView }) {
  const [chosen, setChosen] = useLocalStorage<HeroSpan>({
    key: 'tollgate-hero-span',
    defaultValue: 'today',
    getInitialValueInEffect: false,
    deserialize: (text) => heroSpans.find((span) => JSON.stringify(span) === text) ?? 'today',
  });
  const session = useSessionTotals(chosen === 'session');
  const rows = useLive((state) => state.rows);
  const figure = chooseHeroFigure(chosen, meter, session);
  const next = nextSpan(
    figure.span,
    rows.some((row) => row.sessionId !== null),
  );
  const practice = describePractice(meter, rows);
  return (
    <div className={styles.hero}>
      <button
        type="button"
        className={styles.heroButton}
        title={`Show ${spanWords[next]}`}
        onClick={() => setChosen(next)}
      >
        <HeroNumber figure={figure} />
        <span className={styles.span}>
          {figure.label}
          <IconArrowsExchange className={styles.spanIcon} size={16} stroke={1.5} aria-hidden="true" />
        </span>
      </button>
      <p
        className={styles.origin}
        data-testid="hero-origin"
        data-live={figure.liveNanoUsd > 0 ? true : undefined}
      >
        {describeOrigin(figure)}
      </p>
      {practice !== null && figure.span === 'today' && (
        <p className={styles.practice} data-testid="practice-note">
          {practice}
        </p>
      )}
    </div>
  );
}
