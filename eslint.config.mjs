import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import jest from 'eslint-plugin-jest';
import jsdoc from 'eslint-plugin-jsdoc';
import tseslint from 'typescript-eslint';

const nodeBuiltins = [
  'node:*',
  'fs',
  'crypto',
  'path',
  'http',
  'https',
  'net',
  'os',
  'child_process',
  'worker_threads',
];

export default tseslint.config(
  { ignores: ['dist/**', 'dist-client/**', '.closure/**', 'coverage/**', 'reports/**', '.stryker-tmp/**'] },
  {
    files: ['**/*.ts'],
    extends: [js.configs.recommended, ...tseslint.configs.strictTypeChecked, ...tseslint.configs.stylisticTypeChecked],
    plugins: { jsdoc },
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      eqeqeq: 'error',
      'no-console': 'error',
      'max-lines': ['error', { max: 250, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 40, skipBlankLines: true, skipComments: true }],
      'max-depth': ['error', 2],
      'max-params': ['error', 3],
      complexity: ['error', 8],
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings come from config, as arguments.' },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/method-signature-style': ['error', 'property'],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/consistent-type-assertions': ['error', { assertionStyle: 'never' }],
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      'jsdoc/require-jsdoc': [
        'error',
        {
          publicOnly: true,
          require: { FunctionDeclaration: true, ClassDeclaration: true, ArrowFunctionExpression: true },
          contexts: ['TSInterfaceDeclaration', 'TSTypeAliasDeclaration', 'VariableDeclaration'],
        },
      ],
    },
  },
  {
    // Workflow code must be deterministic: the sandbox replaces clock and randomness; the rest is forbidden here.
    files: ['workflows/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ group: nodeBuiltins, message: 'Workflow code has no Node built-ins.' }] },
      ],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Workflow code does not read its surroundings.' },
        { name: 'fetch', message: 'Call an Activity.' },
        { name: 'setTimeout', message: 'Use sleep or condition, with a summary.' },
        { name: 'setInterval', message: 'Use sleep or condition, with a summary.' },
      ],
    },
  },
  {
    files: ['worker/main.ts', 'cli/main.ts', 'sandbox/*.ts', 'sandbox/*/main.ts', 'bench/main.ts', 'test/**/*.ts'],
    rules: { 'no-restricted-properties': 'off' },
  },
  {
    files: ['test/**/*.ts'],
    extends: [jest.configs['flat/recommended'], jest.configs['flat/style']],
    settings: { jest: { globalPackage: '@jest/globals', version: 30 } },
    rules: {
      'jest/no-restricted-jest-methods': ['error', { mock: 'Fake a port instead.' }],
      'jest/consistent-test-it': ['error', { fn: 'it' }],
      'jest/expect-expect': ['error', { assertFunctionNames: ['expect', 'expect*'] }],
      // Suites are functions, and a describe is as long as its subject.
      'max-lines-per-function': 'off',
      'jsdoc/require-jsdoc': 'off',
    },
  },
  {
    // A contract suite is a function that every adapter's test calls.
    files: ['test/**/*.contract.ts'],
    rules: { 'jest/no-export': 'off', 'jest/valid-title': ['error', { ignoreTypeOfDescribeName: true }] },
  },
  prettier,
);
