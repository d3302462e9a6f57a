import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import * as z from 'zod';
import { FunctionError } from '../../../local/functions/function-process.ts';
import { createAuthorizer, everythingAllowed } from '../../../local/iam/authorizer.ts';
import { startEventSource } from '../../../local/triggers/event-source.ts';
import { startTestQueues, type TestQueues } from '../../fixtures/queues.ts';

const QUEUE = 'arn:aws:sqs:us-east-1:000000000000:jobs';
const view = { queueArn: QUEUE, functionName: 'Worker', role: 'WorkerRole' };
const record = z.object({ messageId: z.string(), body: z.string(), eventSourceARN: z.literal(QUEUE) });
const sqsEvent = z.object({ Records: z.tuple([record]) });
type Answer = (id: string) => unknown;

let queues: TestQueues;
let stopping: AbortController;
const delivered = new EventEmitter();
/** What the function answers, by the message's body; without an answer it fails. */
const answers = new Map<string, Answer>();

beforeEach(async () => {
  queues = await startTestQueues();
  stopping = new AbortController();
  answers.clear();
});
afterEach(async () => {
  stopping.abort();
  await queues.close();
});

/** A function that tells what it got; what it answers is read from its stream, as from a real one. */
async function invoke(functionName: string, event: string): Promise<Readable> {
  expect(functionName).toBe('Worker');
  const [{ body, messageId }] = sqsEvent.parse(JSON.parse(event)).Records;
  const answer = answers.get(body);
  delivered.emit('delivered', body);
  if (!answer) throw new FunctionError('Error', 'it failed');
  return Readable.from([Buffer.from(JSON.stringify(answer(messageId)) ?? 'null')]);
}
const start = (authorize = everythingAllowed) =>
  startEventSource(view, queues.queue('jobs'), { invoke, authorize, signal: stopping.signal });
const reports = (itemIdentifier: string) => ({ batchItemFailures: [{ itemIdentifier }] });

/** Delivers one message, and says whether the queue still has it when the function has answered. */
async function isKept(body: string, answer?: Answer): Promise<boolean> {
  if (answer) answers.set(body, answer);
  const { ended } = start();
  const arrived = once(delivered, 'delivered');
  queues.queue('jobs').send(body);
  expect(await arrived).toEqual([body]);
  stopping.abort();
  await ended;
  return queues.queue('jobs').size === 1;
}

describe('an event source mapping', () => {
  it('deletes a message whose function succeeded without a word', async () => {
    expect(await isKept('done', () => null)).toBe(false);
  });

  it('deletes a message that is not among the reported failures', async () => {
    expect(await isKept('done', () => ({ batchItemFailures: [] }))).toBe(false);
  });

  it('keeps a message that the function reports as failed', async () => {
    expect(await isKept('failing', reports)).toBe(true);
  });

  it('keeps a message whose function threw', async () => {
    expect(await isKept('throwing')).toBe(true);
  });

  it('keeps a message whose function answered something that Lambda does not understand', async () => {
    expect(await isKept('odd', () => ({ batchItemFailures: 'none' }))).toBe(true);
  });
});

describe('an event source mapping whose role', () => {
  it('may not receive from the queue is refused', () => {
    expect(() => start(createAuthorizer(new Map([['WorkerRole', []]])))).toThrow(
      /WorkerRole is not authorized to perform: sqs:ReceiveMessage/,
    );
  });
});
