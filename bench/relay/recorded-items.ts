import * as z from 'zod';
import { dayOf, partition, SHARDS } from '../../lambdas/audit/keys.ts';
import type { Table } from '../../lambdas/shared/table.ts';

const items = z.array(z.looseObject({ pk: z.string(), sk: z.string(), type: z.string() }));

/** Audit items that the portal wrote for one call, by the name of the tool at its server. */
const recordedItems = z.record(z.string(), items);
type RecordedItems = z.output<typeof recordedItems>;

export const readRecordedItems = (json: string): RecordedItems => recordedItems.parse(JSON.parse(json));

/** Finds the items of the last call of a tool in the audit table. */
export async function findRecordedItems(table: Table, tool: string): Promise<z.output<typeof items>> {
  const day = dayOf(new Date().toISOString());
  const partitions = Array.from({ length: SHARDS }, (_, shard) => partition(day, shard));
  const pages = await Promise.all(partitions.map((value) => table.query({ partition: { value } })));
  const written = pages.flatMap((page) => page.items).filter((item) => item.tool === tool);
  const exchange = written.at(-1)?.exchange;
  return items.parse(written.filter((item) => item.exchange === exchange));
}
