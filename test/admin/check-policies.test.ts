import { describe, expect, it } from '@jest/globals';
import { checkPolicies } from '../../lambdas/admin/check-policies.ts';
import { keyOf } from '../../lambdas/admin/world.ts';
import { type Document, kinds } from '../../lambdas/shared/documents/kinds.ts';
import { SallyportError } from '../../lambdas/shared/errors.ts';
import { policyDocument, portalDocument, serverDocument } from '../policy/documents.ts';

const head = (kind: string, id: string) => ({ apiVersion: 'sallyport/v1', kind, metadata: { id } });
const group = (id: string, spec: Record<string, unknown>) =>
  kinds.RuleGroup.schema.parse({ ...head('RuleGroup', id), spec });
const list = (id: string, spec: Record<string, unknown>) =>
  kinds.List.schema.parse({ ...head('List', id), spec });

/** Sends the first documents to where the others are. */
function check(sent: Document[], stored: Document[] = []) {
  const documents = new Map([...stored, ...sent].map((document) => [keyOf(document), { document }]));
  const set = sent.map((document, index) => ({ at: `documents[${index}]`, document }));
  return checkPolicies(set, { documents });
}

function refusal(sent: Document[], stored: Document[] = []) {
  try {
    check(sent, stored);
  } catch (error) {
    if (error instanceof SallyportError) return { code: error.code, at: error.at, message: error.message };
    throw error;
  }
  return undefined;
}

const staff = policyDocument('staff', { include: [{ emailDomain: 'example.com' }] });
const all = policyDocument('all');
const noSales = policyDocument('no-sales', { action: 'block', include: [{ group: 'sales' }] });

