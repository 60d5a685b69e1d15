// Tollgate's mark, a toll bar raised over a line, cut out of assets/mark.svg in the colour of the text around it.
import styles from './mark.module.css';

/** Decoration beside the name; hidden from screen readers. */
export function Mark() {
  return <span className={styles.mark} aria-hidden="true" />;
}
