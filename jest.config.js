/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
    'node-pg-migrate/.+\\.js$': ['@swc/jest', { jsc: { target: 'es2022' }, module: { type: 'commonjs' } }],
  },
  // An ES module: Node 20 requires it by itself, jest does not.
  transformIgnorePatterns: ['/node_modules/(?!node-pg-migrate/)'],
  collectCoverageFrom: ['{workflows,activities,client,codec,worker,cli}/**/*.ts'],
  globalSetup: '<rootDir>/test/support/run-folder-setup.cjs',
  globalTeardown: '<rootDir>/test/support/run-folder-teardown.cjs',
  testSequencer: '<rootDir>/test/support/longest-first.cjs',
  // Servers, databases and processes are shared by two cores.
  maxWorkers: 2,
  // Twice what the slowest needs where two processors have five times as much to do.
  testTimeout: 120_000,
};
