import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { ADMINISTRATOR, createAuthorizer } from '../../../local/iam/authorizer.ts';
import type { PolicyDocument } from '../../../local/iam/document.ts';
import { recordCalls, recordedCall } from '../../../local/iam/record-calls.ts';

const TABLE = 'arn:aws:dynamodb:us-east-1:000000000000:table/policies';
const policies = new Map<string, PolicyDocument[]>([
  [
    'Worker',
    [
      {
        Statement: [
          {
            Effect: 'Allow',
            Action: ['dynamodb:GetItem', 'dynamodb:Query'],
            Resource: [TABLE, `${TABLE}/index/*`],
            Condition: {
              'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['Work#*', 'Snapshot#*', 'work'] },
            },
          },
          { Effect: 'Allow', Action: 'dynamodb:Get*', Resource: '*' },
          { Effect: 'Deny', Action: 'dynamodb:DeleteItem', Resource: '*' },
        ],
      },
    ],
  ],
]);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-calls-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const file = () => join(folder, 'calls.jsonl');
const authorizer = () => createAuthorizer(policies, recordCalls(file(), policies));
const recorded = () =>
  readFileSync(file(), 'utf8')
    .trim()
    .split('\n')
    .map((line) => recordedCall.parse(JSON.parse(line)));
const call = (action: string, leadingKey: string, more: { resource?: string; aside?: boolean } = {}) => ({
  action: `dynamodb:${action}`,
  resource: TABLE,
  conditionKeys: { 'dynamodb:LeadingKeys': [leadingKey] },
  ...more,
});

describe('the record of calls', () => {
  it('names the role, the call, and every statement that allowed it by what of it did', () => {
    authorizer()('Worker', call('GetItem', 'Work#sweep'));
    expect(recorded()).toEqual([
      {
        role: 'Worker',
        action: 'dynamodb:GetItem',
        resource: TABLE,
        verdict: 'allowed',
        by: [
          {
            actions: ['dynamodb:GetItem'],
            resources: [TABLE],
            conditions: { 'dynamodb:LeadingKeys': ['Work#*'] },
          },
          { actions: ['dynamodb:Get*'], resources: ['*'], conditions: {} },
        ],
      },
    ]);
  });

  it('has calls alike once, also when processes share the file', () => {
    const [one, other] = [authorizer(), authorizer()];
    for (const item of ['Work#a', 'Work#b', 'Work#a']) one('Worker', call('GetItem', item));
    other('Worker', call('Query', 'work', { resource: `${TABLE}/index/by-due` }));
    expect(recorded().map(({ action }) => action)).toEqual(['dynamodb:GetItem', 'dynamodb:Query']);
  });

  it('has what was denied with the keys that it was denied for, and why', () => {
    const authorize = authorizer();
    expect(authorize('Worker', call('Query', 'Person#p'))?.reason).toBe('denied');
    expect(authorize('Worker', call('DeleteItem', 'Work#a'))?.reason).toBe('denied');
    expect(recorded()).toMatchObject([
      { verdict: 'implicit-deny', by: [], conditionKeys: { 'dynamodb:LeadingKeys': ['Person#p'] } },
      { verdict: 'explicit-deny', by: [], conditionKeys: { 'dynamodb:LeadingKeys': ['Work#a'] } },
    ]);
  });

  it('leaves out the administrator, and what a service asks by the way and is denied', () => {
    const authorize = authorizer();
    authorize(ADMINISTRATOR, call('Query', 'Person#p'));
    authorize('Worker', call('Query', 'Person#p', { aside: true }));
    authorize('Worker', call('Query', 'work'));
    expect(recorded()).toHaveLength(1);
  });
});
