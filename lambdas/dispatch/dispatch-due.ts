import { logger } from '../shared/logger.ts';
import type { Item } from '../shared/table.ts';
import type { JobMessage, QueueName } from './job.ts';
import { leaseEnd, nextDue, readWork } from './plan-work.ts';
import { RECURRING } from './recurring.ts';
import type { WorkStore } from './work-store.ts';

export interface Dispatcher {
  work: WorkStore;
  /** Resolves once the queue has the message for good. */
  send: (queue: QueueName, message: JobMessage) => Promise<void>;
  now: () => Date;
}

/**
 * Sends everything that is due to its queue, at least once: work is leased, sent, and only then set to its next
 * time, so that what a dispatcher leaves half done comes due again when the lease ends. That it came to its end is
 * noted, for whoever asks whether the schedule runs.
 * @throws AggregateError when some of it could not be sent; the rest was.
 */
export async function dispatchDue(dispatcher: Dispatcher): Promise<void> {
  const { work, now } = dispatcher;
  const began = now();
  await work.ensure(RECURRING, began);
  const failures: unknown[] = [];
  for (const item of await work.due(began)) {
    await dispatchOne(dispatcher, item).catch((error: unknown) => failures.push(error));
  }
  if (failures.length > 0) throw new AggregateError(failures, `${failures.length} jobs could not be sent`);
  await work.ticked(began);
}

async function dispatchOne({ work, send, now }: Dispatcher, item: Item): Promise<void> {
  const due = readWork(item);
  // It may be of a later version that was rolled back: left alone, it is there when that one returns.
  if (!due) return logger.error('work of an unknown kind is due', { work: item.pk });
  const leasedUntil = leaseEnd(now());
  if (!(await work.postpone(due, leasedUntil))) return;
  await send(due.queue, due.message);
  await work.postpone({ pk: due.pk, dueAt: leasedUntil }, nextDue(due, now()));
}
