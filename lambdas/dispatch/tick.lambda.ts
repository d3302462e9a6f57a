import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import * as z from 'zod';
import { readEnvironment } from '../shared/environment.ts';
import { Table } from '../shared/table.ts';
import { dispatchDue } from './dispatch-due.ts';
import { sendJobsTo } from './send-job.ts';
import { WorkStore } from './work-store.ts';

const environment = readEnvironment(
  z.object({
    POLICIES_TABLE: z.string(),
    ACCESS_JOBS_QUEUE: z.url(),
    AUDIT_JOBS_QUEUE: z.url(),
    DATA_JOBS_QUEUE: z.url(),
  }),
);

const dispatcher = {
  work: new WorkStore(new Table(environment.POLICIES_TABLE)),
  send: sendJobsTo({
    access: environment.ACCESS_JOBS_QUEUE,
    audit: environment.AUDIT_JOBS_QUEUE,
    data: environment.DATA_JOBS_QUEUE,
  }),
  now: () => new Date(),
};

export const handler = middy<ScheduledEvent, void>().handler(() => dispatchDue(dispatcher));
