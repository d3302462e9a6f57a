import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  type Message,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createAuthorizer } from '../../../local/iam/authorizer.ts';
import { startTestQueues, type TestQueues } from '../../fixtures/queues.ts';

const authorize = createAuthorizer(
  new Map([
    [
      'SenderRole',
      [
        {
          Statement: {
            Effect: 'Allow' as const,
            Action: 'sqs:SendMessage',
            Resource: 'arn:aws:sqs:us-east-1:000000000000:jobs',
          },
        },
      ],
    ],
  ]),
);

let queues: TestQueues;
beforeEach(async () => {
  queues = await startTestQueues(authorize);
});
afterEach(() => queues.close());

const clientAs = (accessKeyId = 'administrator') =>
  new SQSClient({
    endpoint: queues.endpoint,
    credentials: { accessKeyId, secretAccessKey: 'unused' },
    maxAttempts: 1,
  });
const send = (MessageBody: string, name = 'jobs', client = clientAs()) =>
  client.send(new SendMessageCommand({ QueueUrl: queues.url(name), MessageBody }));
async function receive(options: Partial<ReceiveMessageCommandInput> = {}, name = 'jobs'): Promise<Message[]> {
  const input = { QueueUrl: queues.url(name), MessageSystemAttributeNames: ['All' as const], ...options };
  return (await clientAs().send(new ReceiveMessageCommand(input))).Messages ?? [];
}
const receipt = (message: Message | undefined) => ({
  QueueUrl: queues.url('jobs'),
  ReceiptHandle: message?.ReceiptHandle ?? '',
});
const remove = (message: Message | undefined) => clientAs().send(new DeleteMessageCommand(receipt(message)));
/** As if the visibility timeout had passed. */
const release = (message: Message | undefined) =>
  clientAs().send(new ChangeMessageVisibilityCommand({ ...receipt(message), VisibilityTimeout: 0 }));

describe('a queue', () => {
  it('gives a message out once, until it is visible again', async () => {
    const { MessageId } = await send('work');
    const [message] = await receive();
    expect(message).toMatchObject({ MessageId, Body: 'work', Attributes: { ApproximateReceiveCount: '1' } });
    expect(await receive()).toEqual([]);
    await release(message);
    expect(await receive()).toMatchObject([{ MessageId, Attributes: { ApproximateReceiveCount: '2' } }]);
  });

  it('shows a message again by itself when its visibility timeout has passed', async () => {
    await send('work');
    await receive({ VisibilityTimeout: 1 });
    expect(await receive({ WaitTimeSeconds: 20 })).toMatchObject([{ Body: 'work' }]);
  });

  it('lets a receiver wait for a message that is yet to be sent', async () => {
    const [messages] = await Promise.all([receive({ WaitTimeSeconds: 20 }), send('late')]);
    expect(messages).toMatchObject([{ Body: 'late' }]);
  });

  it('forgets a deleted message, but not by the receipt of an earlier receive', async () => {
    await send('work');
    const [first] = await receive();
    await release(first);
    const [second] = await receive();
    await remove(first);
    await expect(release(first)).rejects.toMatchObject({ name: 'MessageNotInflight' });
    await release(second);
    const [third] = await receive();
    expect(third).toMatchObject({ Body: 'work' });
    await remove(third);
    await queues.restart();
    expect([...(await receive()), ...(await receive({}, 'given-up'))]).toEqual([]);
  });

  it('moves a message that was received three times to the dead-letter queue', async () => {
    const { MessageId } = await send('poison');
    for (let time = 0; time < 3; time++) await release((await receive())[0]);
    expect(await receive()).toEqual([]);
    expect(await receive({}, 'given-up')).toMatchObject([{ MessageId, Body: 'poison' }]);
  });

  it('keeps messages, what is hidden and how often they were received over a restart', async () => {
    await send('in flight');
    const [inFlight] = await receive();
    await send('waiting');
    await queues.restart();
    expect(await receive({ MaxNumberOfMessages: 10 })).toMatchObject([{ Body: 'waiting' }]);
    await release(inFlight);
    expect(await receive()).toMatchObject([
      { Body: 'in flight', Attributes: { ApproximateReceiveCount: '2' } },
    ]);
  });

  it('must exist', async () => {
    await expect(send('work', 'nowhere')).rejects.toMatchObject({ name: 'QueueDoesNotExist' });
  });

  it('takes from a role what its policies allow, and nothing else', async () => {
    const sender = clientAs('SenderRole');
    await send('work', 'jobs', sender);
    await expect(send('work', 'others', sender)).rejects.toThrow(
      /SenderRole.*not authorized to perform: sqs:SendMessage on resource: arn:aws:sqs:.*:others/,
    );
    await expect(
      sender.send(new ReceiveMessageCommand({ QueueUrl: queues.url('jobs') })),
    ).rejects.toMatchObject({ name: expect.stringMatching(/^AccessDenied/) });
  });

  it('refuses operations and parameters it does not have by name', async () => {
    const QueueUrl = queues.url('jobs');
    await expect(clientAs().send(new PurgeQueueCommand({ QueueUrl }))).rejects.toThrow(/PurgeQueue/);
    await expect(
      clientAs().send(new SendMessageCommand({ QueueUrl, MessageBody: 'x', MessageGroupId: 'g' })),
    ).rejects.toThrow(/MessageGroupId/);
  });
});
