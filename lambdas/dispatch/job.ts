import * as z from 'zod';

/** What the dispatcher puts on a queue: which work is due. Every job may come twice and must do no harm then. */
export const jobMessage = z.discriminatedUnion('job', [
  z.strictObject({ job: z.literal('rotate-signing-key') }),
  z.strictObject({ job: z.literal('expire-held-clients') }),
  z.strictObject({ job: z.literal('sweep-intents') }),
  z.strictObject({ job: z.literal('migrate-data') }),
]);

export type JobMessage = z.output<typeof jobMessage>;
export type JobName = JobMessage['job'];

/** The queues by the names that work items use. */
export const queueName = z.enum(['access', 'audit', 'data']);

export type QueueName = z.output<typeof queueName>;
