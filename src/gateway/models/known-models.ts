// What is known of models without asking a provider: names, context windows, output limits, abilities. Shipped as data,
// dated, and found under any of a name's spellings; what a provider says of itself comes before it.
import { z } from 'zod';
import { spellingsOf } from './model-names.ts';
import shippedFile from './known-models.json' with { type: 'json' };

const tokens = z.int().positive();

export const KnownModelRow = z.strictObject({
  id: z.string(),
  /** Who makes or hosts it. */
  vendor: z.string(),
  name: z.string(),
  contextWindow: tokens,
  maxOutputTokens: tokens.nullable(),
  images: z.boolean(),
  pdf: z.boolean(),
  tools: z.boolean(),
  reasoning: z.boolean(),
  released: z.iso.date().nullable(),
});
export type KnownModelRow = z.infer<typeof KnownModelRow>;

/** Where a provider type's vendor has another name than the type. */
const vendors: Readonly<Record<string, string>> = {
  'azure-openai': 'azure',
  foundry: 'azure',
  'vertex-gemini': 'google',
  vertex: 'google-vertex',
  bedrock: 'amazon-bedrock',
  'bedrock-converse': 'amazon-bedrock',
  'claude-platform-aws': 'anthropic',
  moonshot: 'moonshotai',
};

/** Vendors that make models; others host them. */
export const makers: readonly string[] = [
  'anthropic',
  'openai',
  'google',
  'xai',
  'mistral',
  'deepseek',
  'moonshotai',
  'zai',
  'minimax',
  'alibaba',
];

const byVendor = new Map<string, Map<string, KnownModelRow>>();
/** The first row of each spelling: those of the model's maker come before those of hosts. */
const byName = new Map<string, KnownModelRow>();

// Its script and a test check every row; a start has no time for it.
const rows: readonly KnownModelRow[] = shippedFile.rows;
for (const row of rows.toSorted(
  (a, b) => Number(makers.includes(b.vendor)) - Number(makers.includes(a.vendor)),
)) {
  const own = byVendor.get(row.vendor) ?? new Map<string, KnownModelRow>();
  byVendor.set(row.vendor, own);
  const spellings = spellingsOf(row.id);
  // `~openai/gpt-latest` is a pointer of a router; nobody means it by "gpt".
  for (const name of row.id.startsWith('~') ? spellings.slice(0, 1) : spellings) {
    if (!own.has(name)) own.set(name, row);
    if (!byName.has(name)) byName.set(name, row);
  }
}

/** `type`: a provider type or a vendor. Null when nothing is known. */
export function knownModel(type: string, id: string): KnownModelRow | null {
  const vendor = vendors[type] ?? type.replace(/-anthropic$/, '');
  const own = byVendor.get(vendor) ?? byVendor.get(vendors[vendor] ?? '');
  const names = spellingsOf(id);
  for (const name of names) {
    const row = own?.get(name);
    if (row !== undefined) return row;
  }
  for (const name of names) {
    const row = byName.get(name);
    if (row !== undefined) return row;
  }
  return null;
}

/** Older models are still known, and not worth offering. */
const CURRENT_MS = 400 * 86_400_000;

/** Current models of a vendor, the newest first; those whose age nobody wrote down are left out. */
export function modelsOfVendor(type: string): readonly KnownModelRow[] {
  const vendor = vendors[type] ?? type;
  const dated = rows
    .flatMap((row) =>
      row.vendor === vendor && row.released !== null ? [{ row, released: row.released }] : [],
    )
    .toSorted((a, b) => b.released.localeCompare(a.released));
  const newest = Date.parse(dated[0]?.released ?? '');
  return dated.filter(({ released }) => newest - Date.parse(released) < CURRENT_MS).map(({ row }) => row);
}
