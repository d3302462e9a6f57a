import { createHash } from 'node:crypto';
import * as z from 'zod';
import { ADMINISTRATOR } from '../iam/authorizer.ts';
import { readParameters, ServiceError } from './aws-json.ts';
import { MessageQueue, type QueueView, type Received } from './message-queue.ts';
import type { Caller } from './permission.ts';

const seconds = (most: number) => z.int().min(0).max(most);
const target = { QueueUrl: z.string() };
const systemAttribute = z.enum([
  'All',
  'ApproximateFirstReceiveTimestamp',
  'ApproximateReceiveCount',
  'SenderId',
  'SentTimestamp',
]);
const sendParameters = z.strictObject({
  ...target,
  MessageBody: z.string().min(1),
  DelaySeconds: seconds(900).optional(),
});
const receiveParameters = z.strictObject({
  ...target,
  MaxNumberOfMessages: z.int().min(1).max(10).default(1),
  VisibilityTimeout: seconds(43_200).optional(),
  WaitTimeSeconds: seconds(20).default(0),
  MessageSystemAttributeNames: z.array(systemAttribute).default([]),
});
const deleteParameters = z.strictObject({ ...target, ReceiptHandle: z.string() });
const visibilityParameters = z.strictObject({
  ...target,
  ReceiptHandle: z.string(),
  VisibilityTimeout: seconds(43_200),
});

/** AWS's limit on a message, in bytes. */
const MAX_MESSAGE = 1024 * 1024;

export const md5 = (body: string): string => createHash('md5').update(body).digest('hex');

/** What SQS tells about a received message, all of it as text. */
export const systemAttributes = (message: Received): Record<string, string> => ({
  ApproximateFirstReceiveTimestamp: String(message.firstReceivedAt),
  ApproximateReceiveCount: String(message.receives),
  SenderId: ADMINISTRATOR,
  SentTimestamp: String(message.sentAt),
});

/** SendMessage, ReceiveMessage, DeleteMessage and ChangeMessageVisibility of Amazon SQS on standard queues. */
export class Queues {
  readonly #queues: ReadonlyMap<string, MessageQueue>;

  /** @throws Error when a dead-letter queue is not among the queues. */
  constructor(folder: string, views: readonly QueueView[]) {
    const queues = new Map<string, MessageQueue>();
    const open = (view: QueueView): MessageQueue => {
      const { deadLetters } = view;
      const last = deadLetters && views.find(({ arn }) => arn === deadLetters.arn);
      if (deadLetters && !last) throw new Error(`${view.name} has no dead-letter queue ${deadLetters.arn}.`);
      const queue = queues.get(view.url) ?? new MessageQueue(view, folder, last && open(last));
      queues.set(view.url, queue);
      return queue;
    };
    for (const view of views) open(view);
    this.#queues = queues;
  }

  /** @throws Error when there is no such queue. */
  byArn(arn: string): MessageQueue {
    const queue = [...this.#queues.values()].find(({ view }) => view.arn === arn);
    if (!queue) throw new Error(`There is no queue ${arn}.`);
    return queue;
  }

  async perform(operation: string, body: Buffer, caller: Caller): Promise<object> {
    switch (operation) {
      case 'SendMessage':
        return this.#send(body, caller);
      case 'ReceiveMessage':
        return this.#receive(body, caller);
      case 'DeleteMessage':
        return this.#delete(body, caller);
      case 'ChangeMessageVisibility':
        return this.#changeVisibility(body, caller);
      default:
        throw new ServiceError(
          'UnknownOperationException',
          `The local SQS does not support the operation ${operation}.`,
        );
    }
  }

  #send(body: Buffer, caller: Caller): object {
    const { QueueUrl, MessageBody, DelaySeconds } = readParameters(sendParameters, body);
    const queue = this.#allowed('sqs:SendMessage', QueueUrl, caller);
    if (Buffer.byteLength(MessageBody) > MAX_MESSAGE)
      throw new ServiceError('InvalidParameterValue', `A message has at most ${MAX_MESSAGE} bytes.`);
    return { MessageId: queue.send(MessageBody, DelaySeconds), MD5OfMessageBody: md5(MessageBody) };
  }

  async #receive(body: Buffer, caller: Caller): Promise<object> {
    const wanted = readParameters(receiveParameters, body);
    const queue = this.#allowed('sqs:ReceiveMessage', wanted.QueueUrl, caller);
    const over = AbortSignal.timeout(wanted.WaitTimeSeconds * 1000);
    const receive = () => queue.receive(wanted.MaxNumberOfMessages, wanted.VisibilityTimeout);
    let received = receive();
    while (received.length === 0 && wanted.WaitTimeSeconds > 0 && !over.aborted) {
      await queue.change(over);
      received = receive();
    }
    const names = new Set<string>(wanted.MessageSystemAttributeNames);
    const shown = ([name]: [string, string]) => names.has('All') || names.has(name);
    return {
      Messages: received.map((message) => ({
        MessageId: message.id,
        ReceiptHandle: message.receipt,
        Body: message.body,
        MD5OfBody: md5(message.body),
        Attributes: Object.fromEntries(Object.entries(systemAttributes(message)).filter(shown)),
      })),
    };
  }

  #delete(body: Buffer, caller: Caller): object {
    const { QueueUrl, ReceiptHandle } = readParameters(deleteParameters, body);
    this.#allowed('sqs:DeleteMessage', QueueUrl, caller).delete(ReceiptHandle);
    return {};
  }

  #changeVisibility(body: Buffer, caller: Caller): object {
    const { QueueUrl, ReceiptHandle, VisibilityTimeout } = readParameters(visibilityParameters, body);
    const queue = this.#allowed('sqs:ChangeMessageVisibility', QueueUrl, caller);
    if (queue.changeVisibility(ReceiptHandle, VisibilityTimeout)) return {};
    throw new ServiceError('com.amazonaws.sqs#MessageNotInflight', 'The message is not in flight.');
  }

  #allowed(action: string, url: string, caller: Caller): MessageQueue {
    const queue = this.#queues.get(url);
    if (!queue)
      throw new ServiceError('com.amazonaws.sqs#QueueDoesNotExist', `The queue ${url} does not exist.`);
    caller.require(action, queue.view.arn);
    return queue;
  }
}
