// The state dot: filled green, breathing accent, red square-cornered, or hollow, so that shape tells what colour tells.
import type { DotKind } from '../shell/describe-state.ts';
import styles from './dot.module.css';

/** Decoration beside a word that says the same; hidden from screen readers. */
export function Dot({ kind }: { readonly kind: DotKind }) {
  return <span className={styles.dot} data-kind={kind} aria-hidden="true" />;
}
