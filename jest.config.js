/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  globalSetup: '<rootDir>/test/fixtures/global-setup.ts',
  setupFiles: ['<rootDir>/test/fixtures/quiet.ts'],
  // Only against hanging for ever: no test is about time.
  testTimeout: 60_000,
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  testPathIgnorePatterns: [
    '/node_modules/',
    '<rootDir>/test/clients/',
    '<rootDir>/test/slow/',
    '\\.slow\\.test\\.ts$',
  ],
  extensionsToTreatAsEsm: ['.ts'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      { jsc: { parser: { syntax: 'typescript' }, target: 'es2024' }, module: { type: 'es6' } },
    ],
  },
  modulePathIgnorePatterns: [
    '<rootDir>/dist/',
    '<rootDir>/cdk.out/',
    '<rootDir>/.sallyport/',
    '<rootDir>/library/',
    '<rootDir>/test/clients/node_modules/',
    '<rootDir>/test/dynamodb/node_modules/',
  ],
  maxWorkers: 2,
};
