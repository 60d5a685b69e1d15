// Claude's models as clouds offer them, under Anthropic's names, and how those names are read.
import type { KnownModel } from '../provider.ts';

const model = (
  id: string,
  name: string,
  contextWindow: number | null,
  maxOutputTokens: number,
): KnownModel => ({ id, name, contextWindow, maxOutputTokens });

/** Newest first. A window that nobody has published is left open. */
export const claudeModels: readonly KnownModel[] = [
  model('claude-opus-5-5', 'Claude Opus 5.5', null, 128_000),
  model('claude-sonnet-5-5', 'Claude Sonnet 5.5', null, 128_000),
  model('claude-haiku-5-5', 'Claude Haiku 5.5', null, 128_000),
  model('claude-fable-5', 'Claude Fable 5', 1_000_000, 128_000),
  model('claude-sonnet-5', 'Claude Sonnet 5', 1_000_000, 128_000),
  model('claude-opus-4-8', 'Claude Opus 4.8', 1_000_000, 128_000),
  model('claude-opus-4-7', 'Claude Opus 4.7', 1_000_000, 128_000),
  model('claude-opus-4-6', 'Claude Opus 4.6', 1_000_000, 128_000),
  model('claude-sonnet-4-6', 'Claude Sonnet 4.6', 1_000_000, 64_000),
  model('claude-opus-4-5', 'Claude Opus 4.5', 200_000, 64_000),
  model('claude-sonnet-4-5', 'Claude Sonnet 4.5', 200_000, 64_000),
  model('claude-haiku-4-5', 'Claude Haiku 4.5', 200_000, 64_000),
];

/** Dates of models that clouds know by a dated name only. */
const releaseDates: Readonly<Record<string, string>> = {
  'claude-opus-4-5': '20251101',
  'claude-sonnet-4-5': '20250929',
  'claude-haiku-4-5': '20251001',
  'claude-opus-4-1': '20250805',
  'claude-opus-4-0': '20250514',
  'claude-opus-4': '20250514',
  'claude-sonnet-4-0': '20250514',
  'claude-sonnet-4': '20250514',
  'claude-3-7-sonnet': '20250219',
  'claude-3-5-haiku': '20241022',
  'claude-3-5-sonnet': '20241022',
  'claude-3-haiku': '20240307',
};

export interface ClaudeName {
  /** Without a date, like `claude-opus-4-5`. */
  readonly base: string;
  /** Eight digits; null for models that have none. */
  readonly date: string | null;
}

/** Reads Anthropic's spellings and Vertex's; null for what is no Claude name by itself. */
export function readClaudeName(name: string): ClaudeName | null {
  const match = /^(claude-[a-z0-9-]+?)(?:[-@](\d{8})|-latest|@(?:default|latest))?$/.exec(name);
  const base = match?.[1];
  if (base === undefined) return null;
  // The dated names of these two have no minor version.
  const plain = base.replace(/^(claude-(?:opus|sonnet)-4)-0$/, '$1');
  return { base: plain, date: match?.[2] ?? releaseDates[plain] ?? null };
}
