import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Table } from 'aws-cdk-lib/aws-dynamodb';
import { Duration } from 'aws-cdk-lib/core';
import type { Alarms } from '../alarms.ts';
import type { Tables } from '../tables.ts';

/** What a call or a sign-in waits for. The other tables are used by work that is repeated. */
const WAITED_FOR = {
  policies: ['Read'],
  identity: ['Read', 'Write'],
  vault: ['Read'],
  audit: ['Write'],
  payloads: ['Write'],
} as const;

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Throttles that last: the SDK tries single ones again by itself. */
export function watchTables(alarms: Alarms, tables: Tables): void {
  for (const [name, directions] of Object.entries(WAITED_FOR) as [
    keyof typeof WAITED_FOR,
    readonly string[],
  ][]) {
    const table: Table = tables[name];
    for (const direction of directions) {
      alarms.add(`${capitalised(name)}${direction}Throttles`, {
        metric: table.metric(`${direction}ThrottleEvents`, {
          period: Duration.minutes(1),
          statistic: Stats.SUM,
        }),
        threshold: 20,
        bad: { periods: 2, of: 3 },
        says: `DynamoDB throttles the table ${name} (${direction.toLowerCase()}).`,
        runbook: 'table-throttles',
      });
    }
  }
}
