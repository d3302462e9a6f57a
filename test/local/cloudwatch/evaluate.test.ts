import { describe, expect, it } from '@jest/globals';
import { evaluate } from '../../../local/cloudwatch/evaluate.ts';

/** Values with the latest last: `X` breaches, `0` does not, `-` is missing. */
const values = (text: string) =>
  text
    .split(' ')
    .map((sign) => (sign === '-' ? undefined : sign === 'X' ? 10 : 0))
    .toReversed();
const rule = (datapointsToAlarm: number, treatMissingData: 'breaching' | 'notBreaching') => ({
  comparison: 'GreaterThanOrEqualToThreshold' as const,
  threshold: 10,
  evaluationPeriods: 3,
  datapointsToAlarm,
  treatMissingData,
});

/** @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html */
describe("an alarm is judged as in CloudWatch's examples", () => {
  it.each([
    ['0 - X - X', 'OK', 'OK'],
    ['0 - - - -', 'OK', 'OK'],
    ['- - - - -', 'ALARM', 'OK'],
    ['0 X X - X', 'ALARM', 'ALARM'],
    ['- - X - -', 'ALARM', 'OK'],
  ])('3 of 3: %s is %s where missing data breaches, else %s', (text, breaching, notBreaching) => {
    expect(evaluate(rule(3, 'breaching'), values(text))).toBe(breaching);
    expect(evaluate(rule(3, 'notBreaching'), values(text))).toBe(notBreaching);
  });

  it.each([
    ['0 - X - X', 'ALARM', 'ALARM'],
    ['0 0 X 0 X', 'ALARM', 'ALARM'],
    ['0 - X - -', 'ALARM', 'OK'],
    ['- - - - 0', 'ALARM', 'OK'],
    ['- - - X -', 'ALARM', 'OK'],
  ])('2 of 3: %s is %s where missing data breaches, else %s', (text, breaching, notBreaching) => {
    expect(evaluate(rule(2, 'breaching'), values(text))).toBe(breaching);
    expect(evaluate(rule(2, 'notBreaching'), values(text))).toBe(notBreaching);
  });

  it('is raised at its threshold, or below it, as it compares', () => {
    const one = { ...rule(1, 'notBreaching'), evaluationPeriods: 1 };
    const below = { ...one, comparison: 'LessThanThreshold' as const };
    expect([9, 10, 11].map((value) => evaluate(one, [value]))).toEqual(['OK', 'ALARM', 'ALARM']);
    expect([9, 10, 11].map((value) => evaluate(below, [value]))).toEqual(['ALARM', 'OK', 'OK']);
  });
});
