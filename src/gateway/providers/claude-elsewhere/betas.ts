// Which of Anthropic's beta names a place is sent. A name is compared by what stands before its date, since the same beta
// comes with new dates (T153); unknown ones are sent, or kept back where only Anthropic itself would know them. Pure.
import { isNamed } from '../request-headers.ts';

export interface BetaRules {
  /** Betas that the place takes, without their dates. */
  readonly known: readonly string[];
  /** Never sent; the fields that belong to them go as well (P4). */
  readonly refused: readonly string[];
  /** Not sent, but the fields work without them. */
  readonly silent: readonly string[];
  /** Sent under another full name. */
  readonly renamed: Readonly<Record<string, string>>;
  /** What happens to a beta that is in none of these lists. */
  readonly unknown: 'send' | 'keep-back';
}

/** `context-1m-2025-08-07` → `context-1m`. */
export const bareBeta = (beta: string): string => beta.replace(/-\d{4}-?\d{2}-?\d{2}$/, '');

/** All betas of a request's headers, each once, in their order. */
export function betasOf(headers: readonly string[]): string[] {
  const betas = new Set<string>();
  for (let index = 0; index + 1 < headers.length; index += 2) {
    if (!isNamed(headers[index] as string, 'anthropic-beta')) continue;
    for (const beta of (headers[index + 1] as string).split(',')) {
      if (beta.trim() !== '') betas.add(beta.trim());
    }
  }
  return [...betas];
}

export interface SortedBetas {
  readonly sent: readonly string[];
  /** Bare names of those that were kept back together with what belongs to them. */
  readonly dropped: ReadonlySet<string>;
}

/** `denied`: bare names the place has refused before, for this model. */
export function sortBetas(
  betas: readonly string[],
  rules: BetaRules,
  denied: ReadonlySet<string>,
): SortedBetas {
  const sent = new Set<string>();
  const dropped = new Set<string>();
  for (const beta of betas) {
    const asked = bareBeta(beta);
    const name = rules.renamed[asked] ?? beta;
    const bare = bareBeta(name);
    if (rules.silent.includes(asked)) continue;
    const isRefused = rules.refused.includes(asked) || denied.has(bare) || denied.has(asked);
    const isKeptBack = rules.unknown === 'keep-back' && !rules.known.includes(bare);
    if (isRefused || isKeptBack) dropped.add(asked).add(bare);
    else sent.add(name);
  }
  return { sent: [...sent], dropped };
}
