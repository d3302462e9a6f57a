import { describe, expect, it } from '@jest/globals';
import { compare } from './compare.ts';

const passed = new Map([
  ['a', 'passed'],
  ['b', 'passed'],
]);
const but = (test: string, status: string) => new Map([...passed, [test, status]]);
const known = (test: string) => [{ test, reason: 'it is right there' }];

describe('two runs of the same tests', () => {
  it('agree when every test does the same and passes', () => {
    expect(compare(passed, passed)).toEqual([]);
    expect(compare(but('c', 'pending'), but('c', 'pending'))).toEqual([]);
  });

  it.each([
    [
      'fails on DynamoDB only',
      passed,
      but('a', 'failed'),
      'a: passed on the embedded tables, failed on DynamoDB',
    ],
    [
      'fails on the embedded tables only',
      but('a', 'failed'),
      passed,
      'a: failed on the embedded tables, passed on DynamoDB',
    ],
    [
      'fails on both',
      but('a', 'failed'),
      but('a', 'failed'),
      'a: failed on the embedded tables, failed on DynamoDB',
    ],
    [
      'is skipped on one',
      passed,
      but('a', 'pending'),
      'a: passed on the embedded tables, pending on DynamoDB',
    ],
    ['ran on one only', passed, but('c', 'passed'), 'c: not run on the embedded tables, passed on DynamoDB'],
  ])('do not agree when a test %s', (_how, embedded, dynamodb, fault) => {
    expect(compare(embedded, dynamodb)).toEqual([fault]);
  });

  it('do not agree when nothing ran', () => {
    expect(compare(new Map(), new Map())).toEqual(['no test ran']);
  });
});

describe('a difference that is listed', () => {
  it('may fail on DynamoDB, and nowhere else', () => {
    expect(compare(passed, but('a', 'failed'), known('a'))).toEqual([]);
    expect(compare(but('a', 'failed'), but('a', 'failed'), known('a'))).toHaveLength(1);
  });

  it('is a fault when there is none any more, or no such test', () => {
    expect(compare(passed, passed, known('a'))).toEqual(['a: is listed as different, and is not']);
    expect(compare(passed, passed, known('c'))).toEqual(['c: is listed as different, and does not exist']);
  });
});
