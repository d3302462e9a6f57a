import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { JobMessage, QueueName } from './job.ts';

/** Sends jobs to queues by their URLs. */
export function sendJobsTo(
  urls: Readonly<Record<QueueName, string>>,
): (queue: QueueName, message: JobMessage) => Promise<void> {
  // Queues are asked where the SDK is configured to find SQS, not where their URLs point.
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  return async (queue, message) => {
    await sqs.send(new SendMessageCommand({ QueueUrl: urls[queue], MessageBody: JSON.stringify(message) }));
  };
}
