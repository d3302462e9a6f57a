import { describe, expect, it } from '@jest/globals';
import { Facts } from '../../../lambdas/policy/facts.ts';
import { policySpec } from '../../../lambdas/shared/documents/policy.ts';
import { compileLevel } from '../levels.ts';

/** Whether a policy with this comparison matches a call with these arguments. */
function matches(action: 'allow' | 'block', comparison: object, args: unknown): boolean | undefined {
  const spec = policySpec.parse({ action, include: [{ argument: comparison }] });
  const [policy] = compileLevel('tool', [{ id: 'rule', spec }]).policies;
  return policy?.judge(new Facts({ email: 'alice@example.com' }).about({ arguments: args })).matched;
}

describe('whether an argument exists', () => {
  const forced = { path: 'options.force', exists: true };
  const notForced = { path: 'options.force', exists: false };

  it('is known where one can look', () => {
    expect(matches('block', forced, { options: { force: true } })).toBe(true);
    expect(matches('block', forced, { options: {} })).toBe(false);
    expect(matches('block', forced, {})).toBe(false);
    expect(matches('allow', notForced, {})).toBe(true);
  });

  it.each([
    ['a text that the server may read as an object', { options: '{"force":true}' }],
    ['a list', { options: [{ force: true }] }],
    ['null', { options: null }],
    ['arguments that are a text', '{"options":{"force":true}}'],
    ['arguments that are a list', [{ options: { force: true } }]],
  ])('is unknown, and counts against the caller, in %s', (_, args) => {
    expect(matches('block', forced, args)).toBe(true);
    expect(matches('block', notForced, args)).toBe(true);
    expect(matches('allow', forced, args)).toBe(false);
    expect(matches('allow', notForced, args)).toBe(false);
  });

  it('is unknown for the elements of what is no list', () => {
    const paths = { path: 'files[].path', exists: true };
    expect(matches('block', paths, { files: { path: '/etc/passwd' } })).toBe(true);
    expect(matches('block', paths, { files: '[{"path":"/etc/passwd"}]' })).toBe(true);
    expect(matches('block', paths, { files: [{ name: 'a' }] })).toBe(false);
  });
});
