import common from '../../jest.config.js';

/** Tests that take too long for every run: a real clock, restarts, hundreds of people. */
export default {
  ...common,
  rootDir: '../..',
  testMatch: ['<rootDir>/test/slow/**/*.test.ts', '<rootDir>/test/**/*.slow.test.ts'],
  testPathIgnorePatterns: ['/node_modules/'],
  testTimeout: 300_000,
};
