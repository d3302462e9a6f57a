import { SHARDS } from '../../lambdas/audit/keys.ts';
import type { Actor, Exchange, Outcome } from '../../lambdas/audit/record.ts';
import type { Item, Table } from '../../lambdas/shared/table.ts';

export const alice: Actor = {
  person: { id: 'p_alice', email: 'alice@example.com' },
  session: 'session-of-alice',
  client: { id: 'client-1', name: 'An MCP client' },
  ip: '192.0.2.10',
  userAgent: 'client/1.0',
};

export const exchangeOf = (id: string, changes: Partial<Exchange> = {}): Exchange => ({
  exchange: id,
  actor: alice,
  portal: 'main',
  method: 'tools/call',
  server: 'hr',
  tool: 'update-employee',
  decision: {
    allowed: true,
    level: 'server',
    policy: 'engineers',
    reason: 'Allowed by the server policy "engineers".',
  },
  ...changes,
});

export const success: Outcome = {
  status: 'success',
  totalMs: 12.345_678,
  upstreamMs: 7.06,
  requestBytes: 120,
  responseBytes: 4000,
};

/** Every record of some days, in order of time. */
export async function readAll(audit: Table, ...days: string[]): Promise<Item[]> {
  const items: Item[] = [];
  for (const day of days) {
    for (let shard = 0; shard < SHARDS; shard++) {
      let after: Record<string, unknown> | undefined;
      do {
        const page = await audit.query({
          partition: { value: `${day}#${shard}` },
          ...(after ? { after } : {}),
        });
        items.push(...page.items);
        after = page.next;
      } while (after);
    }
  }
  return items.sort((a, b) => (a.sk < b.sk ? -1 : 1));
}

export const today = (): string => new Date().toISOString().slice(0, 10);

export const chainsOf = (items: readonly Item[]): Map<string, Item[]> =>
  Map.groupBy(items, ({ chain }) => String(chain));
