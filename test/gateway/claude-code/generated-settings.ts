// Generated settings files: any document Claude Code would accept, in any layout a person or a program might give it,
// and edits that others make to it.
import fc from 'fast-check';
import { applyEdits, modify, parse, parseTree } from 'jsonc-parser';
import { commentsOf } from '../../../src/gateway/claude-code/document-gaps.ts';

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
type Settings = Record<string, Json>;

const plainName = fc.constantFrom(
  'permissions',
  'enabledPlugins',
  'mcpServer',
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
  'ANTHROPIC_CUSTOM_HEADERS',
  'NO_PROXY',
  'no_proxy',
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
  fc.oneof(
    scalar,
    fc.constantFrom('http://127.0.0.1:3456', 'sk-real', 'x-team: a\nx-other: b', 'corp.example, localhost'),
  ),
  {
    maxKeys: 5,
    noNullPrototype: true,
  },
);

const command = fc.record({ type: fc.constant('command'), command: fc.constantFrom('echo hi', '~/line.sh') });
const hooks: fc.Arbitrary<Json> = fc.oneof(
  fc.constant<Json>({}),
  fc.record({ Stop: fc.constant<Json>([]) }),
  fc
    .array(fc.record({ matcher: fc.constant('startup'), hooks: fc.array(command, { maxLength: 2 }) }), {
      maxLength: 2,
    })
    .map((groups): Json => ({ SessionStart: groups })),
  // Of a wrong shape: Claude Code skips these alone.
  fc.constantFrom<Json>('none', { SessionStart: {} }),
);

/** Optional entries that have a shape of their own. */
const shaped = fc.record({ hooks, statusLine: command }, { requiredKeys: [], noNullPrototype: true });

export const settings: fc.Arbitrary<Settings> = fc
  .tuple(
    fc.dictionary(plainName, value, { maxKeys: 4, noNullPrototype: true }),
    shaped,
    fc.option(env),
    fc.boolean(),
  )
  .map(([plain, more, ownEnv, first]) => {
    const others = first ? { ...plain, ...more } : { ...more, ...plain };
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
  /** True when the edit changes the text at one place only, so that both results must agree to the byte. */
  keepsLayout(text: string): boolean;
}

const markOf = (text: string): string => (text.startsWith('\uFEFF') ? '\uFEFF' : '');
const bodyOf = (text: string): string => text.slice(markOf(text).length);

const change = (text: string, path: string[], next: unknown): string => {
  const filled = bodyOf(text).trim() === '' ? '{}' : bodyOf(text);
  return markOf(text) + applyEdits(filled, modify(filled, path, next, {}));
};

const holds = (text: string, name: string): boolean =>
  Object.hasOwn((parse(bodyOf(text)) ?? {}) as object, name);

const isFilled = (text: string): boolean => (parseTree(bodyOf(text))?.children?.length ?? 0) > 0;

/** Writes a first entry by hand, as text. */
const prepend = (text: string, name: string, value: number): string =>
  isFilled(text)
    ? text.replace('{', `{\n  ${JSON.stringify(name)}: [ ${value} ],`)
    : change(text, [name], [value]);

/** Edits of everything but Tollgate's own keys. */
export const foreignEdit: fc.Arbitrary<ForeignEdit> = fc.oneof(
  fc.tuple(plainName, scalar).map(([name, next]) => ({
    what: `value of ${name}`,
    apply: (text: string) => (holds(text, name) ? change(text, [name], next) : text),
    keepsLayout: () => true,
  })),
  fc.integer({ min: 0, max: 99 }).map((number) => ({
    what: `a first entry by hand`,
    apply: (text: string) => prepend(text, `first${number}`, number),
    keepsLayout: isFilled,
  })),
  fc.tuple(plainName, value).map(([name, next]) => ({
    what: `set ${name}`,
    apply: (text: string) => change(text, [name], next),
    keepsLayout: () => false,
  })),
  plainName.map((name) => ({
    what: `remove ${name}`,
    apply: (text: string) => (holds(text, name) ? change(text, [name], undefined) : text),
    keepsLayout: () => false,
  })),
  fc.tuple(envName, fc.string({ minLength: 1 })).map(([name, next]) => ({
    what: `set env.${name}`,
    apply: (text: string) => change(text, ['env', name], next),
    keepsLayout: () => false,
  })),
  fc.constant({
    what: 'Claude Code lays it out anew',
    apply: (text: string) =>
      bodyOf(text).trim() === '' ? text : JSON.stringify(JSON.parse(bodyOf(text)), null, 2),
    keepsLayout: () => false,
  }),
);

/** Edits of Tollgate's own keys: the user's value stays from then on, and a key taken out stays out. */
export const ownKeyEdit: fc.Arbitrary<ForeignEdit> = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'ENABLE_TOOL_SEARCH'),
      fc.constantFrom('https://own.example', 'sk-own-key', 'auto:5'),
    )
    .map(([name, next]) => ({
      what: `the user's own ${name}`,
      apply: (text: string) => change(text, ['env', name], next),
      keepsLayout: () => false,
    })),
  fc.constantFrom('ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'ENABLE_TOOL_SEARCH').map((name) => ({
    what: `the user removes ${name}`,
    apply: (text: string) =>
      Object.hasOwn((parse(bodyOf(text)) as { env?: object } | undefined)?.env ?? {}, name)
        ? change(text, ['env', name], undefined)
        : text,
    keepsLayout: () => false,
  })),
);

