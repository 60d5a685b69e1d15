// Writes docs/fidelity.md, which says of every rule of translation and of the gateway contract where it holds and which
// tests hold it: `node scripts/fidelity.ts`. It reads the names of the tests and nothing else; the rules are in
// test/fixtures/fidelity/rules.json.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { z } from 'zod';

const root = join(import.meta.dirname, '..');
export const documentPath = join(root, 'docs/fidelity.md');

const Rules = z.array(z.strictObject({ id: z.string().regex(/^[PT]\d+$/), meaning: z.string().min(10) }));
export type Rule = z.infer<typeof Rules>[number];

/** Rules that no test names, and why that is right. */
export const notApplicable: Readonly<Record<string, string>> = {
  T3: 'no messages are written for Claude; those of the client pass as they are.',
  T5: 'no messages are written for Claude; those of the client pass as they are.',
  ...Object.fromEntries(
    ['T60', 'T61', 'T62', 'T63', 'T64', 'T65', 'T66', 'T67', 'T68'].map((id) => [
      id,
      'there is no face for clients of OpenAI’s vocabulary.',
    ]),
  ),
};

export interface NamedTest {
  /** Path from the project's root, with slashes. */
  readonly file: string;
  /** Its own name, without the rules in front. */
  readonly name: string;
  readonly rules: readonly string[];
}

/** Ids in a name, ranges like `T163–T167` spelled out. */
export function rulesIn(name: string, known: ReadonlySet<string>): string[] {
  const found = new Set<string>();
  for (const [, kind = '', from = '', to] of name.matchAll(/\b([PT])(\d+)(?:[–-][PT]?(\d+))?\b/g)) {
    for (let number = Number(from); number <= Number(to ?? from); number++) {
      const id = `${kind}${number}`;
      // A range spans numbers that no rule has; a single one is meant.
      if (to === undefined || known.has(id)) found.add(id);
    }
  }
  return [...found];
}

const testWords = new Set(['describe', 'it', 'test']);

/** `it` of `it(…)`, `it.skipIf(…)(…)` and `it.each(…)(…)`; null for other calls. */
function wordOf(callee: ts.Expression): string | null {
  if (ts.isIdentifier(callee)) return testWords.has(callee.text) ? callee.text : null;
  if (ts.isPropertyAccessExpression(callee)) return wordOf(callee.expression);
  if (ts.isCallExpression(callee)) return wordOf(callee.expression);
  return ts.isTaggedTemplateExpression(callee) ? wordOf(callee.tag) : null;
}

function textOf(node: ts.Expression | undefined): string | null {
  if (node === undefined) return null;
  if (ts.isStringLiteralLike(node)) return node.text;
  if (!ts.isTemplateExpression(node)) return null;
  return node.head.text + node.templateSpans.map(({ literal }) => `…${literal.text}`).join('');
}

function testsIn(file: string, text: string, known: ReadonlySet<string>): NamedTest[] {
  const wholeFile = rulesIn(openingComment(text), known);
  const found: NamedTest[] = [{ file, name: 'the whole file', rules: wholeFile }];
  const visit = (node: ts.Node, groups: readonly string[]): void => {
    const word = ts.isCallExpression(node) ? wordOf(node.expression) : null;
    const own = ts.isCallExpression(node) && word !== null ? textOf(node.arguments[0]) : null;
    const inner = own === null ? groups : [...groups, own];
    if (own !== null && word !== 'describe') {
      const name = own.replace(/^(?:(?:[PTB]\d+(?:[–-][PTB]?\d+)?|traps? \d+)(?:, |: ))+/, '');
      found.push({ file, name, rules: rulesIn(inner.join(' '), known) });
    }
    ts.forEachChild(node, (child) => visit(child, inner));
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), []);
  return found;
}

export function readRules(): Rule[] {
  return Rules.parse(JSON.parse(readFileSync(join(root, 'test/fixtures/fidelity/rules.json'), 'utf8')));
}

/** The comment that opens a file: the rules it names are held by the file as a whole. */
function openingComment(text: string): string {
  return /^(?:\/\/.*\r?\n)+/.exec(text)?.[0] ?? '';
}

