import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { type Dispatcher, dispatchDue } from '../../lambdas/dispatch/dispatch-due.ts';
import { RECURRING } from '../../lambdas/dispatch/recurring.ts';
import { sendJobsTo } from '../../lambdas/dispatch/send-job.ts';
import { WorkStore } from '../../lambdas/dispatch/work-store.ts';
import { Table } from '../../lambdas/shared/table.ts';
import { startTestQueues, type TestQueues } from '../fixtures/queues.ts';
import { startTestStore, type TestStore } from '../fixtures/store.ts';

let store: TestStore;
let queues: TestQueues;
let policies: Table;
let now: Date;
let dispatcher: Dispatcher;

beforeAll(async () => {
  store = await startTestStore();
  policies = new Table(store.tableName('policies'));
});
afterAll(() => store.close());
beforeEach(async () => {
  queues = await startTestQueues();
  now = new Date('2026-03-01T12:00:20.500Z');
  dispatcher = {
    work: new WorkStore(policies),
    send: sendJobsTo({
      access: queues.url('jobs'),
      audit: queues.url('others'),
      data: queues.url('jobs'),
    }),
    now: () => now,
  };
});
afterEach(async () => {
  await queues.close();
  for (const { job } of RECURRING) await policies.delete({ pk: `Work#${job}`, sk: 'current' });
});

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const passes = (milliseconds: number) => {
  now = new Date(now.getTime() + milliseconds);
};
const itemOf = (job: string) => policies.get({ pk: `Work#${job}`, sk: 'current' });

/** The jobs that were sent to a queue since this was asked last. */
async function sent(name: 'jobs' | 'others'): Promise<string[]> {
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const jobs: string[] = [];
  for (;;) {
    const received = new ReceiveMessageCommand({ QueueUrl: queues.url(name), MaxNumberOfMessages: 10 });
    const { Messages = [] } = await sqs.send(received);
    if (Messages.length === 0) return jobs.sort();
    jobs.push(...Messages.map(({ Body }) => JSON.parse(Body ?? '').job));
  }
}

/** A dispatcher that ends, as a crashed one does, at its nth step of a kind. */
function crashing(step: 'send' | 'postpone', nth: number, when: 'before' | 'after'): Dispatcher {
  let count = 0;
  const failAt = async <T>(act: () => Promise<T>): Promise<T> => {
    count++;
    if (count > nth || (count === nth && when === 'before')) throw new Error('crashed');
    const result = await act();
    if (count === nth) throw new Error('crashed');
    return result;
  };
  const { work, send } = dispatcher;
  if (step === 'send') return { ...dispatcher, send: (queue, message) => failAt(() => send(queue, message)) };
  class CrashingStore extends WorkStore {
    override async postpone(...parameters: Parameters<WorkStore['postpone']>) {
      return failAt(() => work.postpone(...parameters));
    }
  }
  return { ...dispatcher, work: new CrashingStore(policies) };
}

