import { describe, expect, it } from '@jest/globals';
import type { Context, SQSEvent } from 'aws-lambda';
import { consumeJobs, unexpectedJob } from '../../lambdas/dispatch/consume-jobs.ts';
import type { JobMessage } from '../../lambdas/dispatch/job.ts';

const performed: JobMessage[] = [];
const handler = consumeJobs(async (message) => {
  if (message.job === 'sweep-intents') return unexpectedJob(message);
  performed.push(message);
});
const deliver = (...bodies: string[]) => {
  performed.length = 0;
  const Records = bodies.map((body, at) => ({ messageId: `m${at}`, body }));
  return handler({ Records } as SQSEvent, {} as Context);
};
const failures = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

describe('a function that takes jobs', () => {
  it('does them and reports nothing', async () => {
    expect(await deliver('{"job":"rotate-signing-key"}')).toEqual(failures());
    expect(performed).toEqual([{ job: 'rotate-signing-key' }]);
  });

  it.each([
    ['that another function does', '{"job":"sweep-intents"}'],
    ['that this version does not know', '{"job":"make-coffee"}'],
    ['with more than its schema', '{"job":"rotate-signing-key","force":true}'],
    ['that is no JSON', 'rotate-signing-key'],
  ])('reports a job %s, and does the others', async (_name, body) => {
    expect(await deliver('{"job":"expire-held-clients"}', body)).toEqual(failures('m1'));
    expect(performed).toEqual([{ job: 'expire-held-clients' }]);
  });
});
