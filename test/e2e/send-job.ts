import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { JobMessage } from '../../lambdas/dispatch/job.ts';
import type { TestCloud } from '../fixtures/cloud.ts';
import { deploymentOf } from './administrator.ts';

/** Puts a job on a queue of a running embedded cloud, as the dispatcher does. */
export async function sendJob(cloud: TestCloud, queue: string, message: JobMessage): Promise<void> {
  const sqs = new SQSClient({
    endpoint: `http://127.0.0.1:${cloud.port + 1}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'administrator', secretAccessKey: 'unused' },
    useQueueUrlAsEndpoint: false,
  });
  const found = deploymentOf(cloud).queues.find(({ name }) => name.includes(queue));
  if (!found) throw new Error(`The deployment has no queue ${queue}.`);
  await sqs.send(new SendMessageCommand({ QueueUrl: found.url, MessageBody: JSON.stringify(message) }));
}
