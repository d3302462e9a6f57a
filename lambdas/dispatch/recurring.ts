import type { JobName, QueueName } from './job.ts';

export interface Recurring {
  job: JobName;
  queue: QueueName;
  everySeconds: number;
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;

/** The work that every deployment has. A job decides itself whether there is something to do. */
export const RECURRING: readonly Recurring[] = [
  { job: 'rotate-signing-key', queue: 'access', everySeconds: HOUR },
  { job: 'expire-held-clients', queue: 'access', everySeconds: HOUR },
  { job: 'sweep-intents', queue: 'audit', everySeconds: 5 * MINUTE },
  { job: 'migrate-data', queue: 'data', everySeconds: 5 * MINUTE },
];
