import middy, { type MiddyfiedHandler } from '@middy/core';
import type { Context, SQSBatchItemFailure, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { logger } from '../shared/logger.ts';
import { type JobMessage, jobMessage } from './job.ts';

/**
 * The entry point of a function that takes jobs from a queue. A job that fails, or that this version does not
 * know, is reported as failed: it comes again, and after the third time it goes to the dead-letter queue.
 */
export function consumeJobs(
  perform: (message: JobMessage, context: Context) => Promise<void>,
): MiddyfiedHandler<SQSEvent, SQSBatchResponse> {
  return middy<SQSEvent, SQSBatchResponse>().handler(async (event: SQSEvent, context: Context) => {
    const batchItemFailures: SQSBatchItemFailure[] = [];
    for (const { messageId, body } of event.Records) {
      try {
        await perform(jobMessage.parse(JSON.parse(body)), context);
      } catch (error) {
        logger.error('job failed', { messageId, error: error instanceof Error ? error : String(error) });
        batchItemFailures.push({ itemIdentifier: messageId });
      }
    }
    return { batchItemFailures };
  });
}

/** @throws Error for a job that was sent to the wrong queue. */
export function unexpectedJob({ job }: JobMessage): never {
  throw new Error(`The job ${job} is not done by this function: its work item names the wrong queue.`);
}
