import { describe, expect, it } from '@jest/globals';
import type { PolicyDocument } from '../../local/iam/document.ts';
import { compileMatches } from '../../local/iam/match.ts';
import type { RecordedCall } from '../../local/iam/record-calls.ts';
import type { DeployedRoles } from './grants.ts';
import { judge, type Reasons } from './judge.ts';

const arn = (service: string, name: string) => `arn:aws:${service}:us-east-1:000000000000:${name}`;
const TABLE = arn('dynamodb', 'table/SallyportTablesPoliciesAAAAAAAA');
const KEY = arn('kms', 'key/1');
const LOG = arn('logs', 'log-group:Log:*');
const ROLE = 'SallyportWorkerRole01234567';

const reading: PolicyDocument = {
  Statement: {
    Effect: 'Allow',
    Action: ['dynamodb:GetItem', 'dynamodb:Query'],
    Resource: [TABLE, `${TABLE}/index/by-due`],
    Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['Work#*', 'work'] } },
  },
};
const key: PolicyDocument = {
  Statement: {
    Effect: 'Allow',
    Action: ['kms:Decrypt', 'kms:DescribeKey'],
    Resource: KEY,
    Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
  },
};
const log: PolicyDocument = {
  Statement: { Effect: 'Allow', Action: ['logs:CreateLogStream', 'logs:PutLogEvents'], Resource: LOG },
};

const deployed = (policies: PolicyDocument[], managed: string[] = []): DeployedRoles => ({
  roles: [{ name: ROLE, policies, managed }],
  keys: new Map([[TABLE, KEY]]),
  logs: new Map([[ROLE, LOG]]),
  names: [
    [TABLE, 'SallyportTablesPoliciesAAAAAAAA'],
    [KEY, 'SallyportKeysDataBBBBBBBB'],
  ],
});
const enough = deployed([reading, key, log]);

function call(action: string, partition: string, resource = TABLE): RecordedCall {
  const conditionKeys = { 'dynamodb:LeadingKeys': [partition] };
  const by = compileMatches([reading])({ action, resource, conditionKeys });
  const verdict = by.length > 0 ? ('allowed' as const) : ('implicit-deny' as const);
  return { role: ROLE, action, resource, verdict, by: structuredClone([...by]) as RecordedCall['by'] };
}
const get = call('dynamodb:GetItem', 'Work#a');
const everything = [
  get,
  call('dynamodb:GetItem', 'work'),
  call('dynamodb:Query', 'Work#a'),
  call('dynamodb:Query', 'work'),
  call('dynamodb:Query', 'Work#a', `${TABLE}/index/by-due`),
  call('dynamodb:Query', 'work', `${TABLE}/index/by-due`),
];

const faults = (
  calls: readonly RecordedCall[],
  {
    running = enough,
    others = [] as DeployedRoles[],
    unused = [],
    denied = [],
  }: Partial<Reasons> & {
    running?: DeployedRoles;
    others?: DeployedRoles[];
  } = {},
) => judge({ running, others, calls }, { unused, denied }).faults;
const why = 'a journey for it would take a month';

describe('roles whose every grant was used', () => {
  it('have no fault, and writing a log and using a table’s key need no call of their own', () => {
    expect(faults(everything)).toEqual([]);
    expect(judge({ running: enough, others: [], calls: everything }, { unused: [], denied: [] })).toEqual({
      grants: 10,
      used: 10,
      faults: [],
    });
  });

  it('have one when nothing was recorded at all', () => {
    expect(faults([])).toEqual(['no call was recorded']);
  });
});

describe('a grant that was not used', () => {
  const others = everything.slice(1);
  const unused = 'WorkerRole: dynamodb:GetItem on TablesPolicies [LeadingKeys Work#*]';

  it('is a fault by its action, resource and partition', () => {
    expect(faults(others)).toEqual([`${unused}: is allowed and never used`]);
  });

  it('is none with a reason', () => {
    expect(faults(others, { unused: [{ what: unused, why }] })).toEqual([]);
    expect(faults(others, { unused: [{ what: '*: dynamodb:GetItem on *', why }] })).toEqual([]);
  });

  it('may be one of a deployment that did not run, or of a policy of AWS', () => {
    const managed = deployed([reading, key, log], ['arn:aws:iam::aws:policy/service-role/PushLogs']);
    expect(faults(everything, { others: [managed] })).toEqual([
      'WorkerRole: everything of PushLogs: is allowed and never used',
    ]);
  });
});

describe('a reason', () => {
  it('for what is used, or not allowed any more, is a fault', () => {
    const unused = [{ what: 'WorkerRole: dynamodb:GetItem *', why }];
    expect(faults(everything, { unused })).toEqual([
      'WorkerRole: dynamodb:GetItem *: has a reason, though nothing of that kind is allowed and never used',
    ]);
  });
});

describe('a call that was denied', () => {
  const denied = call('dynamodb:PutItem', 'Work#a');
  const text = 'WorkerRole: dynamodb:PutItem on TablesPolicies';

  it('is a fault unless it has a reason', () => {
    expect(faults([...everything, denied])).toEqual([`${text}: is denied`]);
    expect(faults([...everything, denied], { denied: [{ what: text, why }] })).toEqual([]);
  });

  it('may be one that AWS makes with the caller’s permissions', () => {
    expect(faults(everything, { running: deployed([reading, log]) })).toContain(
      'WorkerRole: kms:Decrypt on KeysData, for dynamodb:GetItem: is denied',
    );
  });
});

it('a recorded grant that no template has is a fault: roles changed meanwhile', () => {
  expect(faults([get], { running: deployed([key, log]) })).toContain(
    'WorkerRole: dynamodb:GetItem on TablesPolicies [LeadingKeys Work#*]: is in no template',
  );
});
