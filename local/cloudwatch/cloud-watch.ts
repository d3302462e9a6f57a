import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { MessageQueue } from '../services/message-queue.ts';
import { Alarms } from './alarms.ts';
import type { AlarmView } from './evaluate.ts';
import { type Clock, MetricData, MINUTE_MS, type PutMetric } from './metric-data.ts';
import { Notifications } from './notifications.ts';
import { measureQueues } from './queue-metrics.ts';

interface CloudWatchOptions {
  alarms: readonly AlarmView[];
  /** ARNs. */
  topics: readonly string[];
  /** Where `notifications.jsonl` is kept. */
  folder: string;
  now?: Clock | undefined;
  say?: (line: string) => void;
}

/** Amazon CloudWatch with its metrics and alarms, and what their topics send. */
export class CloudWatch {
  readonly alarms: Alarms;
  readonly #data: MetricData;

  constructor({ alarms, topics, folder, now = Date.now, say }: CloudWatchOptions) {
    mkdirSync(folder, { recursive: true });
    const notifications = new Notifications(join(folder, 'notifications.jsonl'), topics, say);
    this.#data = new MetricData(now);
    this.alarms = new Alarms(alarms, this.#data, (change) => notifications.tell(change));
  }

  get put(): PutMetric {
    return this.#data.put;
  }

  /** What happens at the end of each minute: queues are measured, alarms judged. */
  minute(queues: readonly MessageQueue[]): void {
    this.alarms.evaluate();
    measureQueues(queues, this.#data);
  }

  /** Does so until it is stopped. */
  start(queues: readonly MessageQueue[]): { stop: () => Promise<void> } {
    measureQueues(queues, this.#data);
    const timer = setInterval(() => this.minute(queues), MINUTE_MS).unref();
    return { stop: async () => clearInterval(timer) };
  }
}
