import type { MessageQueue } from '../services/message-queue.ts';
import type { MetricData } from './metric-data.ts';

/** Takes the measures of queues that SQS takes each minute. */
export function measureQueues(queues: readonly MessageQueue[], data: MetricData): void {
  for (const queue of queues) {
    const put = (name: string, value: number) =>
      data.put({ namespace: 'AWS/SQS', name, dimensions: { QueueName: queue.view.name }, value });
    put('ApproximateNumberOfMessagesVisible', queue.visible);
    const { oldest } = queue;
    put('ApproximateAgeOfOldestMessage', oldest === undefined ? 0 : (data.now() - oldest) / 1000);
  }
}