/** All tests of the project that name a rule. */
export function readTests(rules: readonly Rule[]): NamedTest[] {
  const known = new Set(rules.map(({ id }) => id));
  return readdirSync(join(root, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.test\.tsx?$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .toSorted()
    .flatMap((path) => testsIn(relative(root, path).split(sep).join('/'), readFileSync(path, 'utf8'), known))
    .filter((test) => test.rules.length > 0);
}

const places = [
  ['translation', /^test\/(gateway\/translation|upstreams)\//],
  ['Responses', /^test\/gateway\/providers\/(openai|xai)\//],
  [
    'Chat',
    /^test\/gateway\/providers\/(deepseek|groq|lm-studio|mistral|moonshot|ollama|openai|openai-compatible|openrouter|zai)\//,
  ],
  ['Azure', /^test\/gateway\/providers\/azure-openai\//],
  ['Gemini', /^test\/gateway\/providers\/(google|vertex-gemini)\//],
  ['Converse', /^test\/gateway\/providers\/bedrock-converse\//],
  [
    'Claude elsewhere',
    /^test\/(flows\/claude-elsewhere|gateway\/providers\/(bedrock|claude-elsewhere|foundry|vertex)\/)/,
  ],
] as const;

/** Suites that every translated family goes through, over sockets or from end to end in process. */
const allFamilies = /^test\/(flows\/translated-families|gateway\/translation\/round-trip)\.test\.ts$/;
const familyPlaces: ReadonlySet<string> = new Set(['Responses', 'Chat', 'Azure', 'Gemini', 'Converse']);
const GATEWAY = 'gateway';

function placesOf(file: string): string[] {
  if (allFamilies.test(file)) return ['translation', ...familyPlaces];
  const own = places.filter(([, pattern]) => pattern.test(file)).map(([name]) => name as string);
  // Parts that all translated providers share.
  if (own.length === 0 && /^test\/gateway\/providers\/translated\//.test(file)) return ['translation'];
  return own.length === 0 ? [GATEWAY] : own;
}

const escaped = (text: string): string =>
  text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll('\n', ' ');

export function writeDocument(rules: readonly Rule[], tests: readonly NamedTest[]): string {
  const columns = [...places.map(([name]) => name as string), GATEWAY];
  const rows = rules.map(({ id, meaning }) => {
    const holding = new Set(
      tests.filter((test) => test.rules.includes(id)).flatMap(({ file }) => placesOf(file)),
    );
    const reason = notApplicable[id];
    const cells = columns.map((column) => (holding.has(column) ? '●' : ''));
    const said =
      reason === undefined ? escaped(meaning) : `${escaped(meaning)} *Not applicable: ${escaped(reason)}*`;
    return `| ${id} | ${said} | ${cells.join(' | ')} |`;
  });
  const lists = rules.flatMap(({ id }) => {
    const own = tests.filter((test) => test.rules.includes(id));
    if (own.length === 0) return [];
    const files = [...new Set(own.map(({ file }) => file))];
    const lines = files.flatMap((file) => [
      `- [${file.replace(/^test\//, '')}](../${file})`,
      ...own.filter((test) => test.file === file).map(({ name }) => `  - ${escaped(name)}`),
    ]);
    return [`### ${id}`, '', ...lines, ''];
  });
  return [
    '# Fidelity',
    '',
    'What a request or an answer keeps on its way through Tollgate, rule by rule, and the tests that hold it. P rules are',
    'what Claude Code expects of any gateway, T rules how one vocabulary becomes another. This file is written from the',
    'names of the tests by `node scripts/fidelity.ts`; a test fails while it is stale, and while a rule is held by none.',
    '',
    '● a test names the rule there. *translation*: the parts all providers share. *Responses* OpenAI and xAI, *Chat* every',
    'server of Chat Completions, *Azure*, *Gemini* AI Studio and Vertex, *Converse* Bedrock; a suite that all families go',
    'through counts for each. *Claude elsewhere*: Bedrock, Vertex, Foundry and Claude Platform on AWS in Claude’s own',
    'vocabulary. *gateway*: the door, routing, relaying, the ledger and taking Claude Code over.',
    '',
    `| rule | says | ${columns.join(' | ')} |`,
    `| --- | --- | ${columns.map(() => ':-:').join(' | ')} |`,
    ...rows,
    '',
    '## Tests by rule',
    '',
    ...lists,
  ]
    .join('\n')
    .replace(/\n+$/, '\n');
}

if (import.meta.main) {
  const rules = readRules();
  writeFileSync(documentPath, writeDocument(rules, readTests(rules)));
}
