import { describe, expect, it } from '@jest/globals';
import { firewallContent } from '../../../lib/gates/rules/firewall-content.ts';
import type { Json } from '../../../lib/gates/template.ts';

const AS_SENT = { TextTransformations: [{ Priority: 0, Type: 'NONE' }] };
const COMMON = { VendorName: 'AWS', Name: 'AWSManagedRulesCommonRuleSet' };
const body = (SearchString: string) => ({
  ByteMatchStatement: {
    FieldToMatch: { Body: {} },
    PositionalConstraint: 'CONTAINS',
    SearchString,
    ...AS_SENT,
  },
});
const path = (PositionalConstraint: string, SearchString: Json) => ({
  ByteMatchStatement: { FieldToMatch: { UriPath: {} }, PositionalConstraint, SearchString, ...AS_SENT },
});
const pathLike = (RegexString: string) => ({
  RegexMatchStatement: { FieldToMatch: { UriPath: {} }, RegexString, ...AS_SENT },
});
const header = (Name: string) => ({
  ByteMatchStatement: {
    FieldToMatch: { SingleHeader: { Name } },
    PositionalConstraint: 'EXACTLY',
    SearchString: 'x',
    ...AS_SENT,
  },
});
const not = (Statement: Json) => ({ NotStatement: { Statement } });
const and = (...Statements: Json[]) => ({ AndStatement: { Statements } });
const or = (...Statements: Json[]) => ({ OrStatement: { Statements } });
const FREE = pathLike('^(/main)?/(mcp|oauth/|connect/)');

const block = (Statement: Json) => ({ Name: 'Rule', Priority: 0, Statement, Action: { Block: {} } });
const group = (Statement: Json, OverrideAction: Json) => ({
  Name: 'Rule',
  Priority: 0,
  Statement,
  OverrideAction,
});

const violations = (rule: Json) => [
  ...firewallContent.check({
    Resources: {
      Stage: { Type: 'AWS::ApiGateway::Stage', Properties: { StageName: 'main' } },
      Acl: { Type: 'AWS::WAFv2::WebACL', Properties: { DefaultAction: { Allow: {} }, Rules: [rule] } },
    },
  }),
];

describe('a firewall rule', () => {
  it.each<[string, Json]>([
    ['only counts', { ...block(body('<script')), Action: { Count: {} } }],
    ['is a group that only counts', group({ ManagedRuleGroupStatement: COMMON }, { Count: {} })],
    [
      'limits how often one address asks',
      block({ RateBasedStatement: { Limit: 1000, AggregateKeyType: 'IP' } }),
    ],
    ['judges the address', block({ IPSetReferenceStatement: { Arn: 'arn' } })],
    ['judges the country', block({ GeoMatchStatement: { CountryCodes: ['AQ'] } })],
    ['judges a header', block(not(header('x-origin-secret')))],
    [
      'is AWS’s list of attacking addresses',
      group(
        { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: 'AWSManagedRulesAmazonIpReputationList' } },
        { None: {} },
      ),
    ],
    ['blocks content elsewhere', block(and(body('<script'), not(FREE)))],
    ['blocks content of the pages', block(and(body('<script'), path('STARTS_WITH', '/console/')))],
    [
      'scopes a group down to elsewhere',
      group({ ManagedRuleGroupStatement: { ...COMMON, ScopeDownStatement: not(FREE) } }, { None: {} }),
    ],
    [
      'spares each path by name',
      block(
        and(
          body('x'),
          not(or(path('CONTAINS', '/mcp'), path('CONTAINS', '/oauth/'), path('CONTAINS', '/connect/'))),
        ),
      ),
    ],
  ])('is accepted that %s', (_what, rule) => {
    expect(violations(rule)).toEqual([]);
  });

  it.each<[string, Json, string]>([
    ['blocks content', block(body('<script')), '/mcp'],
    ['asks a person to solve a puzzle', { ...block(body('x')), Action: { Captcha: {} } }, '/mcp'],
    ['is a group that blocks', group({ ManagedRuleGroupStatement: COMMON }, { None: {} }), '/mcp'],
    [
      'is somebody else’s group',
      group({ RuleGroupReferenceStatement: { Arn: 'arn' } }, { None: {} }),
      '/mcp',
    ],
    ['blocks content on all paths but one', block(and(body('x'), not(path('STARTS_WITH', '/mcp')))), '/mcp'],
    [
      'spares sign-in by half',
      block(and(body('x'), not(pathLike('^(/main)?/(mcp|oauth/token|connect/)')))),
      '/oauth/authorize',
    ],
    [
      'knows the paths of a domain only',
      block(and(body('x'), not(pathLike('^/(mcp|oauth/|connect/)')))),
      '/mcp',
    ],
    ['blocks one of the paths altogether', block(path('STARTS_WITH', '/oauth/')), '/oauth/authorize'],
    [
      'blocks content by a label',
      block({ LabelMatchStatement: { Scope: 'LABEL', Key: 'awswaf:managed:aws:core-rule-set:x' } }),
      '/mcp',
    ],
    [
      'limits content as a rate',
      block({ RateBasedStatement: { Limit: 10, ScopeDownStatement: body('x') } }),
      '/mcp',
    ],
    [
      'judges the size of a header',
      block({ SizeConstraintStatement: { FieldToMatch: { Cookies: {} }, Size: 9 } }),
      '/mcp',
    ],
    ['judges a query', block({ SqliMatchStatement: { FieldToMatch: { AllQueryArguments: {} } } }), '/mcp'],
    ['is of a kind that nobody knows', block({ TarotStatement: {} }), '/mcp'],
    ['has an expression that nobody can read', block(and(body('x'), not(pathLike('(?i)^/mcp')))), '/mcp'],
    [
      'has a path that nobody can read',
      block(and(body('x'), not(path('CONTAINS', { Ref: 'Path' })))),
      '/mcp',
    ],
    ['says no statement', { Name: 'Rule', Priority: 0, Action: { Block: {} } }, '/mcp'],
  ])('is refused that %s', (_what, rule, where) => {
    expect(violations(rule).map(({ message }) => message)).toEqual([
      expect.stringContaining(`Rule may block ${where} by its content`),
    ]);
  });
});
