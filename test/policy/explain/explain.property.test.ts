import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { runTest } from '../../../lambdas/admin/policy-testing/run-test.ts';
import { buildSnapshot } from '../../../lambdas/policy/build-snapshot.ts';
import { compilePolicy } from '../../../lambdas/policy/compile-policy.ts';
import type { Evidence, Subject } from '../../../lambdas/policy/decision.ts';
import { judgePolicy } from '../../../lambdas/policy/explain/explain-decision.ts';
import { deciderOf } from '../../../lambdas/policy/explain/judge-rule.ts';
import { needsToFail, needsToHold } from '../../../lambdas/policy/explain/needs.ts';
import { Facts } from '../../../lambdas/policy/facts.ts';
import { namedIn } from '../../../lambdas/policy/named-rules.ts';
import { settle } from '../../../lambdas/policy/settle.ts';
import { Access } from '../../../lambdas/portal/access.ts';
import { indexSnapshot } from '../../../lambdas/portal/catalog.ts';
import { kinds } from '../../../lambdas/shared/documents/kinds.ts';
import { catalogOf, configuration, policyDocument, portalDocument, serverDocument } from '../documents.ts';

const selector = fc.oneof(
  fc.constant({ everyone: true }),
  fc.constantFrom('engineering', 'sales').map((group) => ({ group })),
  fc.constantFrom('alice@example.com', 'bob@example.com').map((email) => ({ email })),
  fc.constantFrom('10.0.0.0/8', '192.0.2.0/24').map((ipRange) => ({ ipRange })),
  fc.constantFrom('low', 'high').map((atLeast) => ({ userRisk: { atLeast } })),
  fc.constantFrom('nightly', 'other').map((serviceToken) => ({ serviceToken })),
  fc.constant({ anyServiceToken: true }),
  fc.constantFrom('inner', 'outer').map((ruleGroup) => ({ ruleGroup })),
  fc.constant({ toolRisk: 'destructive' }),
  fc.constantFrom(1, 2).map((equals) => ({ argument: { path: 'amount', equals } })),
  fc.constant({ claim: { name: 'department', value: 'rd' } }),
);
const lists = fc.record({
  include: fc.array(selector, { minLength: 1, maxLength: 3 }),
  require: fc.array(selector, { maxLength: 2 }),
  exclude: fc.array(selector, { maxLength: 2 }),
});
const action = fc.constantFrom('allow', 'block', 'bypass', 'service-auth');
const policies = fc.array(fc.record({ action, lists }), { minLength: 1, maxLength: 6 });
const ip = fc.option(fc.constantFrom('10.1.2.3', '192.0.2.7'), { nil: undefined });
const defined = (value: object) =>
  Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined));
const person = fc
  .record({
    ip,
    email: fc.constantFrom('alice@example.com', 'bob@example.com', 'nobody'),
    groups: fc.option(fc.subarray(['engineering', 'sales']), { nil: undefined }),
    claims: fc.constantFrom(undefined, { department: ['rd'] }, { department: [] }),
  })
  .map((one): Subject => defined(one));
const service = fc.record({ ip }).map((one): Subject => ({ ...defined(one), serviceToken: 'nightly' }));
const subject = fc.oneof(person, service);
const risk = fc.constantFrom(undefined, 'none', 'high');
const args = fc.constantFrom({}, { amount: 1 }, { amount: 'many' });

const group = (id: string, spec: object) =>
  kinds.RuleGroup.schema.parse({ apiVersion: 'sallyport/v1', kind: 'RuleGroup', metadata: { id }, spec });

interface Drawn {
  all: { action: string; lists: object }[];
  inner: object;
  outer: object;
}
const drawn = fc.record({ all: policies, inner: lists, outer: lists });

function portalOf({ all, inner, outer }: Drawn) {
  const documents = all.map(({ action: name, lists: rules }, index) =>
    policyDocument(`p${index}`, { action: name, ...rules }),
  );
  const ids = documents.map(({ metadata }) => metadata.id);
  const third = (part: number) => ids.filter((_, index) => index % 3 === part);
  const server = serverDocument('hr', { policies: third(1), toolPolicies: third(2) });
  const portal = portalDocument({ servers: ['hr'], policies: third(0) });
  const named = { groups: [group('inner', inner), group('outer', outer)] };
  const catalogs = new Map([['hr', catalogOf('find')]]);
  const snapshot = buildSnapshot(portal, configuration([server], documents, named), catalogs);
  return { snapshot, catalog: indexSnapshot({ version: 'v', snapshot }) };
}

describe('a test of policies', () => {
  it('decides as the relay does, and says of each policy what the relay found', async () => {
    await fc.assert(
      fc.asyncProperty(drawn, subject, risk, args, async (all, who, known, given) => {
        const portal = portalOf(all);
        const evidence: Evidence = known === undefined ? {} : { risk: known };
        const source = async () => evidence;
        const offer = portal.catalog.tools.get('hr__find');
        if (!offer) throw new Error('The tool is there.');
        const relayed = await settle(who, source, (facts) =>
          new Access(portal.catalog, facts).toTool(offer, given),
        );
        const tested = await runTest(portal, { at: offer.at, offer }, who, { args: given, evidence: source });
        expect(tested.decision).toEqual(relayed);
        expect(tested.trace).toMatchObject(relayed.trace);
      }),
    );
  });

  it('finds the selector that decided, and needs only where something is left to change', () => {
    fc.assert(
      fc.property(drawn, subject, risk, fc.boolean(), (all, who, known, requestOpen) => {
        const { snapshot } = portalOf(all);
        const named = namedIn(snapshot);
        const facts = new Facts(who, { evidence: known ? { risk: known } : {}, requestOpen });
        const mentioned = { groups: new Set(['engineering', 'sales']) };
        for (const policy of snapshot.portal.policies) {
          const step = compilePolicy('portal', policy, named).judge(facts);
          const rule = judgePolicy(policy, facts, { named, mentioned });
          if (!rule) continue;
          expect([rule.holds, deciderOf(rule)?.at ?? null]).toEqual([step.matched, step.at]);
          expect(needsToHold(rule).length === 0).toBe(rule.holds);
          if (rule.holds) expect(needsToFail(rule).length).toBeGreaterThan(0);
        }
      }),
    );
  });
});
