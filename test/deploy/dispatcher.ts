import { DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { RECURRING } from '../../lambdas/dispatch/recurring.ts';
import type { Checks } from './checks.ts';
import type { Emulator } from './emulator.ts';
import type { Deployed } from './journey.ts';
import { clientOptions, type DeployedStack } from './stack.ts';
import { until } from './until.ts';

/** The rule fires each minute; the work it hands out is done right after. */
const SOON = 150;

interface Traces {
  /** Until each kind of work was handed on and its due time moved. */
  workHandedOn(jobs: readonly string[]): Promise<void>;
  /** Until a job was done that came through a queue. */
  jobDone(): Promise<void>;
  /** Until no queue holds a message. @throws Error naming a queue that does, dead letters first. */
  queuesEmpty(): Promise<void>;
}

/** What the dispatcher leaves behind in a deployment. */
function tracesOf(emulator: Emulator, stack: DeployedStack): Traces {
  const tables = new DynamoDBClient(clientOptions(emulator));
  const queues = new SQSClient(clientOptions(emulator));
  const TableName = stack.physicalId('AWS::DynamoDB::Table', 'SallyportFoundationTablesPolicies');
  const item = async (pk: string, sk: string) => {
    const { Item } = await tables.send(
      new GetItemCommand({ TableName, Key: { pk: { S: pk }, sk: { S: sk } } }),
    );
    return Item && unmarshall(Item);
  };
  const waiting = async (QueueUrl: string): Promise<number> => {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
    const wanted = { QueueUrl, AttributeNames: [...names] };
    const { Attributes } = await queues.send(new GetQueueAttributesCommand(wanted));
    return names.reduce((sum, name) => sum + Number(Attributes?.[name] ?? Number.NaN), 0);
  };
  return {
    async workHandedOn(jobs) {
      for (const job of jobs) {
        await until(`due time in the future of ${job}`, SOON, async () => {
          const dueAt = String((await item(`Work#${job}`, 'current'))?.dueAt);
          return dueAt.endsWith(':00.000Z') && Date.parse(dueAt) > Date.now() ? dueAt : undefined;
        });
      }
    },
    async jobDone() {
      await until('checkpoint of the sweep for open intents', SOON, () =>
        item('Work#sweep-intents', 'checkpoint'),
      );
    },
    async queuesEmpty() {
      const urls = stack.physicalIds('AWS::SQS::Queue');
      if (urls.length === 0) throw new Error('The stack has no queues.');
      const full = async (of: readonly string[]) => {
        const counts = await Promise.all(of.map(async (url) => ({ url, count: await waiting(url) })));
        return counts.filter(({ count }) => count !== 0).map(({ url, count }) => `${url} holds ${count}`);
      };
      const given = await full(urls.filter((url) => url.includes('DeadLetters')));
      if (given.length > 0) throw new Error(given.join(', '));
      await until('moment at which all queues are empty', 30, async () =>
        (await full(urls)).length === 0 ? true : undefined,
      );
    },
  };
}

/** The minute's rule, the queues and their functions. */
export async function checkDispatcher(checks: Checks, { emulator, stack }: Deployed): Promise<void> {
  const traces = tracesOf(emulator, stack);
  await checks.check('the dispatcher ran by its rule and handed on what was due', () =>
    traces.workHandedOn(RECURRING.map(({ job }) => job)),
  );
  await checks.check('a job was done by its function, through the queue', () => traces.jobDone());
  await checks.check('no message is left, and none in a dead-letter queue', () => traces.queuesEmpty());
}
