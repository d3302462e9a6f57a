import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type {
  Decision,
  NamedPolicy,
  PersonSubject,
  ServiceSubject,
  Subject,
} from '../../lambdas/policy/decision.ts';
import { policySpec } from '../../lambdas/shared/documents/policy.ts';
import type { Selector } from '../../lambdas/shared/documents/selector.ts';
import { compileLevel, decidePortal, decideServer } from './levels.ts';

const emails = ['alice@example.com', 'bob@example.com', 'carol@outside.test', 'dana@sub.example.com'];
const domains = ['example.com', 'sub.example.com', 'outside.test', 'evil-example.com', 'example.com.evil'];
const groups = ['engineering', 'Engineering', 'sales', 'constructor'];
const ranges = [
  '10.0.0.0/8',
  '10.1.2.3',
  '10.1.2.0/31',
  '0.0.0.0/0',
  '::/0',
  '2001:db8::/32',
  '2001:db8::1',
  '2001:db8:0:8000::/49',
  '::ffff:10.1.0.0/112',
  '::ffff:10.1.2.3',
];

const emailText = fc.oneof(
  fc.constantFrom(...emails),
  fc.constantFrom(...emails).map((email) => email.toUpperCase()),
  fc.constantFrom(
    '',
    'alice',
    '@example.com',
    'a@b@example.com',
    'alice@example.com.',
    ' alice@example.com',
    'x@évil.com',
  ),
  fc
    .tuple(fc.constantFrom('mallory', 'alice'), fc.constantFrom(...domains))
    .map(([name, domain]) => `${name}@${domain}`),
);
const address = fc.oneof(
  fc.constantFrom(
    '10.1.2.3',
    '10.1.2.2',
    '::ffff:10.1.2.3',
    '2001:db8::1',
    '2001:db8:0:8000::7',
    '192.0.2.1',
    '::1',
  ),
  fc.ipV4(),
  fc.ipV6(),
  fc.constantFrom('', '10.1.2', '010.1.2.3', '0x0a010203', 'localhost', '10.1.2.3, 192.0.2.1'),
);
const optional = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined });
const services = ['ci', 'nightly', 'constructor'];
const person: fc.Arbitrary<PersonSubject> = fc
  .record({
    email: optional(emailText),
    groups: optional(fc.subarray([...groups, 'other'])),
    ip: optional(address),
  })
  .map(({ email, groups, ip }) => ({
    ...(email === undefined ? {} : { email }),
    ...(groups === undefined ? {} : { groups }),
    ...(ip === undefined ? {} : { ip }),
  }));

const service: fc.Arbitrary<ServiceSubject> = fc
  .record({ serviceToken: fc.constantFrom(...services), ip: optional(address) })
  .map(({ serviceToken, ip }) => ({ serviceToken, ...(ip === undefined ? {} : { ip }) }));
const subject: fc.Arbitrary<Subject> = fc.oneof({ arbitrary: person, weight: 3 }, service);

const selector: fc.Arbitrary<Selector> = fc.oneof(
  fc.constant({ everyone: true as const }),
  fc.constantFrom(...emails).map((email) => ({ email })),
  fc.constantFrom(...domains).map((emailDomain) => ({ emailDomain })),
  fc.constantFrom(...groups).map((group) => ({ group })),
  fc.constantFrom(...ranges).map((ipRange) => ({ ipRange })),
  fc.constantFrom(...services).map((serviceToken) => ({ serviceToken })),
);
const policies: fc.Arbitrary<NamedPolicy[]> = fc
  .array(
    fc.record({
      action: fc.constantFrom('allow', 'block'),
      include: fc.array(selector, { minLength: 1, maxLength: 5 }),
      require: fc.array(selector, { maxLength: 2 }),
      exclude: fc.array(selector, { maxLength: 2 }),
    }),
    { maxLength: 12 },
  )
  .map((specs) => specs.map((spec, position) => ({ id: `p${position}`, spec: policySpec.parse(spec) })));

