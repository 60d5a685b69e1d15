// Generated settings files: any document Claude Code would accept, in any layout a person or a program might give it,
// and edits that others make to it.
import fc from 'fast-check';
import { applyEdits, modify } from 'jsonc-parser';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Settings = Record<string, Json>;

const plainName = fc.constantFrom(
  'hooks',
  'permissions',
  'enabledPlugins',
  'statusLine',
  'model',
  'x y',
  'ä"\\',
  '7',
  'apiKeyHelper',
);
const envName = fc.constantFrom('A', 'HTTP_PROXY', 'MY_TOKEN', 'ANTHROPIC_API_KEY', 'DISABLE_X');
const ourName = fc.constantFrom(
  'ANTHROPIC_BASE_URL',
  'ANTHROPIC_AUTH_TOKEN',
  'ENABLE_TOOL_SEARCH',
  'CLAUDE_CODE_ENABLE_GATEWAY_MODEL_DISCOVERY',
  'CLAUDE_CODE_GATEWAY_HINT_HEADERS',
);
const scalar: fc.Arbitrary<Json> = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom(
    '',
    'line\nbreak',
    '\\',
    '"',
    '// no comment',
    '/*',
    'a,}',
    '\u2028',
    '😀',
    'https://proxy.example:8080/x',
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const value: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.oneof(plainName, fc.constant('env')), tie('value'), {
      maxKeys: 3,
      noNullPrototype: true,
    }),
  ),
})).value;

const env = fc.dictionary(
  fc.oneof(envName, ourName),
  fc.oneof(scalar, fc.constantFrom('http://127.0.0.1:3456', 'sk-real')),
  {
    maxKeys: 5,
    noNullPrototype: true,
  },
);

export const settings: fc.Arbitrary<Settings> = fc
  .tuple(fc.dictionary(plainName, value, { maxKeys: 4, noNullPrototype: true }), fc.option(env), fc.boolean())
  .map(([others, ownEnv, first]) => {
    if (ownEnv === null) return others;
    return first ? { env: ownEnv, ...others } : { ...others, env: ownEnv };
  });

const space = fc.constantFrom('', '', ' ', '  ', '\n', '\n  ', '\n\t', '\r\n  ', '\n\n    ', ' \n ');

/** The same document with the given white space between its tokens, used in turn. */
function printLoosely(document: Json, spaces: readonly string[]): string {
  let at = 0;
  const gap = (): string => (spaces.length === 0 ? '' : (spaces[at++ % spaces.length] ?? ''));
  const print = (node: Json): string => {
    if (Array.isArray(node)) return `[${gap()}${node.map(print).join(`${gap()},${gap()}`)}${gap()}]`;
    if (typeof node !== 'object' || node === null) return JSON.stringify(node);
    const entries = Object.entries(node).map(
      ([key, child]) => `${JSON.stringify(key)}${gap()}:${gap()}${print(child)}`,
    );
    return `{${gap()}${entries.join(`${gap()},${gap()}`)}${gap()}}`;
  };
  return gap() + print(document) + gap();
}

const layout: fc.Arbitrary<(document: Json) => string> = fc.oneof(
  fc
    .constantFrom<string | number>(2, 4, '\t', 0)
    .map((indent) => (document: Json) => JSON.stringify(document, null, indent)),
  fc.array(space, { maxLength: 7 }).map((spaces) => (document: Json) => printLoosely(document, spaces)),
);

/** Text of a settings file; null stands for one that does not exist. */
export const settingsText: fc.Arbitrary<string | null> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, '', '\n', '{}', '{ }\n', '{"env":{}}', '{\n  "env": { }\n}', '\uFEFF{}'),
  },
  {
    weight: 9,
    arbitrary: fc
      .record({
        document: settings,
        print: layout,
        crlf: fc.boolean(),
        mark: fc.boolean(),
        end: fc.constantFrom('', '\n', '\n\n'),
      })
      .map(({ document, print, crlf, mark, end }) => {
        const text = print(document) + end;
        return (mark ? '\uFEFF' : '') + (crlf ? text.replace(/\r?\n/g, '\r\n') : text);
      }),
  },
);

export interface ForeignEdit {
  readonly what: string;
  /** Applied to the connected file and to the original alike. */
  apply(text: string): string;
  /** True when the edit touches nothing but the text of one value, so that both results must agree to the byte. */
  readonly keepsLayout: boolean;
}

const change = (text: string, path: string[], next: unknown): string => {
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const body = text.slice(mark.length);
  const filled = body.trim() === '' ? '{}' : body;
  return mark + applyEdits(filled, modify(filled, path, next, {}));
};

const holds = (text: string, name: string): boolean =>
  text.trim() !== '' && Object.hasOwn(JSON.parse(text.replace(/^\uFEFF/, '')) as object, name);

/** Edits of everything but Tollgate's own keys. */
export const foreignEdit: fc.Arbitrary<ForeignEdit> = fc.oneof(
  fc.tuple(plainName, scalar).map(([name, next]) => ({
    what: `value of ${name}`,
    apply: (text: string) => (holds(text, name) ? change(text, [name], next) : text),
    keepsLayout: true,
  })),
  fc.tuple(plainName, value).map(([name, next]) => ({
    what: `set ${name}`,
    apply: (text: string) => change(text, [name], next),
    keepsLayout: false,
  })),
  plainName.map((name) => ({
    what: `remove ${name}`,
    apply: (text: string) => (holds(text, name) ? change(text, [name], undefined) : text),
    keepsLayout: false,
  })),
  fc.tuple(envName, fc.string()).map(([name, next]) => ({
    what: `set env.${name}`,
    apply: (text: string) => change(text, ['env', name], next),
    keepsLayout: false,
  })),
  fc.constant({
    what: 'lay out anew',
    apply: (text: string) =>
      text.trim() === '' ? text : JSON.stringify(JSON.parse(text.replace(/^\uFEFF/, '')), null, 2),
    keepsLayout: false,
  }),
);

/** The settings in a text, an empty `env` counting as none; null for no file. */
export function meaningOf(text: string | null): unknown {
  if (text === null) return null;
  const body = text.replace(/^\uFEFF/, '');
  const { env: own, ...others } = (body.trim() === '' ? {} : JSON.parse(body)) as { env?: object };
  return own === undefined || Object.keys(own).length === 0 ? others : { ...others, env: own };
}
