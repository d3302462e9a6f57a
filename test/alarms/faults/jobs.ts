import type { MessageQueue } from '../../../local/services/message-queue.ts';
import type { Fault, Scene } from '../scene.ts';

const NAMES = ['AccessJobs', 'AuditJobs', 'DataJobs'];
const jobQueues = ({ queues }: Scene) => queues.filter(({ view }) => view.deadLetters !== undefined);

/** As a consumer that fails at once leaves it. */
function failThrice(queue: MessageQueue): void {
  queue.send('{"job":"unknown"}');
  for (let receives = 0; receives <= 3; receives++) queue.receive(1, 0);
}

function purge(queues: readonly MessageQueue[]): void {
  for (const queue of queues) for (const { receipt } of queue.receive(10, 0)) queue.delete(receipt);
}

export const jobFaults: Fault[] = [
  {
    by: 'jobs that no consumer can do',
    raises: NAMES.map((name) => `${name}GivenUp`),
    async start(scene) {
      return {
        inject: () => jobQueues(scene).forEach(failThrice),
        remedy: () => purge(scene.queues.filter(({ view }) => view.deadLetters === undefined)),
      };
    },
  },
  {
    by: 'jobs that nobody takes',
    raises: NAMES.map((name) => `${name}Late`),
    minutes: 25,
    async start(scene) {
      return {
        inject: () => {
          for (const queue of jobQueues(scene)) if (queue.size === 0) queue.send('{"job":"waiting"}');
        },
        remedy: () => purge(scene.queues),
      };
    },
  },
  {
    by: 'a rule that does not invoke the dispatcher',
    raises: ['TickMissing'],
    // As long as values of before are in its evaluation range, they are what it is judged by.
    minutes: 16,
    async start(scene) {
      return {
        inject: () => {
          scene.ticks = false;
        },
        remedy: () => {
          scene.ticks = true;
        },
      };
    },
  },
];
