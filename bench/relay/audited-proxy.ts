import { randomUUID } from 'node:crypto';
import { Table } from '../../lambdas/shared/table.ts';
import { forward } from './forward.ts';
import { readBody, serveMeasured } from './measured-server.ts';
import { readRecordedItems } from './recorded-items.ts';

/**
 * (b) The baseline: the raw proxy with the portal's audit writes. It puts copies of the items that the portal
 * itself wrote for the same call, under new keys: what goes before the outcome before the upstream is called.
 */
const upstream = new URL(process.env.UPSTREAM ?? '');
const table = new Table(process.env.AUDIT_TABLE ?? '');
const recorded = readRecordedItems(process.env.RECORDED_ITEMS ?? '');

/** The condition of the portal's own writes. */
const once = (hash: unknown) => ({
  expression: 'attribute_not_exists(pk) OR #hash = :hash',
  names: { '#hash': 'hash' },
  values: { ':hash': hash },
});

async function write(tool: string, type: string): Promise<void> {
  for (const item of recorded[tool]?.filter((each) => each.type === type) ?? []) {
    const key = { pk: item.pk, sk: `${new Date().toISOString()}#${randomUUID()}` };
    await table.put({ ...item, ...key }, once(item.hash));
  }
}

serveMeasured(async (request, response) => {
  const body = await readBody(request);
  const tool = String(request.headers['mcp-name']);
  await write(tool, 'intent');
  const answer = await forward(upstream, request, body);
  await write(tool, 'outcome');
  response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
});
