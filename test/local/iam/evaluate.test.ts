import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { PolicyDocument } from '../../../local/iam/document.ts';
import { type AccessRequest, allows, compilePolicies } from '../../../local/iam/evaluate.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/Identity';
const policy = (...statements: object[]): PolicyDocument =>
  ({ Version: '2012-10-17', Statement: statements }) as PolicyDocument;
const allow = (Action: string | string[], Resource: string | string[], Condition?: object) =>
  policy({ Effect: 'Allow', Action, Resource, ...(Condition ? { Condition } : {}) });
const deny = (Action: string, Resource: string) => policy({ Effect: 'Deny', Action, Resource });
const get = (conditionKeys: AccessRequest['conditionKeys'] = {}, resource = TABLE): AccessRequest => ({
  action: 'dynamodb:GetItem',
  resource,
  conditionKeys,
});

describe('an identity', () => {
  it('may do nothing that no statement allows', () => {
    expect(allows([], get())).toBe(false);
    expect(allows([allow('dynamodb:PutItem', TABLE)], get())).toBe(false);
    expect(allows([allow('dynamodb:GetItem', `${TABLE}2`)], get())).toBe(false);
  });

  it('may do what any statement of any policy allows', () => {
    const policies = [allow('s3:GetObject', '*'), allow(['dynamodb:PutItem', 'dynamodb:GetItem'], [TABLE])];
    expect(allows(policies, get())).toBe(true);
  });

  it('may never do what one statement denies', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray(['*', 'dynamodb:*', 'dynamodb:GetItem', 'dynamodb:Get*']),
        (actions) => {
          const policies = [...actions.map((action) => allow(action, '*')), deny('dynamodb:Get?tem', TABLE)];
          expect(compilePolicies(policies)(get())).toBe('explicit-deny');
        },
      ),
    );
  });
});

describe('patterns', () => {
  it.each([
    ['dynamodb:GetItem', true],
    ['DYNAMODB:getitem', true],
    ['dynamodb:*', true],
    ['dynamodb:Get?tem', true],
    ['*', true],
    ['dynamodb:Get', false],
    ['dynamodb.GetItem', false],
    ['', false],
  ])('of actions know no case: %s', (action, expected) => {
    expect(allows([allow(action, TABLE)], get())).toBe(expected);
  });

  it.each([
    [TABLE, true],
    [TABLE.toLowerCase(), false],
    [`${TABLE}*`, true],
    [`${TABLE}/index/*`, false],
    ['arn:aws:dynamodb:*:*:table/Identity', true],
  ])('of resources know case: %s', (resource, expected) => {
    expect(allows([allow('dynamodb:GetItem', resource)], get())).toBe(expected);
  });

  it('match text without wildcards exactly, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (text, other) => {
        fc.pre(!/[*?]/.test(text));
        expect(allows([allow('dynamodb:GetItem', text)], get({}, other))).toBe(text === other);
      }),
    );
  });

  it('match a run of any characters with an asterisk', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (begin, rest) => {
        fc.pre(!/[*?]/.test(begin));
        expect(allows([allow('dynamodb:GetItem', `${begin}*`)], get({}, begin + rest))).toBe(true);
      }),
    );
  });
});

describe('conditions', () => {
  const onPartitions = (operator: string) =>
    allow('dynamodb:GetItem', TABLE, {
      [operator]: { 'dynamodb:LeadingKeys': ['ConsoleSession#*', 'ConsoleSignIn#*'] },
    });

  it.each([
    [['ConsoleSession#1'], true],
    [['ConsoleSession#1', 'ConsoleSignIn#2'], true],
    [['ConsoleSession#1', 'Grant#1'], false],
    [['Grant#ConsoleSession#1'], false],
    [[], true],
  ])('ForAllValues holds when every value of %j matches', (keys, expected) => {
    const request = get({ 'dynamodb:LeadingKeys': keys });
    expect(allows([onPartitions('ForAllValues:StringLike')], request)).toBe(expected);
  });

  it('on the encryption context hold for exactly that context', () => {
    const policies = [
      allow('dynamodb:GetItem', '*', { StringEquals: { 'kms:EncryptionContext:purpose': 'signing-key' } }),
    ];
    const withPurpose = (purpose: string) => get({ 'kms:EncryptionContext:purpose': [purpose] });
    expect(allows(policies, withPurpose('signing-key'))).toBe(true);
    expect(allows(policies, withPurpose('signing-key2'))).toBe(false);
    expect(allows(policies, get())).toBe(false);
  });

  it('on a service in between fail for a direct call', () => {
    const through = { StringEquals: { 'kms:ViaService': ['dynamodb.us-east-1.amazonaws.com'] } };
    expect(allows([allow('dynamodb:GetItem', '*', through)], get())).toBe(false);
  });

  it.each([
    ['operator', { NumericLessThan: { 'dynamodb:LeadingKeys': '1' } }],
    ['quantifier', { 'ForAnyValue:StringLike': { 'dynamodb:LeadingKeys': '1' } }],
    ['operator', { StringLikeIfExists: { 'dynamodb:LeadingKeys': '1' } }],
    ['operator', { constructor: { 'dynamodb:LeadingKeys': '1' } }],
    ['key', { StringEquals: { 'aws:SourceIp': '10.0.0.1' } }],
  ])('with an unknown %s are an error, not an allow', (_what, condition) => {
    expect(() => allows([allow('*', '*', condition)], get())).toThrow(/not evaluated/);
  });

  it.each([{ NotAction: 's3:*' }, { NotResource: '*' }, { Principal: '*' }])(
    'and elements that are not evaluated are an error: %j',
    (element) => {
      const statement = { Effect: 'Allow', Action: '*', Resource: '*', ...element };
      expect(() => compilePolicies([policy(statement)])).toThrow();
    },
  );
});