describe('policies that cannot mean what somebody wanted are refused at their place', () => {
  it('two countries at once', () => {
    const policy = policyDocument('two', { require: [{ country: 'DE' }, { country: 'FR' }] });
    expect(refusal([policy])).toMatchObject({
      code: 'never_matches',
      at: 'documents[0].spec.require[1].country',
      message: expect.stringContaining('include of a RuleGroup'),
    });
    expect(refusal([policyDocument('one', { require: [{ country: 'DE' }] })])).toBeUndefined();
  });

  it('what is asked for and excluded', () => {
    const policy = policyDocument('never', { include: [{ group: 'a' }], exclude: [{ group: 'a' }] });
    expect(refusal([policy])).toMatchObject({
      code: 'never_matches',
      at: 'documents[0].spec.exclude[0].group',
    });
  });

  it('a bypass for people, also by way of a group', () => {
    const direct = policyDocument('past', { action: 'bypass', include: [{ email: 'a@example.com' }] });
    expect(refusal([direct])).toMatchObject({
      code: 'bypass_identity',
      at: 'documents[0].spec.include[0].email',
    });
    const people = group('people', { include: [{ group: 'engineering' }] });
    const hidden = policyDocument('past', {
      action: 'bypass',
      include: [{ ipRange: '10.0.0.0/8' }],
      require: [{ ruleGroup: 'people' }],
    });
    expect(refusal([hidden], [people])).toMatchObject({ at: 'documents[0].spec.require[0].ruleGroup' });
    const office = policyDocument('office', { action: 'bypass', include: [{ ipRange: '10.0.0.0/8' }] });
    expect(refusal([office])).toBeUndefined();
  });

  it('a group that becomes part of a bypass policy which was stored before', () => {
    const past = policyDocument('past', { action: 'bypass', include: [{ ruleGroup: 'place' }] });
    const place = group('place', { include: [{ email: 'a@example.com' }] });
    expect(refusal([place], [past])).toMatchObject({
      code: 'bypass_identity',
      at: 'documents',
      message: expect.stringContaining('Policy "past", spec.include[0].ruleGroup'),
    });
  });

  it('service authentication for nobody', () => {
    const policy = policyDocument('programs', {
      action: 'service-auth',
      include: [{ ipRange: '10.0.0.0/8' }],
    });
    expect(refusal([policy])).toMatchObject({
      code: 'service_auth_selectors',
      at: 'documents[0].spec.include',
    });
    const named = policyDocument('programs', {
      action: 'service-auth',
      include: [{ anyServiceToken: true }],
    });
    expect(refusal([named])).toBeUndefined();
  });

  it('a group that contains itself, at whatever distance', () => {
    const a = group('a', { include: [{ ruleGroup: 'b' }] });
    const b = group('b', { include: [{ group: 'x' }], exclude: [{ ruleGroup: 'a' }] });
    expect(refusal([a, b])).toMatchObject({
      code: 'group_cycle',
      at: 'documents[0].spec.include[0].ruleGroup',
    });
    expect(refusal([group('self', { include: [{ ruleGroup: 'self' }] })])).toMatchObject({
      code: 'group_cycle',
    });
    expect(refusal([a], [group('b', { include: [{ group: 'x' }] })])).toBeUndefined();
  });

  it('groups of groups that would multiply without end', () => {
    const chain = Array.from({ length: 20 }, (_, index) => {
      const next = index === 19 ? { group: 'x' } : { ruleGroup: `g${index + 1}` };
      return group(`g${index}`, { include: [next], require: [next], exclude: [next, { group: 'y' }] });
    });
    expect(refusal(chain)).toMatchObject({ code: 'group_size', at: 'documents[0].spec' });
  });

  it('a list of something else', () => {
    const offices = list('offices', { type: 'ip-ranges', items: ['10.0.0.0/8'] });
    const policy = policyDocument('guests', { include: [{ emailList: 'offices' }] });
    expect(refusal([policy, offices])).toMatchObject({
      code: 'list_type',
      at: 'documents[0].spec.include[0].emailList',
    });
    expect(refusal([policyDocument('in', { include: [{ ipList: 'offices' }] }), offices])).toBeUndefined();
  });

  it.each([
    ['a policy behind everyone', [all, staff], 'spec.policies[1]'],
    [
      'a block behind the same rule',
      [noSales, policyDocument('sales', { include: [{ group: 'sales' }] })],
      'spec.policies[1]',
    ],
    [
      'an allow that a bypass further down comes before',
      [
        policyDocument('office', { include: [{ ipRange: '10.0.0.0/8' }] }),
        policyDocument('past', { action: 'bypass', include: [{ ipRange: '10.0.0.0/8' }] }),
      ],
      'spec.policies[0]',
    ],
  ])('%s is never reached', (_, policies, at) => {
    const portal = portalDocument({ policies: policies.map(({ metadata }) => metadata.id) });
    expect(refusal([portal], policies)).toMatchObject({
      code: 'unreachable_policy',
      at: `documents[0].${at}`,
      message: expect.stringContaining('never reached'),
    });
  });

  it.each([
    ['a service token behind everyone', [all, policyDocument('ci', { include: [{ serviceToken: 'ci' }] })]],
    [
      'a block of addresses behind everyone, which stops service tokens',
      [all, policyDocument('bad', { action: 'block', include: [{ ipRange: '10.0.0.0/8' }] })],
    ],
    ['a block before an allow', [noSales, staff]],
    ['a rule behind one that has conditions', [policyDocument('some', { require: [{ group: 'a' }] }), staff]],
  ])('%s is reached', (_, policies) => {
    const portal = portalDocument({ policies: policies.map(({ metadata }) => metadata.id) });
    expect(refusal([portal], policies)).toBeUndefined();
  });

  it('a policy about tools where there are none', () => {
    const risky = policyDocument('risky', { action: 'block', include: [{ toolRisk: 'destructive' }] });
    const portal = portalDocument({ policies: ['risky'] });
    expect(refusal([portal], [risky])).toMatchObject({
      code: 'selector_level',
      at: 'documents[0].spec.policies[0]',
      message: expect.stringContaining('spec.toolPolicies'),
    });
    expect(refusal([serverDocument('hr', { policies: ['risky'] })], [risky])).toMatchObject({
      code: 'selector_level',
    });
    expect(refusal([serverDocument('hr', { toolPolicies: ['risky'] })], [risky])).toBeUndefined();
  });
});

it('warns of a portal that everybody may use', () => {
  const portal = portalDocument({ policies: ['no-sales', 'all'] });
  expect(check([portal], [all, noSales])).toEqual([
    { at: 'documents[0].spec.policies[1]', message: expect.stringContaining('everybody who can sign in') },
  ]);
  expect(check([portalDocument({ policies: ['staff'] })], [staff])).toEqual([]);
});
