import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { type TableDefinition, tableDefinition } from '../../../local/store/definitions.ts';

/** A client of the SDK as one principal. */
export const clientAs = (principal: string, endpoint: string): DynamoDBClient =>
  new DynamoDBClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: principal, secretAccessKey: 'unused' },
    maxAttempts: 1,
  });

/** A table with the keys `pk` and `sk`; each index has its name as partition key. */
export function definition(
  name: string,
  { indexes = [], expires = false }: { indexes?: string[]; expires?: boolean } = {},
): TableDefinition {
  const keys = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' },
    { AttributeName: sort, KeyType: 'RANGE' },
  ];
  return tableDefinition(name, {
    KeySchema: keys('pk', 'sk'),
    AttributeDefinitions: ['pk', 'sk', ...indexes].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S',
    })),
    ...(indexes.length > 0
      ? {
          GlobalSecondaryIndexes: indexes.map((IndexName) => ({
            IndexName,
            KeySchema: keys(IndexName, 'pk'),
            Projection: { ProjectionType: 'KEYS_ONLY' },
          })),
        }
      : {}),
    ...(expires ? { TimeToLiveSpecification: { AttributeName: 'ttl', Enabled: true } } : {}),
    BillingMode: 'PAY_PER_REQUEST',
  });
}