/** The settings in a text, what is empty counting as absent where Tollgate's entries lie; null for no file. */
export function meaningOf(text: string | null): unknown {
  if (text === null) return null;
  const {
    env: own,
    hooks: ownHooks,
    ...others
  } = (parse(bodyOf(text)) ?? {}) as {
    env?: object;
    hooks?: Record<string, unknown>;
  };
  const isEmpty = (object: unknown): boolean =>
    typeof object === 'object' && object !== null && Object.keys(object).length === 0;
  const groups =
    ownHooks !== undefined && isEmpty(ownHooks['SessionStart'])
      ? Object.fromEntries(Object.entries(ownHooks).filter(([name]) => name !== 'SessionStart'))
      : ownHooks;
  return {
    ...others,
    ...(own === undefined || isEmpty(own) ? {} : { env: own }),
    ...(groups === undefined || isEmpty(groups) ? {} : { hooks: groups }),
  };
}

const comment = fc.constantFrom('// mine', '/* block */', '/* a\n b */', '// "quoted": {', '/*, */');
const VARIABLES = 'claudeCode.environmentVariables';

const variable = fc.record({
  name: fc.constantFrom('FOO', 'ANTHROPIC_BASE_URL', 'ANTHROPIC_AUTH_TOKEN', 'ANTHROPIC_CUSTOM_HEADERS'),
  value: fc.constantFrom('bar', 'https://gateway.example', 'x-team: a', ''),
});

const editorDocument: fc.Arbitrary<Settings> = fc
  .tuple(
    fc.dictionary(fc.constantFrom('editor.fontSize', 'x', 'workbench.theme', 'files.exclude'), value, {
      maxKeys: 4,
      noNullPrototype: true,
    }),
    fc.option(fc.uniqueArray(variable, { maxLength: 3, selector: ({ name }) => name })),
    fc.boolean(),
  )
  .map(([others, variables, first]): Settings => {
    if (variables === null) return others;
    return first ? { [VARIABLES]: variables, ...others } : { ...others, [VARIABLES]: variables };
  });

/** Puts comments and trailing commas into a printed document, at every gap between tokens, as the lists say in turn. */
function decorate(text: string, comments: readonly (string | null)[], commas: readonly boolean[]): string {
  let at = 0;
  let closed = 0;
  const next = (): string => {
    const found = comments[at++ % comments.length] ?? null;
    if (found === null) return '';
    return found.startsWith('//') ? ` ${found}\n` : ` ${found} `;
  };
  return (text.match(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s"{}[\],:]+|\s+/g) ?? [])
    .map((token, index, tokens) => {
      const before = tokens.slice(0, index).findLast((other) => other.trim() !== '');
      const isClose = token === '}' || token === ']';
      const mayTrail = isClose && before !== undefined && !['{', '[', ','].includes(before);
      const comma = mayTrail && commas[closed++ % commas.length] === true ? ',' : '';
      if (isClose) return `${comma}${next()}${token}${next()}`;
      return token === ',' || token === '{' || token === '[' ? token + next() : token;
    })
    .join('');
}

/** Text of an editor's settings file: comments and trailing commas anywhere. */
export const editorText: fc.Arbitrary<string | null> = fc.oneof(
  {
    weight: 1,
    arbitrary: fc.constantFrom(null, '', '{}', '// nothing yet\n', '{ // none\n}', '{ /* x */ }'),
  },
  {
    weight: 9,
    arbitrary: fc
      .record({
        document: editorDocument,
        print: layout,
        comments: fc.array(fc.option(comment, { freq: 1 }), { minLength: 1, maxLength: 5 }),
        commas: fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
        crlf: fc.boolean(),
      })
      .map(({ document, print, comments, commas, crlf }) => {
        const text = decorate(print(document), comments, commas);
        return crlf ? text.replace(/\r?\n/g, '\r\n') : text;
      }),
  },
);

/** Edits of an editor's settings that change the text at one place. */
export const editorEdit: fc.Arbitrary<ForeignEdit> = fc.oneof(
  fc.tuple(fc.constantFrom('editor.fontSize', 'x'), scalar).map(([name, next]) => ({
    what: `value of ${name}`,
    apply: (text: string) => (holds(text, name) ? change(text, [name], next) : text),
    keepsLayout: () => true,
  })),
  fc.integer({ min: 0, max: 99 }).map((number) => ({
    what: 'a comment at the top',
    apply: (text: string) => `// note ${number}\n${text}`,
    keepsLayout: () => true,
  })),
);

/** Comments and values of an editor's settings, an empty list of variables counting as none. */
export function editorMeaningOf(text: string | null): unknown {
  const { [VARIABLES]: variables, ...others } = (parse(text ?? '') ?? {}) as Record<string, unknown>;
  const isNone = variables === undefined || (Array.isArray(variables) && variables.length === 0);
  return { comments: commentsOf(text ?? ''), ...others, ...(isNone ? {} : { [VARIABLES]: variables }) };
}
