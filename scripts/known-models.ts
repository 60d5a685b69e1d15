// Writes src/gateway/models/known-models.json, what is known of models without asking a provider, from data files on
// disk: `node scripts/known-models.ts MODELS_DEV_JSON LITELLM_JSON`. Needs no network. Models that neither file has are
// in `restated`, with where the figures stand.
import { readFileSync, writeFileSync } from 'node:fs';
import { KnownModelRow, makers } from '../src/gateway/models/known-models.ts';
import { spellingsOf } from '../src/gateway/models/model-names.ts';

interface ModelsDevModel {
  readonly name?: string;
  readonly family?: string;
  readonly release_date?: string;
  readonly status?: string;
  readonly reasoning?: boolean;
  readonly tool_call?: boolean;
  readonly base_model?: string;
  readonly limit?: { readonly context?: number; readonly output?: number };
  readonly modalities?: { readonly input?: readonly string[]; readonly output?: readonly string[] };
}

interface LiteLlmModel {
  readonly litellm_provider?: string;
  readonly mode?: string;
  readonly max_input_tokens?: number;
  readonly max_output_tokens?: number;
  readonly supports_vision?: boolean;
  readonly supports_pdf_input?: boolean;
  readonly supports_function_calling?: boolean;
  readonly supports_reasoning?: boolean;
}

type Row = KnownModelRow;

/** Written after the makers: a host's row only where it differs from theirs. */
const hosts = ['groq', 'amazon-bedrock', 'google-vertex', 'azure', 'openrouter'];

/** LiteLLM's names of the vendors, and the prefix of its ids. */
const liteLlmVendors: Readonly<Record<string, readonly [vendor: string, prefix: string]>> = {
  anthropic: ['anthropic', ''],
  openai: ['openai', ''],
  gemini: ['google', 'gemini/'],
  xai: ['xai', 'xai/'],
  mistral: ['mistral', 'mistral/'],
  deepseek: ['deepseek', 'deepseek/'],
  moonshot: ['moonshotai', 'moonshot/'],
  zai: ['zai', 'zai/'],
  groq: ['groq', 'groq/'],
};

const claude5: Omit<Row, 'id' | 'name' | 'released'> = {
  vendor: 'anthropic',
  contextWindow: 1_000_000,
  maxOutputTokens: 128_000,
  images: true,
  pdf: true,
  tools: true,
  reasoning: true,
};

/** From the models overview of platform.claude.com; the days are those from which their prices hold. */
const restated: readonly Row[] = [
  { ...claude5, id: 'claude-fable-5-1', name: 'Claude Fable 5.1', released: '2026-09-01' },
  { ...claude5, id: 'claude-opus-5-5', name: 'Claude Opus 5.5', released: '2026-09-22' },
  { ...claude5, id: 'claude-opus-5', name: 'Claude Opus 5', released: '2026-07-24' },
  { ...claude5, id: 'claude-sonnet-5-5', name: 'Claude Sonnet 5.5', released: '2026-09-28' },
  { ...claude5, id: 'claude-haiku-5-5', name: 'Claude Haiku 5.5', released: '2026-10-07' },
];

function fromModelsDev(vendor: string, id: string, model: ModelsDevModel): Row | null {
  const { limit, modalities } = model;
  const text = modalities?.output === undefined || modalities.output.includes('text');
  const special = /embed|image|tts|audio|whisper|moderation|guard|realtime|voxtral|ocr/i;
  if (!text || special.test(id) || /embed/.test(model.family ?? '') || model.status === 'deprecated')
    return null;
  if (limit?.context === undefined || limit.context < 1) return null;
  const inputs = modalities?.input ?? [];
  return {
    id,
    vendor,
    name: (model.name ?? id).replace(/ \((?:US|EU|AU|JP|Global)\)$/, ''),
    contextWindow: limit.context,
    maxOutputTokens: limit.output === undefined || limit.output < 1 ? null : limit.output,
    images: inputs.includes('image'),
    pdf: inputs.includes('pdf'),
    tools: model.tool_call === true,
    reasoning: model.reasoning === true,
    released: /^\d{4}-\d{2}-\d{2}$/.test(model.release_date ?? '') ? (model.release_date ?? null) : null,
  };
}

