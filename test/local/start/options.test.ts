import { describe, expect, it } from '@jest/globals';
import { readOptions, UsageError } from '../../../local/start/options.ts';

describe('the options of npm start', () => {
  it('default to port 8787, the folder .sallyport, kept data and the demo', () => {
    expect(readOptions([])).toEqual({
      port: 8787,
      data: '.sallyport',
      fresh: false,
      demo: true,
      countries: new Map(),
    });
  });

  it('are read in any order and form', () => {
    const calls = ['--record-calls', '/tmp/calls.jsonl'];
    expect(readOptions(['--no-demo', '--port=9000', '--fresh', '--data', '/tmp/x', ...calls])).toEqual({
      port: 9000,
      data: '/tmp/x',
      fresh: true,
      demo: false,
      recordCalls: '/tmp/calls.jsonl',
      countries: new Map(),
    });
  });

  it.each([
    ['an unknown option', ['--prot', '9000']],
    ['a parameter', ['9000']],
    ['a missing value', ['--port']],
    ['a port that is no number', ['--port', '80a']],
    ['port 0', ['--port', '0']],
    ['a port that leaves no room for five more', ['--port', '65531']],
  ])('refuse %s', (_, parameters) => {
    expect(() => readOptions(parameters)).toThrow(UsageError);
  });
});
