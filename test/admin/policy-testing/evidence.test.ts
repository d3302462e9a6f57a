import { describe, expect, it } from '@jest/globals';
import { evidenceOf, testedEvidence, unknownNotes } from '../../../lambdas/admin/policy-testing/evidence.ts';
import { overrides } from '../../../lambdas/admin/policy-testing/test-request.ts';
import type { Ask, Evidence } from '../../../lambdas/policy/decision.ts';

/** A source that notes what it is asked. */
function watched(answer: Evidence) {
  const asked: Ask[] = [];
  const source = async (_subject: object, asks: readonly Ask[]) => {
    asked.push(...asks);
    return answer;
  };
  return { asked, source };
}

const given = (value: object) => evidenceOf(overrides.parse(value));
const subject = { person: 'p_1' };

describe('evidence of a test', () => {
  it('asks external services only where the test wants that', async () => {
    const quiet = watched({});
    await testedEvidence({}, quiet.source, false)(subject, ['risk', 'external:hours']);
    expect(quiet.asked).toEqual(['risk']);
    const asking = watched({ external: new Map([['hours', true]]) });
    const found = await testedEvidence({}, asking.source, true)(subject, ['external:hours']);
    expect([asking.asked, found.external?.get('hours')]).toEqual([['external:hours'], true]);
  });

  it('takes what the test says in place of what is stored, and looks the rest up', async () => {
    const { asked, source } = watched({ taints: new Set(['confidential']) });
    const said = given({ risk: 'high', external: { hours: false } });
    const found = await testedEvidence(said, source, true)(subject, ['risk', 'taints', 'external:hours']);
    expect(asked).toEqual(['taints']);
    expect(found).toEqual({
      risk: 'high',
      taints: new Set(['confidential']),
      external: new Map([['hours', false]]),
    });
  });

  it('reads times as epoch seconds', () => {
    const at = '2026-11-02T09:00:00Z';
    const said = given({ steppedUp: { at }, devices: [{ reportedAt: at, checks: { encrypted: true } }] });
    expect(said.fulfilled?.steppedUp?.at).toBe(Date.parse(at) / 1000);
    expect(said.devices?.[0]?.reportedAt).toBe(Date.parse(at) / 1000);
  });

  it('says what stayed unknown', () => {
    const asked = new Set<Ask>(['risk', 'external:hours']);
    expect(unknownNotes(asked, false)).toEqual([
      'Unknown: the risk of the person. It counts against the holder.',
      'The external evaluation "hours" was not asked: it is unknown.',
    ]);
    expect(unknownNotes(asked, true)[1]).toContain('did not answer');
  });
});
