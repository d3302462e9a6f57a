import type { Authorizer } from '../iam/authorizer.ts';
import type { MessageQueue } from '../services/message-queue.ts';
import type { Deployment } from '../template/deployment.ts';
import { type Invoke, startEventSource } from './event-source.ts';
import { startSchedule } from './schedule.ts';

interface TriggerOptions {
  /** A queue by its ARN. */
  queue: (arn: string) => MessageQueue;
  invoke: Invoke;
  authorize: Authorizer;
}

/** Starts what invokes functions by itself: queues first, then schedules. @throws Error for a mapping IAM forbids. */
export async function startTriggers(
  deployment: Pick<Deployment, 'eventSources' | 'schedules'>,
  { queue, invoke, authorize }: TriggerOptions,
): Promise<{ stop: () => Promise<void> }> {
  const stopping = new AbortController();
  const { signal } = stopping;
  const sources = deployment.eventSources.map((view) =>
    startEventSource(view, queue(view.queueArn), { invoke, authorize, signal }),
  );
  for (const view of deployment.schedules) startSchedule(view, { invoke, signal });
  return {
    async stop() {
      stopping.abort();
      await Promise.all(sources.map(({ ended }) => ended));
    },
  };
}
