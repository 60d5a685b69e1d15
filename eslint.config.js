// House rules that a machine can hold: the import arrows of docs/architecture.md, size limits, no `any`.
import js from '@eslint/js';
import tseslint from 'typescript-eslint';
import reactHooks from 'eslint-plugin-react-hooks';

const electronOnly = {
  regex: '^(electron|electron-store)(/.*)?$',
  message: 'Electron belongs to src/desktop and src/preload. Lend what you need through the GatewayHost port.',
};
/** Forbids imports by pattern; `electron` is always among them outside the shell. */
const forbid = (...patterns) => ['error', { patterns: [electronOnly, ...patterns] }];
const to = (folder, message) => ({ regex: `(^|/)${folder}(/|$)`, message });

const pure = [
  { regex: '^node:(?!buffer)', message: 'This folder is pure: no I/O, no clock, no randomness.' },
  { regex: '^(undici|better-sqlite3|pino)$', message: 'This folder is pure: no I/O.' },
];

export default tseslint.config(
  { ignores: ['out/**', 'dist/**', 'node_modules/**', 'test-results/**'] },
  js.configs.recommended,
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.node.json', './tsconfig.desktop.json', './tsconfig.renderer.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-console': 'error',
      'no-restricted-imports': forbid(),
    },
  },
  {
    files: ['src/contract/**'],
    rules: { 'no-restricted-imports': forbid(to('gateway', 'The contract imports zod only.'), to('headless', 'The contract imports zod only.')) },
  },
  {
    files: ['src/gateway/lib/**'],
    rules: {
      'no-restricted-imports': forbid(
        to('(faces|dialects|policy|router|providers|exchange|ledger|mcp|control)', 'lib imports node builtins only.'),
      ),
    },
  },
  {
    files: ['src/gateway/{dialects,policy,router}/**'],
    rules: {
      'no-restricted-imports': forbid(
        ...pure,
        to('(faces|providers|exchange|ledger|mcp|control)', 'Pure stages know only lib, the contract and dialects.'),
      ),
    },
  },
  {
    files: ['src/gateway/{providers,faces,ledger}/**'],
    rules: {
      'no-restricted-imports': forbid(to('(exchange|control)', 'Data flows one way; the conductor imports you, not you it.')),
    },
  },
  {
    files: ['src/gateway/exchange/**'],
    rules: { 'no-restricted-imports': forbid(to('control', 'Control sits above the exchange.')) },
  },
  {
    files: ['src/headless/**'],
    rules: {
      'no-restricted-imports': forbid({
        regex: 'gateway/(?!index\\.ts$)',
        message: 'The gateway has one door: src/gateway/index.ts.',
      }),
    },
  },
  {
    files: ['src/desktop/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/(gateway|headless)/', message: 'The shell talks to the gateway process over Control only.' }] },
      ],
    },
  },
  { files: ['src/preload/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['renderer/**'],
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'max-lines-per-function': ['error', { max: 120, skipBlankLines: true, skipComments: true }],
      'no-restricted-imports': forbid({ regex: '/(gateway|headless|desktop)/', message: 'The window talks to the gateway over Control only.' }),
    },
  },
  {
    files: ['test/**', 'bench/**', 'scripts/**'],
    rules: {
      'max-lines': ['error', { max: 600, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': 'off',
      'no-console': 'off',
      'no-restricted-imports': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      globals: { process: 'readonly', console: 'readonly', URL: 'readonly', Buffer: 'readonly', setTimeout: 'readonly', clearTimeout: 'readonly', fetch: 'readonly', performance: 'readonly', setInterval: 'readonly', clearInterval: 'readonly', AbortSignal: 'readonly' },
      parserOptions: { project: null },
    },
    rules: { ...tseslint.configs.disableTypeChecked.rules, 'no-console': 'off', 'max-lines-per-function': 'off' },
  },
);