const decide = (portal: NamedPolicy[], server: NamedPolicy[], who: Subject): Decision =>
  decideServer(compileLevel('portal', portal), compileLevel('server', server), who);

const allow = (who: Selector, id = 'any'): NamedPolicy => ({
  id,
  spec: policySpec.parse({ action: 'allow', include: [who] }),
});

describe('the policy evaluator', () => {
  it('decides alike every time, whoever asked before', () => {
    fc.assert(
      fc.property(policies, fc.array(subject, { minLength: 2, maxLength: 6 }), (portal, people) => {
        const level = compileLevel('portal', portal);
        const first = people.map((who) => decidePortal(level, who));
        expect(people.map((who) => decidePortal(level, who))).toEqual(first);
      }),
      { numRuns: 300 },
    );
  });

  it('never allows more when a block is put in front, at either level', () => {
    fc.assert(
      fc.property(policies, policies, subject, policies, (portal, server, who, more) => {
        const blocks = more.map(({ id, spec }) => ({ id, spec: { ...spec, action: 'block' as const } }));
        if (decide(portal, server, who).allowed) return;
        expect(decide([...blocks, ...portal], server, who).allowed).toBe(false);
        expect(decide(portal, [...blocks, ...server], who).allowed).toBe(false);
      }),
      { numRuns: 500 },
    );
  });

  it('never allows someone more for hiding an attribute from an allow policy', () => {
    fc.assert(
      fc.property(
        policies,
        person,
        fc.constantFrom<'email' | 'groups' | 'ip'>('email', 'groups', 'ip'),
        (portal, who, hidden) => {
          const allows = portal.map(({ id, spec }) => ({ id, spec: { ...spec, action: 'allow' as const } }));
          const level = compileLevel('portal', allows);
          const { [hidden]: _, ...less } = who;
          if (!decidePortal(level, who).allowed) expect(decidePortal(level, less).allowed).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('lets in a service token only by an allow that includes its name', () => {
    fc.assert(
      fc.property(policies, service, (portal, who) => {
        const { allowed, policy } = decidePortal(compileLevel('portal', portal), who);
        const decider = portal.find(({ id }) => id === policy)?.spec;
        const named = decider?.include.some(
          (selector) => 'serviceToken' in selector && selector.serviceToken === who.serviceToken,
        );
        expect(!allowed || named).toBe(true);
      }),
      { numRuns: 500 },
    );
  });

  it('decides for people as if policies said nothing of service tokens', () => {
    const without = ({ spec }: NamedPolicy) => ({
      ...spec,
      include: spec.include.filter((selector) => !('serviceToken' in selector)),
      exclude: spec.exclude.filter((selector) => !('serviceToken' in selector)),
    });
    fc.assert(
      fc.property(policies, person, (portal, who) => {
        const kept = portal
          .filter(({ spec }) => !spec.require.some((selector) => 'serviceToken' in selector))
          .map((policy) => ({ id: policy.id, spec: without(policy) }))
          .filter(({ spec }) => spec.include.length > 0);
        const { allowed, policy } = decidePortal(compileLevel('portal', portal), who);
        expect(decidePortal(compileLevel('portal', kept), who)).toMatchObject({ allowed, policy });
      }),
      { numRuns: 500 },
    );
  });

  it('admits by domain exactly the addresses at that domain', () => {
    const at = compileLevel('portal', [allow({ emailDomain: 'example.com' })]);
    const label = fc.stringMatching(/^[a-z0-9-]{1,8}$/);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), label, (labels, name) => {
        const domain = labels.join('.');
        expect(decidePortal(at, { email: `${name}@${domain}` }).allowed).toBe(domain === 'example.com');
        expect(decidePortal(at, { email: `${name}@${domain}.example.com` }).allowed).toBe(false);
        expect(decidePortal(at, { email: `${name}@${domain}example.com` }).allowed).toBe(false);
        expect(decidePortal(at, { email: `${name}@example.com.${domain}` }).allowed).toBe(false);
      }),
    );
  });
});
