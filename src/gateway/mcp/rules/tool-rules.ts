// Which rule holds for a tool: the most exact pattern that fits its name, the stricter one of two equally exact. Pure.
import type { ToolRule } from '../../../contract/mcp.ts';

/** Without any fitting pattern a tool of a server the user added may be used. */
const DEFAULT_RULE: ToolRule = 'allow';
const strictness: Readonly<Record<ToolRule, number>> = { allow: 0, ask: 1, deny: 2 };

export interface RuleDecision {
  readonly rule: ToolRule;
  /** The pattern that decided; null when none fits. */
  readonly pattern: string | null;
}

/** `patterns`: glob over the server's own tool name → rule; `*` stands for any run of characters. */
export function decideTool(patterns: Readonly<Record<string, ToolRule>>, tool: string): RuleDecision {
  let best: RuleDecision | null = null;
  for (const [pattern, rule] of Object.entries(patterns)) {
    if (!fits(pattern, tool)) continue;
    if (best === null || isStronger({ rule, pattern }, best)) best = { rule, pattern };
  }
  return best ?? { rule: DEFAULT_RULE, pattern: null };
}

function isStronger(one: RuleDecision, other: RuleDecision): boolean {
  const difference = exactness(one.pattern ?? '') - exactness(other.pattern ?? '');
  return difference > 0 || (difference === 0 && strictness[one.rule] > strictness[other.rule]);
}

/** A name without `*` is more exact than any pattern; among patterns, the one that says more letters. */
function exactness(pattern: string): number {
  const letters = pattern.replaceAll('*', '').length;
  return pattern.includes('*') ? letters : letters + 1_000_000;
}

/** Linear in the text: each part between stars is looked for behind the one before. */
function fits(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  if (!text.startsWith(first)) return false;
  const last = rest.pop() ?? '';
  let at = first.length;
  for (const part of rest) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
