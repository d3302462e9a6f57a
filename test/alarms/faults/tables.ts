import { measureThrottles } from '../../../local/cloudwatch/service-metrics.ts';
import { everythingAllowed } from '../../../local/iam/authorizer.ts';
import { startStore } from '../../../local/store/start-store.ts';
import type { Fault } from '../scene.ts';

const key = { pk: { S: 'any' }, sk: { S: 'current' } };
const USES = [
  ['Policies', 'GetItem', { Key: key }],
  ['Identity', 'GetItem', { Key: key }],
  ['Identity', 'PutItem', { Item: key }],
  ['Vault', 'GetItem', { Key: key }],
  ['Audit', 'PutItem', { Item: key }],
  ['Payloads', 'PutItem', { Item: key }],
] as const;

export const tableFaults: Fault[] = [
  {
    by: 'tables whose capacity is used up',
    raises: USES.map(
      ([table, operation]) => `${table}${operation === 'GetItem' ? 'Read' : 'Write'}Throttles`,
    ),
    async start({ deployment, put }) {
      const { tables } = deployment;
      const store = await startStore({
        port: 0,
        tables,
        authorize: everythingAllowed,
        throttled: measureThrottles(put),
        unitsPerSecond: 0,
      });
      const use = async (kind: string, operation: string, parameters: object) => {
        const TableName = tables.find(({ name }) => name.includes(`Tables${kind}`))?.name;
        const response = await fetch(store.endpoint, {
          method: 'POST',
          headers: {
            'x-amz-target': `DynamoDB_20120810.${operation}`,
            authorization:
              'AWS4-HMAC-SHA256 Credential=administrator/20260101/us-east-1/dynamodb/aws4_request',
          },
          body: JSON.stringify({ TableName, ...parameters }),
        });
        await response.arrayBuffer();
      };
      return {
        async inject() {
          for (let times = 0; times < 20; times++)
            await Promise.all(USES.map(([kind, operation, parameters]) => use(kind, operation, parameters)));
        },
        stop: () => store.close(),
      };
    },
  },
];
