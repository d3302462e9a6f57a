import * as z from 'zod';

const keySchema = z
  .array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }))
  .min(1)
  .max(2);

/** What the store does with an `AWS::DynamoDB::Table`; a property that changes behaviour and is not here is an error. */
const tableProperties = z.strictObject({
  TableName: z.string().optional(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z
    .array(
      z.strictObject({
        IndexName: z.string(),
        KeySchema: keySchema,
        Projection: z.object({
          ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
          NonKeyAttributes: z.array(z.string()).optional(),
        }),
        WarmThroughput: z.unknown().optional(),
        OnDemandThroughput: z.unknown().optional(),
      }),
    )
    .optional(),
  TimeToLiveSpecification: z.object({ AttributeName: z.string(), Enabled: z.literal(true) }).optional(),
  BillingMode: z.literal('PAY_PER_REQUEST'),
  ContributorInsightsSpecification: z.unknown().optional(),
  DeletionProtectionEnabled: z.unknown().optional(),
  OnDemandThroughput: z.unknown().optional(),
  PointInTimeRecoverySpecification: z.unknown().optional(),
  SSESpecification: z.unknown().optional(),
  TableClass: z.unknown().optional(),
  Tags: z.unknown().optional(),
  WarmThroughput: z.unknown().optional(),
});

/** A table as the store makes it: its name, its keys and indexes, and the attribute that makes items expire. */
export interface TableDefinition {
  name: string;
  schema: {
    KeySchema: z.output<typeof keySchema>;
    AttributeDefinitions: { AttributeName: string; AttributeType: 'S' | 'N' | 'B' }[];
    GlobalSecondaryIndexes?: {
      IndexName: string;
      KeySchema: z.output<typeof keySchema>;
      Projection: {
        ProjectionType: 'ALL' | 'KEYS_ONLY' | 'INCLUDE';
        NonKeyAttributes?: string[] | undefined;
      };
    }[];
  };
  timeToLive: string | undefined;
}

/**
 * Reads the resolved properties of an `AWS::DynamoDB::Table`; without a TableName its name is the logical id.
 * @throws Error naming a property that the store does not act on, such as StreamSpecification.
 */
export function tableDefinition(logicalId: string, properties: unknown): TableDefinition {
  const result = tableProperties.safeParse(properties);
  if (!result.success)
    throw new Error(`The table store cannot make ${logicalId}: ${z.prettifyError(result.error)}`);
  const { TableName, KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, TimeToLiveSpecification } =
    result.data;
  const indexes = GlobalSecondaryIndexes?.map((index) => ({
    IndexName: index.IndexName,
    KeySchema: index.KeySchema,
    Projection: index.Projection,
  }));
  return {
    name: TableName ?? logicalId,
    schema: { KeySchema, AttributeDefinitions, ...(indexes ? { GlobalSecondaryIndexes: indexes } : {}) },
    timeToLive: TimeToLiveSpecification?.AttributeName,
  };
}
