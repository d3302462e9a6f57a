import { setTimeout as wait } from 'node:timers/promises';
import { BatchGetItemCommand, type KeysAndAttributes } from '@aws-sdk/client-dynamodb';
import { dynamodb, fromAttributes, type Item, type Table, toAttributes } from '../shared/table.ts';
import type { Found, Wanted } from './read-window.ts';

/** Pages of the index for one page of ours. */
const READS_PER_PAGE = 20;
/** As many as one BatchGetItem takes. */
const KEYS_PER_READ = 100;

/** The records of one person, newest first, by the index `by-person` and the items that it names. */
export async function readPerson(audit: Table, person: string, wanted: Wanted): Promise<Found> {
  const { window, matches, limit } = wanted;
  const found: Item[] = [];
  let after: Record<string, unknown> | undefined;
  let position = window.below;
  for (let reads = 0; reads < READS_PER_PAGE; reads++) {
    const page = await audit.query({
      index: 'by-person',
      partition: { attribute: 'person', value: person },
      sort: { from: window.from, to: window.below },
      newestFirst: true,
      limit: KEYS_PER_READ,
      ...(after ? { after } : {}),
    });
    const items = await getItems(audit.name, page.items);
    for (const { pk, sk } of page.items) {
      if (sk >= window.below) continue;
      position = sk;
      const item = items.get(`${pk} ${sk}`);
      if (item && matches(item)) found.push(item);
      if (found.length === limit) return { items: found, position };
    }
    after = page.next;
    if (!after) return { items: found, position: null };
  }
  return { items: found, position };
}

async function getItems(table: string, keys: readonly Item[]): Promise<Map<string, Item>> {
  const items = new Map<string, Item>();
  let left: Record<string, KeysAndAttributes> =
    keys.length === 0 ? {} : { [table]: { Keys: keys.map(({ pk, sk }) => toAttributes({ pk, sk })) } };
  for (let attempt = 0; Object.keys(left).length > 0; attempt++) {
    if (attempt > 0) await wait(Math.random() * 25 * 2 ** Math.min(attempt, 6));
    const answer = await dynamodb.send(new BatchGetItemCommand({ RequestItems: left }));
    for (const attributes of answer.Responses?.[table] ?? []) {
      const item = fromAttributes(attributes);
      if (typeof item.pk === 'string' && typeof item.sk === 'string') {
        items.set(`${item.pk} ${item.sk}`, { ...item, pk: item.pk, sk: item.sk });
      }
    }
    left = answer.UnprocessedKeys ?? {};
  }
  return items;
}
