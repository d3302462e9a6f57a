import type { Readable } from 'node:stream';
import * as z from 'zod';
import { FunctionError } from '../functions/function-process.ts';
import { type Authorizer, REGION } from '../iam/authorizer.ts';
import type { MessageQueue, Received } from '../services/message-queue.ts';
import { md5, systemAttributes } from '../services/sqs.ts';

export type Invoke = (functionName: string, event: string) => Promise<Readable>;

/** A queue whose messages invoke a function, one at a time each (`AWS::Lambda::EventSourceMapping`). */
export interface EventSourceView {
  queueArn: string;
  functionName: string;
  /** The function's role, which must be allowed what Lambda does with the queue in its name. */
  role: string;
}

/** How many messages of a queue Lambda has under way at first. */
const CONCURRENCY = 5;
const NEEDED = ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'];

const answer = z
  .object({ batchItemFailures: z.array(z.object({ itemIdentifier: z.string() })).nullish() })
  .nullable();

/**
 * Delivers the messages of a queue to a function until the signal is aborted. A message is deleted when the
 * function succeeded and did not report it (ReportBatchItemFailures); else it becomes visible again by itself.
 * @returns a promise of the end, when nothing is under way any more.
 * @throws Error when the function's role may not consume the queue: then AWS refuses the mapping.
 */
export function startEventSource(
  view: EventSourceView,
  queue: MessageQueue,
  { invoke, authorize, signal }: { invoke: Invoke; authorize: Authorizer; signal: AbortSignal },
): { ended: Promise<unknown> } {
  for (const action of NEEDED) {
    const refusal = authorize(view.role, { action, resource: view.queueArn, conditionKeys: {} });
    if (refusal) throw new Error(refusal.message);
  }
  const deliver = async (): Promise<void> => {
    while (!signal.aborted) {
      const [message] = queue.receive(1);
      if (!message) await queue.change(signal);
      else if (await succeeds(view, message, invoke)) queue.delete(message.receipt);
    }
  };
  const workers = Array.from({ length: CONCURRENCY }, () => deliver().catch(console.error));
  return { ended: Promise.all(workers) };
}

async function succeeds(view: EventSourceView, message: Received, invoke: Invoke): Promise<boolean> {
  try {
    const stream = await invoke(view.functionName, JSON.stringify({ Records: [recordOf(view, message)] }));
    const text = Buffer.concat(await stream.toArray()).toString();
    // Without a readable answer Lambda takes the whole batch for failed.
    const { data, success } = answer.safeParse(JSON.parse(text));
    return success && (data?.batchItemFailures ?? []).length === 0;
  } catch (error) {
    if (!(error instanceof FunctionError)) console.error(error);
    return false;
  }
}

const recordOf = ({ queueArn }: EventSourceView, message: Received) => ({
  messageId: message.id,
  receiptHandle: message.receipt,
  body: message.body,
  attributes: systemAttributes(message),
  messageAttributes: {},
  md5OfBody: md5(message.body),
  eventSource: 'aws:sqs',
  eventSourceARN: queueArn,
  awsRegion: REGION,
});
