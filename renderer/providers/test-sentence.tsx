// What a provider test found: a dot, and the gateway's own sentence.
import type { ProviderTestResult } from '../../src/contract/vault.ts';
import { Dot } from '../components/dot.tsx';
import type { DotKind } from '../shell/describe-state.ts';
import styles from './providers.module.css';

/** Green for a proof, hollow where nothing was tried, red where it would not work. */
export function testDot(test: ProviderTestResult): DotKind {
  if (test.ok) return 'ready';
  return test.outcome === 'needs-message' || test.outcome === 'not-testable' ? 'off' : 'stopped';
}

export function TestSentence({ test }: { readonly test: ProviderTestResult }) {
  return (
    <p className={styles.test} data-testid="test-sentence">
      <Dot kind={testDot(test)} />
      <span>{test.sentence}</span>
    </p>
  );
}
