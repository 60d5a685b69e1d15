// Today's tokens by billing class, never lumped together, and how much of the input the cache answered.
import type { MeterView } from '../../src/contract/rows.ts';
import { SectionLabel } from '../components/section-label.tsx';
import { formatExactCount, formatShare, formatTokens } from '../format/tokens.ts';
import { listTokenClasses, measureCacheHits } from '../exchanges/token-classes.ts';
import styles from './tokens-today.module.css';

export function TokensToday({ meter }: { readonly meter: MeterView }) {
  const hits = measureCacheHits(meter.today);
  return (
    <section aria-labelledby="tokens-label">
      <SectionLabel
        id="tokens-label"
        aside={
          <span title="Cache reads as a share of all input">
            {hits === null ? 'cache hits: no input yet' : `cache hits ${formatShare(hits)}`}
          </span>
        }
      >
        Tokens today
      </SectionLabel>
      <dl className={styles.classes}>
        {listTokenClasses(meter.today).map((tokenClass) => (
          <div key={tokenClass.key} className={styles.tokenClass}>
            <dt>{tokenClass.label}</dt>
            <dd
              title={`${formatExactCount(tokenClass.count)} tokens`}
              data-testid={`tokens-${tokenClass.key}`}
            >
              {formatTokens(tokenClass.count)}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
