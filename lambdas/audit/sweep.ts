import { logger } from '../shared/logger.ts';
import type { Item, Table } from '../shared/table.ts';
import { follow, type OpenIntent, overdue } from './open-intents.ts';
import { readForward } from './read-forward.ts';
import type { AuditWriter } from './record.ts';
import type { Progress, SweepCheckpoint } from './sweep-checkpoint.ts';
import { recordUnknown } from './unknown-outcome.ts';

/** Younger records may still be on their way to the table, out of order: they are left to the next sweep. */
const SETTLED_AFTER = 2 * 60_000;
/** Between two checkpoints: reads of the table, and outcomes that are recorded. */
const READS_PER_STEP = 100;
const OUTCOMES_PER_STEP = 500;
const WRITES_AT_ONCE = 10;

export interface Sweep {
  audit: Table;
  writer: AuditWriter;
  checkpoint: SweepCheckpoint;
  retentionDays: number;
  /** Epoch milliseconds. */
  now: () => number;
  /** Whether there is time for another step, of some seconds. */
  hasTime: () => boolean;
}

/**
 * Records the outcome `unknown` for every intent that is older than 15 minutes and has none, exactly once.
 *
 * Every record is read once, however often the sweep runs, and at most a page per partition again after each
 * 100 reads: about an eighth of a read unit a record (1 KB, eventually consistent). A run reads each partition of the
 * days since the last one at least once and writes its checkpoint once or twice. So the cost grows with the records
 * written, not with those that are kept. Only while more than 2,000 calls have no outcome yet are some read again.
 *
 * Intents are claimed in the checkpoint before their outcomes are written: a sweep that ends in between leaves
 * them to one that has read far enough to know which of the outcomes are there.
 * @throws AggregateError when outcomes could not be recorded; the others were.
 */
export async function sweepIntents(sweep: Sweep): Promise<void> {
  const { audit, checkpoint, now } = sweep;
  const progress = (await checkpoint.load()) ?? {
    position: positionAt(now() - sweep.retentionDays * 86_400_000),
    open: new Map<string, OpenIntent>(),
  };
  const to = positionAt(now() - SETTLED_AFTER);
  const failures: unknown[] = [];
  do {
    const stretch = { from: progress.position, to, reads: READS_PER_STEP };
    progress.position = await readForward(audit, stretch, (item) => follow(progress.open, item));
    const settled = await settle(sweep, progress, failures);
    if (!settled) return logger.info('another sweep is under way');
  } while (moreToDo(progress, to) && sweep.hasTime());
  if (failures.length > 0) {
    throw new AggregateError(failures, `${failures.length} outcomes could not be recorded`);
  }
}

const positionAt = (time: number): string => `${new Date(time).toISOString()}#`;

const moreToDo = ({ position, open }: Progress, to: string): boolean =>
  position < to || overdue(open, position).length > 0;

/** Claims what is overdue, records it and saves the progress; false when another sweep has gone on meanwhile. */
async function settle(sweep: Sweep, progress: Progress, failures: unknown[]): Promise<boolean> {
  const { checkpoint } = sweep;
  // Only a claim that is kept keeps other sweeps from its intent.
  const { open } = checkpoint.kept(progress);
  const due = overdue(open, progress.position).slice(0, OUTCOMES_PER_STEP);
  const claimedAt = new Date(sweep.now()).toISOString();
  for (const intent of due) intent.claimedAt = claimedAt;
  if (!(await checkpoint.save(progress))) return false;
  if (due.length === 0) return true;
  for (let start = 0; start < due.length; start += WRITES_AT_ONCE) {
    const batch = due.slice(start, start + WRITES_AT_ONCE).map(async (intent) => {
      await recordOutcome(sweep, intent);
      progress.open.delete(intent.exchange);
    });
    for (const result of await Promise.allSettled(batch)) {
      if (result.status === 'rejected') failures.push(result.reason);
    }
  }
  return checkpoint.save(progress);
}

async function recordOutcome({ audit, writer }: Sweep, intent: OpenIntent): Promise<void> {
  const item = await readIntent(audit, intent);
  if (item) await recordUnknown(writer, item);
  else logger.info('an intent without outcome has expired', { exchange: intent.exchange });
}

async function readIntent(audit: Table, { pk, sk }: OpenIntent): Promise<Item | undefined> {
  const { items } = await audit.query({ partition: { value: pk }, sort: { from: sk, to: sk }, limit: 1 });
  return items[0];
}