describe('the dispatcher', () => {
  it('creates the recurring work, due at once, and sends each job to its queue', async () => {
    await dispatchDue(dispatcher);
    expect(await sent('jobs')).toEqual(['expire-held-clients', 'migrate-data', 'rotate-signing-key']);
    expect(await sent('others')).toEqual(['sweep-intents']);
    expect(await itemOf('sweep-intents')).toEqual({
      pk: 'Work#sweep-intents',
      sk: 'current',
      due: 'work',
      queue: 'audit',
      everySeconds: 300,
      dueAt: '2026-03-01T12:05:00.000Z',
    });
  });

  it('sends nothing before its time, and each job again in its own rhythm, whatever second a tick has', async () => {
    await dispatchDue(dispatcher);
    await sent('others');
    passes(4 * MINUTE);
    await dispatchDue(dispatcher);
    expect(await sent('others')).toEqual([]);
    passes(MINUTE - 20 * SECOND);
    await dispatchDue(dispatcher);
    expect(await sent('others')).toEqual(['sweep-intents']);
    expect(await itemOf('sweep-intents')).toMatchObject({ dueAt: '2026-03-01T12:10:00.000Z' });
  });

  it('does not make up for what it missed while it did not run', async () => {
    await dispatchDue(dispatcher);
    await sent('others');
    passes(60 * MINUTE);
    await dispatchDue(dispatcher);
    await dispatchDue(dispatcher);
    expect(await sent('others')).toEqual(['sweep-intents']);
    expect(await itemOf('sweep-intents')).toMatchObject({ dueAt: '2026-03-01T13:05:00.000Z' });
  });

  it('sends a job once when two dispatchers run at the same moment', async () => {
    await dispatcher.work.ensure(RECURRING, now);
    await Promise.all([dispatchDue(dispatcher), dispatchDue(dispatcher), dispatchDue(dispatcher)]);
    expect([...(await sent('jobs')), ...(await sent('others'))].sort()).toEqual(
      RECURRING.map(({ job }) => job).sort(),
    );
  });

  it('takes over a new rate and queue of a job, and leaves its due time', async () => {
    await dispatchDue(dispatcher);
    const [sweep] = RECURRING.filter(({ job }) => job === 'sweep-intents');
    if (!sweep) throw new Error('There is no sweep.');
    await dispatcher.work.ensure([{ ...sweep, queue: 'access', everySeconds: 600 }], now);
    expect(await itemOf('sweep-intents')).toMatchObject({
      queue: 'access',
      everySeconds: 600,
      dueAt: '2026-03-01T12:05:00.000Z',
    });
  });

  it('notes when it came to its end, and does not when something could not be sent', async () => {
    await dispatchDue(dispatcher);
    expect(await dispatcher.work.lastTick()).toBe('2026-03-01T12:00:20.500Z');
    passes(5 * MINUTE);
    const failing: Dispatcher = { ...dispatcher, send: () => Promise.reject(new Error('no queue')) };
    await expect(dispatchDue(failing)).rejects.toThrow('could not be sent');
    expect(await dispatcher.work.lastTick()).toBe('2026-03-01T12:00:20.500Z');
    await policies.delete({ pk: 'Work#', sk: 'last-tick' });
  });

  it('leaves work alone that it does not understand, and sends the rest', async () => {
    const unknown = {
      pk: 'Work#of-a-later-version',
      sk: 'current',
      due: 'work',
      dueAt: '2026-01-01T00:00:00Z',
    };
    await policies.put(unknown);
    await dispatchDue(dispatcher);
    expect(await sent('others')).toEqual(['sweep-intents']);
    expect(await itemOf('of-a-later-version')).toEqual(unknown);
    await policies.delete({ pk: unknown.pk, sk: unknown.sk });
  });
});

describe('a dispatcher that ends between two steps loses nothing:', () => {
  const everything = RECURRING.map(({ job }) => job).sort();
  const allSent = async () => [...(await sent('jobs')), ...(await sent('others'))].sort();

  it.each([
    ['before the lease', 'postpone', 1, 'before', 0],
    ['between lease and send', 'send', 1, 'before', 0],
    ['between send and its answer', 'send', 1, 'after', 1],
    ['before the next due time is written', 'postpone', 2, 'before', 1],
  ] as const)('%s', async (_name, step, nth, when, sentByThen) => {
    await expect(dispatchDue(crashing(step, nth, when))).rejects.toThrow(AggregateError);
    const before = await allSent();
    expect(before).toHaveLength(sentByThen);
    await dispatchDue(dispatcher);
    passes(2 * MINUTE);
    await dispatchDue(dispatcher);
    // At least once: what was sent before the end comes again.
    expect(new Set([...before, ...(await allSent())])).toEqual(new Set(everything));
    passes(MINUTE);
    await dispatchDue(dispatcher);
    expect(await allSent()).toEqual([]);
  });

  it('the jobs whose queue is there are sent though another queue fails', async () => {
    const failing: Dispatcher = {
      ...dispatcher,
      send: (queue, message) =>
        queue === 'access' ? Promise.reject(new Error('no queue')) : dispatcher.send(queue, message),
    };
    await expect(dispatchDue(failing)).rejects.toThrow('2 jobs could not be sent');
    expect(await allSent()).toEqual(['migrate-data', 'sweep-intents']);
    passes(2 * MINUTE);
    await dispatchDue(dispatcher);
    expect(await allSent()).toEqual(['expire-held-clients', 'rotate-signing-key']);
  });
});
