import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { CloudWatch } from '../../local/cloudwatch/cloud-watch.ts';
import { EmbeddedMetrics } from '../../local/cloudwatch/embedded-metrics.ts';
import { putFunctionMetric } from '../../local/cloudwatch/function-metrics.ts';
import { MINUTE_MS, type PutMetric } from '../../local/cloudwatch/metric-data.ts';
import type { FunctionView } from '../../local/functions/function-environment.ts';
import type { MessageQueue } from '../../local/services/message-queue.ts';
import { Queues } from '../../local/services/sqs.ts';
import type { Deployment } from '../../local/template/deployment.ts';

/** The id that an alarm's description begins with. */
export const idOf = (description: string): string =>
  /^Sallyport (\w+):/.exec(description)?.[1] ?? description;

/**
 * The alarms of a deployment over metrics that its real parts make, on a clock of its own. Output of handlers in this
 * process is read for what they count, as CloudWatch reads their logs.
 */
export class Scene implements AsyncDisposable {
  readonly deployment: Deployment;
  readonly folder = mkdtempSync(join(tmpdir(), 'alarms-'));
  readonly queues: readonly MessageQueue[];
  /** The dispatcher is invoked each minute. */
  ticks = true;
  readonly #cloudWatch: CloudWatch;
  readonly #output: { mockRestore(): void };
  #now = Math.floor(Date.now() / MINUTE_MS) * MINUTE_MS;

  constructor(deployment: Deployment) {
    this.deployment = deployment;
    const { alarms, topics } = deployment;
    this.#cloudWatch = new CloudWatch({
      alarms,
      topics,
      folder: this.folder,
      now: () => this.#now,
      say: () => undefined,
    });
    const sqs = new Queues(join(this.folder, 'sqs'), deployment.queues);
    this.queues = deployment.queues.map(({ arn }) => sqs.byArn(arn));
    const counts = new EmbeddedMetrics(this.put);
    this.#output = jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
      counts.read(String(text));
      return true;
    });
  }

  get put(): PutMetric {
    return this.#cloudWatch.put;
  }

  function(logicalId: string): FunctionView {
    const found = this.deployment.functions.find((view) => view.logicalId.includes(logicalId));
    if (!found) throw new Error(`There is no function ${logicalId}.`);
    return found;
  }

  endMinute(): void {
    if (this.ticks)
      putFunctionMetric(this.put, `${this.function('DispatchTick').name}:live`, 'Invocations', 1);
    this.#now += MINUTE_MS;
    this.#cloudWatch.minute(this.queues);
  }

  /** The ids of the alarms that are raised. */
  raised(): string[] {
    return this.#cloudWatch.alarms.standing
      .filter(({ state }) => state === 'ALARM')
      .map(({ view }) => idOf(view.description))
      .toSorted();
  }

  /** The ids of the alarms that the topic was told about with this state. */
  told(state: 'ALARM' | 'OK'): string[] {
    const [topic] = this.deployment.topics;
    return readFileSync(join(this.folder, 'notifications.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line))
      .filter(({ TopicArn, Message }) => TopicArn === topic && Message.NewStateValue === state)
      .map(({ Message }) => idOf(Message.AlarmDescription));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#output.mockRestore();
    rmSync(this.folder, { recursive: true });
  }
}

/** A fault at the edge of a real part, which is there from `start` to `stop`. */
export interface Fault {
  by: string;
  /** The ids of exactly the alarms that it raises. */
  raises: string[];
  /** For so many minutes; 2 unless given. */
  minutes?: number;
  start: (scene: Scene) => Promise<{
    /** What happens in each minute. */
    inject: () => Promise<void> | void;
    /** What operators do about it besides ending the cause. */
    remedy?: () => void;
    stop?: () => Promise<void>;
  }>;
}
