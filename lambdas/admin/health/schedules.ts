import type { WorkStore } from '../../dispatch/work-store.ts';
import type { OverdueWork } from './answer.ts';

/** Two ticks and a lease: what is due for longer, no tick has taken. */
const OVERDUE_MS = 4 * 60_000;

/** Work that should have been handed to its queue by now. */
export async function readOverdue(work: WorkStore, now: Date): Promise<OverdueWork[]> {
  const items = await work.due(new Date(now.getTime() - OVERDUE_MS));
  return items.map(({ pk, dueAt }) => ({ job: pk.replace(/^Work#/, ''), since: String(dueAt) }));
}