function fromLiteLlm(key: string, model: LiteLlmModel): Row | null {
  const [vendor, prefix] = liteLlmVendors[model.litellm_provider ?? ''] ?? [];
  if (vendor === undefined || prefix === undefined || key.startsWith('ft:')) return null;
  if (model.max_input_tokens === undefined || /embed|image|tts|audio|realtime|live|guard/.test(key))
    return null;
  const id = key.startsWith(prefix) ? key.slice(prefix.length) : key;
  return {
    id,
    vendor,
    name: nameFrom(id),
    contextWindow: model.max_input_tokens,
    maxOutputTokens: model.max_output_tokens ?? null,
    images: model.supports_vision === true,
    pdf: model.supports_pdf_input === true,
    tools: model.supports_function_calling === true,
    reasoning: model.supports_reasoning === true,
    released: null,
  };
}

/** `gpt-5.6-luna` → `GPT-5.6 Luna`. */
function nameFrom(id: string): string {
  const words = id.slice(id.lastIndexOf('/') + 1).split(/[-_]/);
  const joined = words
    .map((word) => (word === '' ? '' : (word[0] ?? '').toUpperCase() + word.slice(1)))
    .join(' ');
  return joined.replace(/^(?:Gpt|Glm) /, (word) => `${word.trim().toUpperCase()}-`);
}

const facts = (row: Row): string =>
  JSON.stringify([row.contextWindow, row.maxOutputTokens, row.images, row.pdf, row.tools, row.reasoning]);

function collect(modelsDevPath: string, liteLlmPath: string): Row[] {
  const modelsDev = readJson<{
    providers: Record<string, { models: Record<string, ModelsDevModel> }>;
  }>(modelsDevPath).providers;
  const liteLlm = readJson<{ models: Record<string, LiteLlmModel> }>(liteLlmPath).models;
  const rows: Row[] = [];
  const ofVendor = new Set<string>();
  const ofMakers = new Map<string, string>();
  const add = (row: Row): void => {
    const spellings = spellingsOf(row.id);
    if (spellings.slice(0, 1).some((name) => ofVendor.has(`${row.vendor} ${name}`))) return;
    const isMaker = makers.includes(row.vendor);
    if (!isMaker && spellings.some((name) => ofMakers.get(name) === facts(row))) return;
    // A dated name says nothing that the plain one does not.
    if (spellings.some((name) => ofVendor.has(`${row.vendor} ${name}`) && ofMakers.get(name) === facts(row)))
      return;
    rows.push(row);
    const exact = spellings[0] ?? row.id;
    ofVendor.add(`${row.vendor} ${exact}`);
    if (isMaker && !ofMakers.has(exact)) ofMakers.set(exact, facts(row));
  };
  const addVendor = (vendor: string): void => {
    const models = Object.entries(modelsDev[vendor]?.models ?? {}).sort(([a], [b]) => a.length - b.length);
    for (const [id, model] of models) {
      const row = fromModelsDev(vendor, id, model);
      if (row !== null) add(row);
    }
  };
  restated.forEach(add);
  makers.forEach(addVendor);
  for (const [key, model] of Object.entries(liteLlm).sort(([a], [b]) => a.length - b.length)) {
    const row = fromLiteLlm(key, model);
    if (row !== null) add(row);
  }
  hosts.forEach(addVendor);
  return rows.sort((a, b) => `${a.vendor} ${a.id}`.localeCompare(`${b.vendor} ${b.id}`, 'en'));
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(path, 'utf8')) as T;
}

const [modelsDevPath, liteLlmPath] = process.argv.slice(2);
if (modelsDevPath === undefined || liteLlmPath === undefined) {
  process.stderr.write('usage: node scripts/known-models.ts MODELS_DEV_JSON LITELLM_JSON\n');
  process.exitCode = 2;
} else {
  const { date } = readJson<{ _meta: { date: string } }>(modelsDevPath)._meta;
  const header = {
    date,
    units: 'tokens',
    sources: [
      {
        name: 'models.dev',
        licence: 'MIT, Copyright (c) 2025 spin.dev',
        from: 'https://github.com/anomalyco/models.dev',
      },
      {
        name: 'LiteLLM',
        licence: 'MIT, Copyright (c) 2023 Berri AI',
        from: 'https://github.com/BerriAI/litellm',
      },
      {
        name: 'Models overview',
        licence: 'facts, restated',
        from: 'https://platform.claude.com/docs/en/about-claude/models',
      },
    ],
  };
  const rows = collect(modelsDevPath, liteLlmPath).map(
    (row) => `    ${JSON.stringify(KnownModelRow.parse(row))}`,
  );
  const text = `{\n  "header": ${JSON.stringify(header)},\n  "rows": [\n${rows.join(',\n')}\n  ]\n}\n`;
  writeFileSync(new URL('../src/gateway/models/known-models.json', import.meta.url), text);
}
