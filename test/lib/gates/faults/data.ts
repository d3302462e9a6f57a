import type { Faults } from './fault.ts';

const TABLE = 'AWS::DynamoDB::Table';
const POOL = 'AWS::Cognito::UserPool';

/** Faults of tables, other stores and logs. */
export const DATA: Faults = {
  'table-attributes': [
    {
      what: 'an index by an attribute that is not defined',
      type: TABLE,
      path: 'Properties.GlobalSecondaryIndexes.0.KeySchema.0',
      value: { AttributeName: 'colour', KeyType: 'HASH' },
    },
    {
      what: 'a definition that no key uses',
      type: TABLE,
      path: 'Properties.AttributeDefinitions.+',
      value: { AttributeName: 'colour', AttributeType: 'S' },
    },
    {
      what: 'a key of the table that is not defined',
      type: TABLE,
      path: 'Properties.AttributeDefinitions.0.AttributeName',
      value: 'id',
    },
  ],
  'retained-state': [
    { what: 'a table that goes with its stack', type: TABLE, path: 'DeletionPolicy', value: 'Delete' },
    { what: 'a table that goes when it is replaced', type: TABLE, path: 'UpdateReplacePolicy' },
    { what: 'a table that anybody may delete', type: TABLE, path: 'Properties.DeletionProtectionEnabled' },
    { what: 'a pool that goes with its stack', type: POOL, path: 'DeletionPolicy', value: 'Snapshot' },
    {
      what: 'a pool that anybody may delete',
      type: POOL,
      path: 'Properties.DeletionProtection',
      value: 'INACTIVE',
    },
    { what: 'a bucket that goes with its stack', type: 'AWS::S3::Bucket', path: 'DeletionPolicy' },
    { what: 'a key that goes with its stack', type: 'AWS::KMS::Key', id: 'Vault', path: 'DeletionPolicy' },
  ],
  'log-retention': [
    {
      what: 'a log group that keeps logs for ever',
      type: 'AWS::Logs::LogGroup',
      path: 'Properties.RetentionInDays',
    },
    {
      what: 'a function whose log group Lambda makes',
      type: 'AWS::Lambda::Function',
      path: 'Properties.LoggingConfig.LogGroup',
    },
  ],
};
